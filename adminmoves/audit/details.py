"""The facts of an event, before and after, which its sentence leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.audit.sentences import SHOWN
from adminmoves.models import Event
from adminmoves.rules import reasons
from adminmoves.vocabulary import EventCode, MoveState

NAMES: Mapping[str, Promise] = {
    "answer": gettext_lazy("Answer"),
    "attempt": gettext_lazy("Attempt"),
    "base_url": gettext_lazy("Base address"),
    "closes": gettext_lazy("Closes"),
    "checked_at": gettext_lazy("Checked at"),
    "code": gettext_lazy("Code"),
    "connection": gettext_lazy("Connection"),
    "country": gettext_lazy("Country"),
    "demand": gettext_lazy("Proof wanted"),
    "differences": gettext_lazy("Rows that differ"),
    "documents": gettext_lazy("Documents"),
    "documents_awaiting_authorisation": gettext_lazy("Waiting for authorisation"),
    "documents_unprocessed": gettext_lazy("Not processed"),
    "ends_at": gettext_lazy("Until"),
    "environment": gettext_lazy("Office"),
    "evidence_sha256": gettext_lazy("SHA-256 of the evidence"),
    "events": gettext_lazy("Events"),
    "external_id": gettext_lazy("Id in the package"),
    "faults": gettext_lazy("Streams with a fault"),
    "filters": gettext_lazy("Filters"),
    "format": gettext_lazy("Format"),
    "from": gettext_lazy("Of"),
    "from_code": gettext_lazy("Former code"),
    "intent": gettext_lazy("Type"),
    "is_active": gettext_lazy("Active"),
    "item": gettext_lazy("After-care"),
    "kind": gettext_lazy("Proof"),
    "kvk_number": gettext_lazy("Chamber of commerce"),
    "lender": gettext_lazy("Lent by"),
    "locked_minutes": gettext_lazy("Log-in paused, in minutes"),
    "mail_address": gettext_lazy("E-mail address"),
    "mail_code": gettext_lazy("Own code for the address"),
    "mail_domain": gettext_lazy("Own mail domain"),
    "moved_on": gettext_lazy("Moved on"),
    "moves": gettext_lazy("Migrations"),
    "name": gettext_lazy("Name"),
    "not_before": gettext_lazy("Not before"),
    "number": gettext_lazy("Number of the migration"),
    "office_code": gettext_lazy("Office code"),
    "opens": gettext_lazy("Opens"),
    "outside_windows": gettext_lazy("Outside the windows"),
    "overrules_package": gettext_lazy("In place of the package"),
    "package": gettext_lazy("Package"),
    "package_environment": gettext_lazy("Licence or organisation"),
    "passed": gettext_lazy("Checks passed"),
    "plan_hash": gettext_lazy("SHA-256 of the plan"),
    "proof": gettext_lazy("Number of the proof"),
    "retirement": gettext_lazy("Number of the retirement"),
    "reverses": gettext_lazy("Turns back"),
    "revision": gettext_lazy("Revision"),
    "role": gettext_lazy("Role"),
    "starts_at": gettext_lazy("From"),
    "steps": gettext_lazy("Steps"),
    "streams": gettext_lazy("Streams"),
    "subscription": gettext_lazy("Subscription"),
    "ticket": gettext_lazy("Ticket"),
    "to_code": gettext_lazy("Wanted code"),
    "tries_while_locked": gettext_lazy("Tries while paused"),
    "until": gettext_lazy("Until"),
    "urgent": gettext_lazy("Urgent"),
    "verdict": gettext_lazy("Answer"),
    "warnings": gettext_lazy("Warnings"),
    "weekdays": gettext_lazy("Days"),
    "worker": gettext_lazy("Worker"),
}
"""The label of a parameter; one that is not listed has its stored name."""

SHOWN_IF_EMPTY = frozenset(
    {
        "ends_at",
        "documents",
        "documents_unprocessed",
        "documents_awaiting_authorisation",
    }
)
"""Parameters whose empty value has a meaning, such as "unknown"."""
CHECKS = frozenset({"passed", "warnings"})
"""Parameters that are lists of the stored results of checks."""
ROW_IDS = frozenset({"connection_id", "environment_id"})
"""Ids that only ``verify_audit`` reads; people read the place by its names."""
NOTHING = "–"  # noqa: RUF001 - the dash of a table, not a minus


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    before: str
    after: str

    @property
    def has_one_side(self) -> bool:
        """Whether there is no value before, or the same one."""
        return self.before in {NOTHING, self.after}

    def __str__(self) -> str:
        was = "" if self.before == NOTHING else f"{self.before} → "
        return f"{self.name}: {was}{self.after}"


def details(event: Event) -> list[Fact]:
    """The state first, then the parameters in the order in which they were written."""
    return [*_state(event), *_moved_to(event), *_facts(event.params)]


def _state(event: Event) -> Iterator[Fact]:
    if event.before != event.after:
        yield Fact(_("State"), _label(event.before), _label(event.after))


def _moved_to(event: Event) -> Iterator[Fact]:
    """The two places of an administration that moved, as its plan names them."""
    move = event.move if event.code == EventCode.ADMINISTRATION_MOVED else None
    if move and move.plan.get("to"):
        yield Fact(_("Place"), _planned(move.plan, "from"), _planned(move.plan, "to"))


def _label(state: str) -> str:
    return str(MoveState(state).label) if state else NOTHING


def _facts(params: Mapping[str, Any]) -> Iterator[Fact]:
    before, after = params.get("before"), params.get("after")
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = _mapping(before), _mapping(after)
        for name in {**old, **new}:
            if name not in ROW_IDS and old.get(name) != new.get(name):
                yield Fact(called(name), _of(old, name), _of(new, name))
    for name, value in params.items():
        if name == "plan":
            yield from plan_facts(value)
        elif name not in {"before", "after"}:
            yield Fact(called(name), NOTHING, shown(name, value))


PLAN: Sequence[tuple[str, str, Promise]] = (
    ("", "name", gettext_lazy("Administration")),
    ("", "type", gettext_lazy("Type")),
    ("from", "to", gettext_lazy("Place")),
    ("from_address", "to_address", gettext_lazy("E-mail address")),
    ("", "proof", gettext_lazy("Proof")),
)
"""The facts of a plan: the key before, the key after, and the label."""


def plan_facts(plan: Mapping[str, object]) -> list[Fact]:
    """The approved plan in words. Empty for an event that stores no plan."""
    return [
        Fact(str(label), _planned(plan, now), _planned(plan, after))
        for now, after, label in PLAN
        if plan.get(after)
    ]


def _planned(plan: Mapping[str, object], name: str) -> str:
    return reasons.fact_text(name, plan[name]) if plan.get(name) else NOTHING


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _of(facts: Mapping[str, object], name: str) -> str:
    return shown(name, facts[name]) if name in facts else NOTHING


def called(name: str) -> str:
    return str(NAMES.get(name, name))


def shown(name: str, value: Any) -> str:
    """A stored value in the words of the reader."""
    if name in CHECKS and value:
        return "; ".join(reasons.check_title(found) for found in value)
    if name in SHOWN and (value is not None or name in SHOWN_IF_EMPTY):
        return SHOWN[name](value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(
            f"{called(key)}: {shown(key, item)}" for key, item in value.items()
        )
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if value in (None, "") else str(value)
