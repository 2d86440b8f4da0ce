"""The commands that change the made-up world, for a person, a script or a test."""

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

Values = Mapping[str, Any]
SETTABLE = ("name", "kvk_number", "external_id", "archive_date")
FAULT_COLUMNS = ("organisation", "host", "kind", "fault", "times")


class Control:
    """One method per command; each raises NotThere, KeyError or ValueError."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._board = switchboard
        self._world = switchboard.world
        self.commands: Mapping[str, Callable[[Values], Any]] = {
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
        self.queries: Mapping[str, Callable[[Values], Any]] = {
            "estate": self.estate,
            "log": self.log,
            "fault": lambda _values: switchboard.faults.rows(),
        }

    # --- the estate ----------------------------------------------------------

    def move(self, values: Values) -> dict[str, Any]:
        """Move an administration as its package does.

        Exact Online hands it over with its division number. The others copy it, and
        the source keeps its own unless `remove_source` is given.
        """
        source = self._world.organisation(str(values["from"]))
        target = self._world.organisation(str(values["to"]))
        if source.package != target.package:
            raise ValueError("An administration stays in its package.")
        if source is target:
            raise ValueError("It is there already; rename it for another code.")
        with self._world.changing():
            each = self._world.administration(source, str(values["administration"]))
            code = str(values.get("code") or each.code)
            _check_free(target, code, but=None)
            if source.package == Package.EXACT_ONLINE:
                return _row(self._hand_over(each, source, target, values))
            return _row(self._copy(each, source, target, values))

    def _hand_over(
        self,
        each: Administration,
        source: Organisation,
        target: Organisation,
        values: Values,
    ) -> Administration:
        source.administrations.remove(each)
        target.administrations.append(each)
        each.code = str(values.get("code") or each.code)
        each.seen_by = [source.key] if values.get("keep_access") else []
        return each

    def _copy(
        self,
        each: Administration,
        source: Organisation,
        target: Organisation,
        values: Values,
    ) -> Administration:
        made = copy(each)
        made.id = f"n{self._world.next_id()}"
        made.code = str(values.get("code") or each.code)
        made.external_id = self._world.new_external_id(target.package)
        made.seen_by = []
        target.administrations.append(made)
        if values.get("remove_source"):
            source.administrations.remove(each)
        return made

    def rename(self, values: Values) -> dict[str, Any]:
        organisation, each = self._named(values)
        with self._world.changing():
            _check_free(organisation, str(values["new_code"]), but=each)
            each.code = str(values["new_code"])
        return _row(each)

    def set(self, values: Values) -> dict[str, Any]:
        """Set a status, a name, a registration, an id, or whether it is visible."""
        _organisation, each = self._named(values)
        status = Status(values.get("status", each.status))
        with self._world.changing():
            each.status = status
            each.visible = bool(values.get("visible", each.visible))
            each.kvk_number = str(values.get("kvk", each.kvk_number))
            for name in SETTABLE:
                setattr(each, name, str(values.get(name, getattr(each, name))))
        return _row(each)

    def add(self, values: Values) -> dict[str, Any]:
        organisation = self._world.organisation(str(values["organisation"]))
        code = str(values["code"])
        with self._world.changing():
            _check_free(organisation, code, but=None)
            made = Administration(
                id=f"n{self._world.next_id()}",
                code=code,
                name=str(values.get("name", f"Voorbeeld {code}")),
                kvk_number=str(values.get("kvk", "")),
                external_id=self._world.new_external_id(organisation.package),
            )
            organisation.administrations.append(made)
        return _row(made)

    def estate(self, _values: Values) -> list[dict[str, Any]]:
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

    def revoke(self, values: Values) -> dict[str, int]:
        key = self._key(values)
        with self._world.lock:
            return {"revoked": self._world.grants.revoke(key)}

    def expire(self, values: Values) -> dict[str, bool]:
        """Let access tokens end now, of one organisation or of all."""
        with self._world.lock:
            self._world.grants.expire(self._key(values) if _named_in(values) else "")
        return {"expired": True}

    def clock(self, values: Values) -> dict[str, float]:
        """Set the clock of the tokens `ahead` seconds before the real one."""
        self._world.ahead = float(values["ahead"])
        return {"ahead": self._world.ahead}

    def application(self, values: Values) -> dict[str, str]:
        """Let one more application in, with its secret."""
        with self._world.changing():
            self._world.applications[str(values["client_id"])] = str(values["secret"])
        return {"client_id": str(values["client_id"])}

    def user(self, values: Values) -> dict[str, str]:
        """Set the user who signs in for an organisation, and perhaps for others too."""
        organisation = self._world.organisation(str(values["organisation"]))
        with self._world.changing():
            organisation.shared_user = str(values.get("user", ""))
        return {"organisation": organisation.key, "user": organisation.user_name}

    def cluster(self, values: Values) -> dict[str, str]:
        """Move every organisation to another cluster of Twinfield."""
        with self._world.changing():
            self._world.cluster = str(values["host"])
        return {"cluster": self._world.cluster}

    def fault(self, values: Values) -> dict[str, str]:
        name = str(values["fault"])
        if name not in FAULTS:
            raise NotThere(
                f"There is no fault {name!r}; there are {', '.join(FAULTS)}."
            )
        key = self._key(values) if _named_in(values) else ""
        package = OF_ONE_PACKAGE.get(name)
        if package and key and self._world.organisations[key].package != package:
            raise ValueError(f"{name!r} is a fault of {package}.")
        times = values.get("times")
        options = {each: values[each] for each in values if each not in FAULT_COLUMNS}
        self._board.faults.add(
            Fault(
                name,
                key,
                str(values.get("host", "")),
                str(values.get("kind", "any")),
                None if times in (None, "") else int(times),
                options,
            )
        )
        return {"fault": name}

    def clear_faults(self, values: Values) -> dict[str, bool]:
        self._board.faults.clear(self._key(values) if _named_in(values) else "")
        return {"cleared": True}

    def limits(self, values: Values) -> dict[str, int | None]:
        """Set limits, null for none, and begin all windows anew."""
        allowed = self._board.limits.allowed
        for name, limit in values.items():
            if name not in allowed:
                raise NotThere(f"There is no limit {name!r}.")
            allowed[name] = None if limit is None else int(limit)
        self._board.limits.clear()
        return allowed

    def log(self, values: Values) -> list[dict[str, Any]]:
        return self._board.journal.rows(self._key(values) if _named_in(values) else "")

    def clear_log(self, _values: Values) -> dict[str, bool]:
        self._board.journal.clear()
        return {"cleared": True}

    # --- finding -------------------------------------------------------------

    def _key(self, values: Values) -> str:
        return self._world.organisation(str(values["organisation"])).key

    def _named(self, values: Values) -> tuple[Organisation, Administration]:
        organisation = self._world.organisation(str(values["organisation"]))
        return organisation, self._world.administration(
            organisation, str(values["code"])
        )

    def _consents(self, organisation: Organisation) -> int:
        return sum(
            grant.organisation == organisation.key
            and grant.code_used
            and not grant.revoked
            for grant in self._world.grants
        )


def _named_in(values: Values) -> bool:
    return bool(values.get("organisation"))


def _check_free(
    organisation: Organisation, code: str, *, but: Administration | None
) -> None:
    """Raise ValueError where another administration there has this code."""
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
