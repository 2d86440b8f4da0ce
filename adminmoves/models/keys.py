"""How codes and names are compared in SQL, and ids that are made up."""

import secrets
from collections.abc import Iterable

from django.db import connection, models
from django.db.models import Func

from adminmoves.models.sql import sql_beside

ID_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that is read for another, such as 0 and o."""


def make_public_id() -> str:
    """A short random id for URLs and files; says nothing and never changes."""
    return "".join(secrets.choice(ID_SIGNS) for _position in range(8))


class CodeKey(Func):
    """How two codes of one package are compared: case, leading zeros, padding.

    The SQL function is the one source, so that the unique indexes, the triggers
    and Python agree. ``CodeKey(Value(package), Value(code))``.
    """

    function = "adminmoves_code_key"
    output_field = models.CharField(max_length=100)


Coded = tuple[str, str]
"""A package and a code."""
CODE_KEYS = sql_beside(__file__, "code_keys")


def code_key(package: str, code: str) -> str:
    """The database's own key of a code, so that nothing compares otherwise."""
    return code_keys([(package, code)])[package, code]


def code_keys(coded: Iterable[Coded]) -> dict[Coded, str]:
    """The keys of many codes in one query."""
    pairs = sorted(set(coded))
    with connection.cursor() as cursor:
        cursor.execute(
            CODE_KEYS,
            [[package for package, _code in pairs], [code for _package, code in pairs]],
        )
        return dict(zip(pairs, (key for (key,) in cursor.fetchall()), strict=True))


class Words(Func):
    """The words of a text as a search compares them, each between two spaces.

    Without accents, capitals and punctuation; names are sorted by it too.
    """

    function = "adminmoves_words"
    output_field = models.TextField()
