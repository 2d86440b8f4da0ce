"""What can be done to the made-up world: by a person, a command or a test."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from rehearsal.faults import FAULTS, OF_ONE_PACKAGE, Fault
from rehearsal.switchboard import Switchboard
from rehearsal.world import (
    Administration,
    NotThere,
    Organisation,
    Package,
    Status,
)

Told = Mapping[str, Any]
SETTABLE = ("name", "kvk_number", "external_id", "archive_date")
OF_A_FAULT = ("organisation", "host", "kind", "fault", "times")


class Control:
    """One method per command; each raises NotThere, KeyError or ValueError."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._board = switchboard
        self._world = switchboard.world
        self.commands: Mapping[str, Callable[[Told], Any]] = {
            "move": self.move,
            "rename": self.rename,
            "set": self.set,
            "add": self.add,
            "revoke": self.revoke,
            "expire": self.expire,
            "clock": self.clock,
            "fault": self.fault,
            "fault/clear": self.clear_faults,
            "limits": self.limits,
            "application": self.application,
            "user": self.user,
            "cluster": self.cluster,
            "log/clear": self.clear_log,
        }
        self.readings: Mapping[str, Callable[[Told], Any]] = {
            "estate": self.estate,
            "log": self.log,
            "fault": lambda _told: switchboard.faults.rows(),
        }

    # --- the estate ----------------------------------------------------------

    def move(self, told: Told) -> dict[str, Any]:
        """Move an administration as its package does.

        Exact Online hands it over with its division number. The others copy it, and
        the source keeps its own unless `remove_source` is told.
        """
        source = self._world.organisation(str(told["from"]))
        target = self._world.organisation(str(told["to"]))
        if source.package != target.package:
            raise ValueError("An administration stays in its package.")
        if source is target:
            raise ValueError("It is there already; rename it for another code.")
        with self._world.changing():
            each = self._world.administration(source, str(told["administration"]))
            code = str(told.get("code") or each.code)
            _check_free(target, code, but=None)
            if source.package == Package.EXACT_ONLINE:
                return _row(self._hand_over(each, source, target, told))
            return _row(self._copy(each, source, target, told))

    def _hand_over(
        self,
        each: Administration,
        source: Organisation,
        target: Organisation,
        told: Told,
    ) -> Administration:
        source.administrations.remove(each)
        target.administrations.append(each)
        each.code = str(told.get("code") or each.code)
        each.seen_by = [source.key] if told.get("keep_access") else []
        return each

    def _copy(
        self,
        each: Administration,
        source: Organisation,
        target: Organisation,
        told: Told,
    ) -> Administration:
        made = copy(each)
        made.id = f"n{self._world.next_id()}"
        made.code = str(told.get("code") or each.code)
        made.external_id = self._world.new_external_id(target.package)
        made.seen_by = []
        target.administrations.append(made)
        if told.get("remove_source"):
            source.administrations.remove(each)
        return made

    def rename(self, told: Told) -> dict[str, Any]:
        organisation, each = self._named(told)
        with self._world.changing():
            _check_free(organisation, str(told["new_code"]), but=each)
            each.code = str(told["new_code"])
        return _row(each)

    def set(self, told: Told) -> dict[str, Any]:
        """Set a status, a name, a registration, an id, or whether it is visible."""
        _organisation, each = self._named(told)
        status = Status(told.get("status", each.status))
        with self._world.changing():
            each.status = status
            each.visible = bool(told.get("visible", each.visible))
            each.kvk_number = str(told.get("kvk", each.kvk_number))
            for name in SETTABLE:
                setattr(each, name, str(told.get(name, getattr(each, name))))
        return _row(each)

    def add(self, told: Told) -> dict[str, Any]:
        organisation = self._world.organisation(str(told["organisation"]))
        code = str(told["code"])
        with self._world.changing():
            _check_free(organisation, code, but=None)
            made = Administration(
                id=f"n{self._world.next_id()}",
                code=code,
                name=str(told.get("name", f"Voorbeeld {code}")),
                kvk_number=str(told.get("kvk", "")),
                external_id=self._world.new_external_id(organisation.package),
            )
            organisation.administrations.append(made)
        return _row(made)

    def estate(self, _told: Told) -> list[dict[str, Any]]:
        with self._world.lock:
            return [
                {
                    "key": each.key,
                    "package": each.package,
                    "name": each.name,
                    "title": each.title,
                    "country": each.country,
                    "base_url": each.base_url,
                    "consents": self._consents(each),
                    "administrations": [_row(row) for row in each.administrations],
                }
                for each in self._world.organisations.values()
            ]

    # --- consents and calls --------------------------------------------------

    def revoke(self, told: Told) -> dict[str, int]:
        key = self._key(told)
        with self._world.lock:
            return {"revoked": self._world.grants.revoke(key)}

    def expire(self, told: Told) -> dict[str, bool]:
        """Let access tokens end now, of one organisation or of all."""
        with self._world.lock:
            self._world.grants.expire(self._key(told) if _named_in(told) else "")
        return {"expired": True}

    def clock(self, told: Told) -> dict[str, float]:
        """Set the tokens' clock so many seconds ahead of the real one."""
        self._world.ahead = float(told["ahead"])
        return {"ahead": self._world.ahead}

    def application(self, told: Told) -> dict[str, str]:
        """Let one more application in, with its secret."""
        with self._world.changing():
            self._world.applications[str(told["client_id"])] = str(told["secret"])
        return {"client_id": str(told["client_id"])}

    def user(self, told: Told) -> dict[str, str]:
        """Who signs in for an organisation: a user who may also do so for others."""
        organisation = self._world.organisation(str(told["organisation"]))
        with self._world.changing():
            organisation.shared_user = str(told.get("user", ""))
        return {"organisation": organisation.key, "user": organisation.user_name}

    def cluster(self, told: Told) -> dict[str, str]:
        """The server of Twinfield that every organisation is on from now on."""
        with self._world.changing():
            self._world.cluster = str(told["host"])
        return {"cluster": self._world.cluster}

    def fault(self, told: Told) -> dict[str, str]:
        name = str(told["fault"])
        if name not in FAULTS:
            raise NotThere(
                f"There is no fault {name!r}; there are {', '.join(FAULTS)}."
            )
        key = self._key(told) if _named_in(told) else ""
        package = OF_ONE_PACKAGE.get(name)
        if package and key and self._world.organisations[key].package != package:
            raise ValueError(f"{name!r} is a fault of {package}.")
        times = told.get("times")
        options = {each: told[each] for each in told if each not in OF_A_FAULT}
        self._board.faults.add(
            Fault(
                name,
                key,
                str(told.get("host", "")),
                str(told.get("kind", "any")),
                None if times in (None, "") else int(times),
                options,
            )
        )
        return {"fault": name}

    def clear_faults(self, told: Told) -> dict[str, bool]:
        self._board.faults.clear(self._key(told) if _named_in(told) else "")
        return {"cleared": True}

    def limits(self, told: Told) -> dict[str, int | None]:
        """Set limits, null for none, and begin all windows anew."""
        allowed = self._board.limits.allowed
        for name, limit in told.items():
            if name not in allowed:
                raise NotThere(f"There is no limit {name!r}.")
            allowed[name] = None if limit is None else int(limit)
        self._board.limits.clear()
        return allowed

    def log(self, told: Told) -> list[dict[str, Any]]:
        return self._board.journal.rows(self._key(told) if _named_in(told) else "")

    def clear_log(self, _told: Told) -> dict[str, bool]:
        self._board.journal.clear()
        return {"cleared": True}

    # --- finding -------------------------------------------------------------

    def _key(self, told: Told) -> str:
        return self._world.organisation(str(told["organisation"])).key

    def _named(self, told: Told) -> tuple[Organisation, Administration]:
        organisation = self._world.organisation(str(told["organisation"]))
        return organisation, self._world.administration(organisation, str(told["code"]))

    def _consents(self, organisation: Organisation) -> int:
        return sum(
            grant.organisation == organisation.key
            and grant.code_used
            and not grant.revoked
            for grant in self._world.grants
        )


def _named_in(told: Told) -> bool:
    return bool(told.get("organisation"))


def _check_free(
    organisation: Organisation, code: str, *, but: Administration | None
) -> None:
    """ValueError where another administration there has this code already."""
    for each in organisation.administrations:
        if each is not but and each.code.casefold() == code.casefold():
            raise ValueError(f"{organisation.key} has an administration {code!r}.")


def _row(each: Administration) -> dict[str, Any]:
    return {
        "id": each.id,
        "code": each.code,
        "name": each.name,
        "kvk_number": each.kvk_number,
        "external_id": each.external_id,
        "status": each.status,
        "visible": each.visible,
        "seen_by": each.seen_by,
    }
