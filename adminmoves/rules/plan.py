"""The dry run: what will happen, and its SHA-256 that an approval is bound to."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from adminmoves.models import Move
from adminmoves.rules.type_rules import aftercare_for
from adminmoves.vocabulary import MIXES, Atom, MoveType, StepCode

ARCHIVE_STEPS = frozenset({StepCode.COPY_ARCHIVE, StepCode.SWITCH_ARCHIVE})
IN_ONE_GO = (
    StepCode.CHANGE_PLACE,
    StepCode.SWITCH_ADDRESS,
    StepCode.SWITCH_ARCHIVE,
    StepCode.VERIFY,
    StepCode.OPEN,
    StepCode.AFTERCARE,
)
"""These commit together: all of it, or nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``facts`` are hashed: the administration, both places and addresses, the type
    and the kind of proof. Steps and after-care follow from them."""

    facts: dict[str, Any]
    steps: tuple[StepCode, ...]
    aftercare: tuple[str, ...]

    @property
    def hash(self) -> str:
        text = json.dumps(self.facts, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def steps_of(move_type: MoveType) -> tuple[StepCode, ...]:
    """The steps of a run in their order: an archive moves only with its office."""
    has_archive = moves_archive(move_type)
    return tuple(step for step in StepCode if has_archive or step not in ARCHIVE_STEPS)


def moves_archive(move_type: str) -> bool:
    return Atom.ENVIRONMENT in MIXES[MoveType(move_type)]


def to_address(move: Move) -> str:
    """The address at the wanted place (domain.md par. 1); an own code stays."""
    administration, environment = move.administration, move.to_environment
    if administration is None or environment is None:
        return ""
    return environment.address_for(administration.mail_code or move.to_code)


def make_plan(move: Move) -> Plan:
    """Made from the administration as it is now, not as it was at submit."""
    now = move.administration
    if now is None or move.to_connection is None or move.to_environment is None:
        raise ValueError("only a complete move has a plan")
    address = to_address(move)
    facts = {
        "administration": now.public_id,
        "name": now.name,
        "type": move.move_type,
        "package": now.package,
        "from": _place(now.environment.office_code, now.connection, now.code),
        "from_address": now.mail_address,
        "to": _place(move.to_environment.office_code, move.to_connection, move.to_code),
        "to_address": address,
        "proof": move.proof.kind if move.proof else "",
    }
    move_type = MoveType(move.move_type)
    aftercare = aftercare_for(move_type, address_changes=address != now.mail_address)
    return Plan(facts, steps_of(move_type), tuple(aftercare))


def _place(office_code: str, connection: Any, code: str) -> dict[str, str]:
    return {
        "office": office_code,
        "connection": connection.public_id,
        "licence": connection.package_environment,
        "code": code,
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Facts that differ between two plans, as fact -> [before, after]."""
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }
