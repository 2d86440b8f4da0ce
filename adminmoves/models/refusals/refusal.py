"""A refusal of the database in words."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Refusal:
    """At which field, what is wrong, and what to do where that says it not yet."""

    field: str
    what: Promise | str
    remedy: Promise | str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()
