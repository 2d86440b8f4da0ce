r"""Patterns of codes: a safe part of regular expressions, whatever somebody writes.

Python's own engine tries one way after the other, so that ``(\w+)+x`` takes years on
a long code. Taken are characters, sets, groups and alternatives; how often a character
may be repeated; of a group only that it may be absent. All together may leave no more
than MOST_WAYS ways to read a code of LONGEST_CODE characters.
"""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

LONGEST_CODE = 100
LONGEST_PATTERN = 200
MOST_WAYS = 30_000
# Two of these signs in a row may come to mean something else in a set.
SINGLE = r"-(?!-)|&(?!&)|~(?!~)|\|(?!\|)"
SET = rf"\[\^?(?:[^\[\]\\&|~-]|\\[dws]|\\[^A-Za-z0-9]|{SINGLE})+\]"
TOKEN = re.compile(
    rf"(?P<one>{SET}|\\[dwsDWS]|\\[^A-Za-z0-9]|\.|[^\\\[\](){{}}*+?.|^$])"
    r"|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<times>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})|(?P<edge>^\^|\$\Z)"
)
SHORT = {"*": (0, LONGEST_CODE), "+": (1, LONGEST_CODE), "?": (0, 1)}


@dataclass
class _Part:
    """What stands between two brackets. ``last``: ways of what was read last, which
    is counted when it is clear how often it may stand there."""

    branches: int = 0
    before: int = 1
    last: int = 1
    can_repeat: str = ""
    has_or: bool = False

    def add(self, ways: int, can_repeat: str) -> None:
        self.before *= self.last
        self.last, self.can_repeat = ways, can_repeat

    def repeat(self, times: str) -> None:
        fewest, most = SHORT.get(times) or _times(times)
        if self.can_repeat == "one":
            self.last = most - fewest + 1
        elif self.can_repeat == "group" and times == "?":
            self.last += 1
        else:
            raise ValueError("a repetition of a repetition or of alternatives")
        self.can_repeat = ""

    def fork(self) -> None:
        self.branches, self.has_or = self.ways, True
        self.before, self.last, self.can_repeat = 1, 1, ""

    @property
    def ways(self) -> int:
        return self.branches + self.before * self.last


def _times(text: str) -> tuple[int, int]:
    fewest, comma, most = text[1:-1].partition(",")
    low = int(fewest)
    high = int(most or LONGEST_CODE) if comma else low
    if not low <= high <= LONGEST_CODE:
        raise ValueError("more often than a code is long")
    return low, high


def ways_of(pattern: str) -> int:
    """In how many ways a code can be read. Raises ValueError where it is not taken."""
    parts, at = [_Part()], 0
    while at < len(pattern):
        token = TOKEN.match(pattern, at)
        if token is None:
            raise ValueError(pattern[at : at + 10])
        at = token.end()
        _take(parts, str(token.lastgroup), token[0])
    if len(parts) != 1:
        raise ValueError("a bracket that stays open")
    return parts[0].ways


def _take(parts: list[_Part], kind: str, text: str) -> None:
    part = parts[-1]
    if kind == "one":
        part.add(1, "one")
    elif kind == "times":
        part.repeat(text)
    elif kind == "or":
        part.fork()
    elif kind == "edge":
        # All of a code has to fit in any case.
        part.can_repeat = ""
    elif kind == "open":
        parts.append(_Part())
    elif len(parts) == 1:
        raise ValueError("a bracket that was not opened")
    else:
        parts.pop()
        parts[-1].add(part.ways, "" if part.has_or else "group")


def is_safe(pattern: str) -> bool:
    if len(pattern) > LONGEST_PATTERN:
        return False
    try:
        if ways_of(pattern) > MOST_WAYS:
            return False
        re.compile(pattern)
    except (ValueError, re.error):
        return False
    return True


def require_safe(pattern: str) -> None:
    if not is_safe(pattern):
        raise ValidationError(
            _(
                "This pattern cannot be used. Write characters, sets such as [A-Z0-9], "
                "\\d, groups and alternatives; repeat only single characters or sets "
                "(as in \\d{1,8}), at most two of them without an end."
            )
        )


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if is_safe(pattern):
        return re.compile(pattern)
    # It was stored by a way round all forms.
    logger.warning("A pattern of codes is not safe and holds nobody back: %r", pattern)
    return None


def fits(pattern: str, code: str) -> bool:
    """Whether a code is as the pattern wants; a pattern that is not safe wants nothing.

    Longer ones than a column holds are no codes.
    """
    if len(code) > LONGEST_CODE:
        return False
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(code) is not None
