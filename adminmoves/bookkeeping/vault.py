"""Encryption of tokens: with the newest of PORTAL_TOKEN_KEYS, readable with all."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """None of the keys decrypts it: the one that it needs is no longer configured."""


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
    """Encrypt the same secret again, with the newest key."""
    try:
        return _box().rotate(sealed.encode("ascii")).decode("ascii")
    except InvalidToken as error:
        raise SealBroken from error
