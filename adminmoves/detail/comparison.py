"""What a move changes, as people read it: two places side by side."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from adminmoves.models import BookkeepingConnection, Environment, Move
from adminmoves.vocabulary import MIXES, REFUSED_STATES, Atom, MoveState, MoveType


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """Where an administration is or is wanted; what is not chosen yet is empty."""

    environment: Environment | None
    connection: BookkeepingConnection | None
    code: str
    address: str

    @property
    def office_code(self) -> str:
        return self.environment.office_code if self.environment else ""

    @property
    def office_name(self) -> str:
        return self.environment.name if self.environment else ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One fact, now and after; the same on both sides when it stays."""

    label: str
    now: str
    then: str
    missing: str = ""
    is_code: bool = False
    is_same: bool = False

    @property
    def changes(self) -> bool:
        return self.now != self.then and not self.is_same


@dataclass(frozen=True, slots=True)
class Diff:
    name: str
    now: ComparedPlace
    then: ComparedPlace
    rows: tuple[ComparisonRow, ...]
    stays: tuple[tuple[str, str], ...]
    is_past: bool = False
    is_off: bool = False


def type_of(move: Move) -> MoveType | None:
    """The derived type, or in a draft the one that was chosen."""
    value = move.move_type or move.intent
    return MoveType(value) if value else None


def place_now(move: Move) -> ComparedPlace:
    """Where it comes from: stored at submit, till then where the administration is."""
    if move.from_connection is not None:
        return ComparedPlace(
            move.from_environment,
            move.from_connection,
            move.from_code,
            move.from_address,
        )
    administration = move.administration
    if administration is None:
        return ComparedPlace(None, None, "", "")
    return ComparedPlace(
        administration.environment,
        administration.connection,
        administration.code,
        administration.mail_address,
    )


def place_wanted(move: Move) -> ComparedPlace:
    """Where it goes; what the chosen type leaves alone stays as it is."""
    now = place_now(move)
    kind = type_of(move)
    # A draft without a type may still change everything, so nothing is filled in.
    changes = MIXES[kind] if kind else frozenset(Atom)
    target = ComparedPlace(
        move.to_environment
        or (None if Atom.ENVIRONMENT in changes else now.environment),
        move.to_connection or (None if changes - {Atom.CODE} else now.connection),
        move.to_code or ("" if Atom.CODE in changes else now.code),
        "",
    )
    return replace(target, address=move.to_address or _expected_address(move, target))


def _expected_address(move: Move, target: ComparedPlace) -> str:
    """The mail address that approval will store; empty as long as it cannot be told."""
    administration = move.administration
    if administration is None or target.environment is None or not target.code:
        return ""
    return target.environment.address_for(administration.mail_code or target.code)


def diff_of(move: Move) -> Diff | None:
    """The two places of a move; nothing before an administration is chosen."""
    if move.administration is None:
        return None
    now, then = place_now(move), place_wanted(move)
    return Diff(
        name=move.administration.name,
        now=now,
        then=then,
        rows=_rows(now, then, respelled=_is_respelled(move, now)),
        stays=_stays(now, then),
        is_past=move.state == MoveState.COMPLETED,
        is_off=move.state in REFUSED_STATES,
    )


def _is_respelled(move: Move, now: ComparedPlace) -> bool:
    """Whether the code that is wanted is the present one in another spelling."""
    administration = move.administration
    return bool(
        move.is_stored
        and administration
        and now.code == administration.code
        and move.package == administration.package
        and move.to_code_key == administration.code_key
    )


def _rows(
    now: ComparedPlace, then: ComparedPlace, *, respelled: bool
) -> tuple[ComparisonRow, ...]:
    choose, enter = _("to be chosen"), _("to be entered")
    return (
        ComparisonRow(_("Office"), now.office_name, then.office_name, choose),
        ComparisonRow(
            _("Office code"), now.office_code, then.office_code, choose, is_code=True
        ),
        ComparisonRow(
            _("Administration code"),
            now.code,
            then.code,
            enter,
            is_code=True,
            is_same=respelled,
        ),
        ComparisonRow(_("Connection"), *_connections(now, then), choose),
    )


def _connections(now: ComparedPlace, then: ComparedPlace) -> tuple[str, str]:
    names = str(now.connection or ""), str(then.connection or "")
    # Connections of two offices may have the same name: add the offices.
    if now.connection == then.connection or names[0] != names[1]:
        return names
    return f"{now.office_code} · {names[0]}", f"{then.office_code} · {names[1]}"


def _stays(now: ComparedPlace, then: ComparedPlace) -> tuple[tuple[str, str], ...]:
    users = (
        _("stay as they are")
        if now.environment == then.environment
        else _("do not move along, create them anew at the other office")
    )
    return ((_("Archive"), _("all documents stay with it")), (_("Users"), users))
