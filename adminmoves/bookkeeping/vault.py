"""Tokens at rest: sealed with the newest key, opened with any that is still given."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """No given key opens it: the key that sealed it was taken away."""


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.PORTAL_TOKEN_KEYS])


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    try:
        return _box().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise SealBroken from error


def reseal(sealed: str) -> str:
    """The same secret under the newest key."""
    try:
        return _box().rotate(sealed.encode("ascii")).decode("ascii")
    except InvalidToken as error:
        raise SealBroken from error
