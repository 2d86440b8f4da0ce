"""The numbers that every line of the log carries: of a request, of a move.

Only numbers that people pass on to each other; never a name, a code or an address.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=_NOTHING)


@contextmanager
def about(**numbers: str) -> Iterator[None]:
    """Add numbers to every line that is logged inside, as ``move="M-2026-00418"``."""
    token = _about.set({**_about.get(), **numbers})
    try:
        yield
    finally:
        _about.reset(token)


def at_hand() -> Mapping[str, str]:
    return _about.get()
