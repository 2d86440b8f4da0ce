"""The demonstration: the sample estate, a person for each role, and moves.

All of it goes through the actions that people and workers take, so that the history is
real.
"""

import csv
import io
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from adminmoves.access import SYSTEM, Actor, actor_for
from adminmoves.approval.actions import approve_move, reject_move, send_back_move
from adminmoves.approval.decisions import Decision
from adminmoves.audit import trail
from adminmoves.demo.archive import fill
from adminmoves.estate.importing import NamedFile, import_estate
from adminmoves.estate.lines import differences
from adminmoves.estate.people import facts_of, give_role, line_about_person
from adminmoves.estate.sheets import SHEETS
from adminmoves.evidence.records import Attestation, attest
from adminmoves.execution import runner
from adminmoves.intake.draft.actions import edit_draft, start_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import Administration, BookkeepingConnection, Environment, Move
from adminmoves.rules.plan import make_plan
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import MIXES, Atom, MoveType, Role

T = MoveType
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
WORKER_NAME = "demonstration"
COUNTED_AT = "documents_counted_at"


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    first_name: str
    last_name: str
    role: Role


ACCOUNTS = (
    Account("medewerker1", "Medewerker", "1", Role.SUPPORT_AGENT),
    Account("medewerker2", "Medewerker", "2", Role.SUPPORT_AGENT),
    Account("teamleider1", "Teamleider", "1", Role.TEAM_LEAD),
    Account("teamleider2", "Teamleider", "2", Role.TEAM_LEAD),
    Account("auditor1", "Auditor", "1", Role.AUDITOR),
    Account("beheerder1", "Beheerder", "1", Role.ADMINISTRATOR),
)
PARTIES: Mapping[str, Any] = {
    "requester_name": "Supergebruiker van nu",
    "requester_email": "super@kantoor-van-nu.example",
    "requester_ticket": "SUP-1001",
    "consent_name": "Supergebruiker van straks",
    "consent_email": "super@kantoor-van-straks.example",
    "consent_ticket": "SUP-1002",
    "consent_accepts_costs": True,
    "client_informed": True,
}
Cast = Mapping[str, Actor]
Step = Callable[[Move, Cast], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A move of the demonstration: its facts, and the steps that it has taken."""

    agent: str
    administration: str
    move_type: MoveType
    connection: str = ""
    code: str = ""
    steps: tuple[Step, ...] = ()


def is_empty() -> bool:
    return not (User.objects.exists() or Environment.objects.exists())


@transaction.atomic
def load(samples: Path) -> dict[str, str]:
    """Fill an empty database; return the passwords by username."""
    passwords = {account.username: make_password() for account in ACCOUNTS}
    cast = {
        account.username: _make_person(account, passwords[account.username])
        for account in ACCOUNTS
    }
    files = [_counted_today(samples / f"{sheet.name}.csv") for sheet in SHEETS]
    import_estate(files, actor=cast["beheerder1"])
    for story in STORIES:
        if Atom.ENVIRONMENT in MIXES[story.move_type]:
            _fill_archive(story.administration)
        move = _draft(story, cast[story.agent])
        for step in story.steps:
            step(move, cast)
    return passwords


def _counted_today(path: Path) -> NamedFile:
    """A sample file with its counts dated today: an old count would be a warning."""
    reader = csv.DictReader(path.read_text("utf-8").splitlines(), delimiter=";")
    columns, today = reader.fieldnames or (), timezone.localdate().isoformat()
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=";")
    writer.writeheader()
    for row in reader:
        writer.writerow(row | {COUNTED_AT: today} if row.get(COUNTED_AT) else row)
    return NamedFile(path.name, text.getvalue().encode())


def _fill_archive(public_id: str) -> None:
    """Add the documents that the administration counts, because they move along."""
    administration = Administration.objects.with_place().get(public_id=public_id)
    fill(administration, administration.documents)


def make_password() -> str:
    """Make a random password that is easy to type from a terminal."""
    parts = ("".join(secrets.choice(ALPHABET) for _sign in range(4)) for _part in "123")
    return "-".join(parts)


def _make_person(account: Account, password: str) -> Actor:
    user = User.objects.create_user(
        account.username,
        password=password,
        first_name=account.first_name,
        last_name=account.last_name,
    )
    give_role(user, account.role)
    params = differences({}, facts_of(user))
    trail.record(SYSTEM, [line_about_person(user, params)])
    return actor_for(user)


def _draft(story: Story, agent: Actor) -> Move:
    administration = Administration.objects.get(public_id=story.administration)
    connection = administration.connection
    if story.connection:
        connection = BookkeepingConnection.objects.get(public_id=story.connection)
    answers = {
        "administration": administration,
        "to_environment": connection.environment,
        "to_connection": connection,
        "to_code": story.code or administration.code,
        "consent_on": timezone.localdate(),
        **PARTIES,
    }
    return edit_draft(
        start_draft(story.move_type, actor=agent).pk, answers, actor=agent
    )


def _seen(move: Move) -> frozenset[str]:
    return frozenset(warning.key for warning in inspect(move).warnings)


def _asker(move: Move, cast: Cast) -> Actor:
    return next(
        actor for actor in cast.values() if actor.user_id == move.requested_by_id
    )


def submit(move: Move, cast: Cast) -> None:
    submit_move(move.pk, actor=_asker(move, cast), seen=_seen(move))


def prove(move: Move, cast: Cast) -> None:
    yesterday: date = timezone.localdate() - timedelta(days=1)
    attestation = Attestation("Supergebruiker van nu", yesterday, ticket="SUP-1003")
    attest(move.pk, actor=_asker(move, cast), attestation=attestation)


def approve(move: Move, cast: Cast) -> None:
    _approve(move, cast["teamleider1"])


def plan_ahead(move: Move, cast: Cast) -> None:
    """Approve it for the evening three days from now."""
    evening = timezone.localtime().replace(hour=20, minute=0, second=0, microsecond=0)
    _approve(move, cast["teamleider1"], not_before=evening + timedelta(days=3))


def _approve(move: Move, lead: Actor, **when: Any) -> None:
    now = Move.objects.get(pk=move.pk)
    decision = Decision(move.pk, make_plan(now).hash, _seen(now), **when)
    approve_move(decision, actor=lead)


def carry_out(move: Move, _cast: Cast) -> None:
    if not runner.run(move.pk, WORKER_NAME):
        raise RuntimeError(f"{move} does not start: {Move.objects.get(pk=move.pk)}")


def send_back(move: Move, cast: Cast) -> None:
    question = "Klopt de nieuwe code? In het pakket zie ik er nog een nul voor."
    send_back_move(move.pk, actor=cast["teamleider1"], question=question)


def reject(move: Move, cast: Cast) -> None:
    reason = "De klant blijft toch bij het huidige kantoor."
    reject_move(move.pk, actor=cast["teamleider2"], reason=reason)


def withdraw(move: Move, cast: Cast) -> None:
    reason = "Dubbel aangevraagd."
    withdraw_move(move.pk, actor=_asker(move, cast), reason=reason)


WAITING = (submit, prove)
DONE = (*WAITING, approve, carry_out)
STORIES = (
    Story("medewerker1", "a046", T.MOVE_ENVIRONMENT, "vko310-tw", steps=DONE),
    Story("medewerker2", "a040", T.CHANGE_CODE, code="MVL00740", steps=DONE),
    Story("medewerker2", "a048", T.RELINK_CONNECTION, "vkw087-av-1", steps=DONE),
    Story("medewerker1", "a001", T.CHANGE_CODE, code="MVL02041", steps=(submit,)),
    Story("medewerker2", "a007", T.RELINK_CONNECTION, "vkz221-tw-1", steps=(submit,)),
    Story("medewerker1", "a014", T.MOVE_ENVIRONMENT, "vkb512-av", steps=WAITING),
    Story("medewerker2", "a045", T.RELINK_CONNECTION, "vkn104-u4-2", steps=WAITING),
    Story("teamleider1", "a025", T.CHANGE_CODE, code="635001", steps=WAITING),
    Story(
        "medewerker1",
        "a016",
        T.CHANGE_CODE,
        code="MVL01300",
        steps=(*WAITING, send_back),
    ),
    Story(
        "medewerker1",
        "a037",
        T.RELINK_CONNECTION_AND_CHANGE_CODE,
        "vkz221-tw-2",
        "NL719",
        steps=(*WAITING, plan_ahead),
    ),
    Story(
        "medewerker2",
        "a010",
        T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
        "vkm450-ex",
        "2411",
        steps=(*WAITING, reject),
    ),
    Story(
        "medewerker2", "a055", T.CHANGE_CODE, code="MVL00845", steps=(submit, withdraw)
    ),
    Story("medewerker1", "a066", T.MOVE_ENVIRONMENT, "vkn104-tw"),
)
