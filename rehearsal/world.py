"""The estate of the made-up world: organisations, and the administrations in them.

All of it lies in one file, written whole after each change, so that a restart
finds the world as it was left.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import urlsplit

from rehearsal.grants import Grant, Grants

CLUSTER = "accounting2.twinfield.com"
FIRST_NUMBER = 70_001  # above what the samples use, so that no two ids are alike


class Package(StrEnum):
    TWINFIELD = "TWINFIELD"
    EXACT_ONLINE = "EXACT_ONLINE"
    UNIT4 = "UNIT4"
    ACCOUNTVIEW = "ACCOUNTVIEW"


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"
    BLOCKED = "blocked"
    CONVERSION = "conversion"
    DELETED = "deleted"


class NotThere(Exception):
    """A control that names what the world does not hold; its text says what."""


@dataclass(slots=True)
class Administration:
    id: str
    code: str
    name: str
    kvk_number: str = ""
    external_id: str = ""  # the package's own technical id
    status: Status = Status.ACTIVE
    archive_date: str = ""  # Exact Online only, as the package writes a date
    visible: bool = True  # whether the users who consented may see it
    seen_by: list[str] = field(default_factory=list)  # former owners with access


@dataclass(slots=True)
class Organisation:
    """A licence, organisation or log-in of one package: what a consent is for."""

    package: Package
    name: str
    title: str = ""  # of the office that owns it
    country: str = ""  # Exact Online only
    base_url: str = ""  # Multivers only
    user: str = "SYNC01"
    shared_user: str = ""  # a user who also signs in for other organisations
    administrations: list[Administration] = field(default_factory=list)

    @property
    def key(self) -> str:
        parts = (self.package.value, self.country.upper(), self.name)
        return ":".join(part for part in parts if part)

    @property
    def user_key(self) -> str:
        """The user of a consent: one per organisation, unless several share one."""
        return self.shared_user or f"{self.key} {self.user}"

    @property
    def user_name(self) -> str:
        return self.shared_user or self.user

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


Estate = Sequence[Organisation]


class World:
    """The estate and what was consented to, under one lock."""

    def __init__(self, file: Path, estate: Estate = ()) -> None:
        self.lock = RLock()
        self.ahead = 0.0  # seconds the tokens' clock runs before the real one
        self._file = file
        state: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        found = [_organisation(row) for row in state.get("estate", ())] or estate
        self.organisations = {organisation.key: organisation for organisation in found}
        self.applications: dict[str, str] = state.get(
            "applications", {"portal-rehearsal": "portal-rehearsal-secret"}
        )
        self._made: int = state.get("made", 0)
        # Of Twinfield, as the validation of a token names it.
        self.cluster: str = state.get("cluster", CLUSTER)
        grants = [Grant(**row) for row in state.get("grants", ())]
        self.grants = Grants(grants, self.now, self.save)
        self._give_ids()
        self.save()

    @property
    def cluster_host(self) -> str:
        return self.cluster.lower().removesuffix(":443")

    def now(self) -> float:
        return time.time() + self.ahead

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change the world under its lock, and keep what came of it."""
        with self.lock:
            yield
            self.save()

    def save(self) -> None:
        content = {
            "applications": self.applications,
            "made": self._made,
            "cluster": self.cluster,
            "estate": [asdict(each) for each in self.organisations.values()],
            "grants": [asdict(grant) for grant in self.grants],
        }
        draft = self._file.with_suffix(".new")
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as stream:
            json.dump(content, stream, indent=1)
        draft.replace(self._file)

    # --- finding -------------------------------------------------------------

    def organisation(self, wanted: str) -> Organisation:
        """By its key, or by its name where only one has it; NotThere otherwise."""
        if wanted in self.organisations:
            return self.organisations[wanted]
        named = [
            each
            for each in self.organisations.values()
            if each.name.casefold() == wanted.casefold()
        ]
        if len(named) == 1:
            return named[0]
        if not named:
            raise NotThere(f"There is no organisation {wanted!r}.")
        keys = ", ".join(each.key for each in named)
        raise NotThere(f"{wanted!r} can mean {keys}; name one of these.")

    def of_package(
        self, package: Package, country: str = "", host: str = ""
    ) -> list[Organisation]:
        """The organisations a person can sign in to there.

        A Multivers host that no organisation names serves them all.
        """
        found = [
            each
            for each in self.organisations.values()
            if each.package == package and each.country.upper() == country.upper()
        ]
        return [each for each in found if host and each.host == host] or found

    def administration(self, organisation: Organisation, wanted: str) -> Administration:
        """By its id, else by its code; NotThere where there is none."""
        for name in ("id", "code"):
            for each in organisation.administrations:
                if getattr(each, name).casefold() == wanted.casefold():
                    return each
        raise NotThere(f"There is no administration {wanted!r} in {organisation.key}.")

    def seen(self, grant: Grant) -> list[tuple[Organisation, Administration]]:
        """The administrations that the consenting user may see, with their owners.

        A user of Exact Online sees all licences that they sign in for.
        """
        return [
            (owner, each)
            for owner in self.organisations.values()
            for each in owner.administrations
            if (
                grant.organisation in (owner.key, *each.seen_by)
                or self._shares(owner, grant)
            )
            and each.visible
            and each.id not in grant.left_out
        ]

    def _shares(self, owner: Organisation, grant: Grant) -> bool:
        return (
            owner.package == Package.EXACT_ONLINE
            and owner.user_key == grant.user
            and owner.country == self.organisations[grant.organisation].country
        )

    # --- making --------------------------------------------------------------

    def next_id(self) -> int:
        self._made += 1
        return FIRST_NUMBER + self._made - 1

    def new_external_id(self, package: Package) -> str:
        """A technical id as the package makes them; Twinfield has none."""
        if package == Package.TWINFIELD:
            return ""
        number = self.next_id()
        return {
            Package.EXACT_ONLINE: f"19{number}",
            Package.UNIT4: f"MVL{number}",
            Package.ACCOUNTVIEW: f"0f000000-0000-0000-0000-{number:012d}",
        }[package]

    def _give_ids(self) -> None:
        for organisation in self.organisations.values():
            for each in organisation.administrations:
                if not each.external_id:
                    each.external_id = self.new_external_id(organisation.package)


def _organisation(row: dict[str, Any]) -> Organisation:
    administrations = [
        Administration(**(each | {"status": Status(each["status"])}))
        for each in row["administrations"]
    ]
    package = Package(row["package"])
    return Organisation(
        **(row | {"package": package, "administrations": administrations})
    )
