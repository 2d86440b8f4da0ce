"""The rows that a journey would have left beside its move."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Model

from adminmoves.demo.large.copying import Table
from adminmoves.demo.large.facts import SAID_BY, MoveFacts
from adminmoves.demo.large.moments import BEFORE, WORKER_NAME
from adminmoves.models import (
    Administration,
    Aftercare,
    Attempt,
    Contributor,
    Effect,
    Event,
    FormerPlace,
    Move,
    Parties,
    Proof,
    ProofWords,
)
from adminmoves.rules.plan import IN_ONE_GO
from adminmoves.vocabulary import Outcome, Part, StepCode

WRITTEN: tuple[type[Model], ...] = (
    # In the order in which foreign keys want them.
    Proof,
    Move,
    ProofWords,
    Parties,
    Contributor,
    Attempt,
    Effect,
    FormerPlace,
    Aftercare,
)
IMAGE = (
    "public_id",
    "name",
    "external_id",
    "mail_code",
    "connection_id",
    "environment_id",
    "code",
    "mail_address",
    "documents",
    "documents_unprocessed",
    "documents_awaiting_authorisation",
)
GUARDED: tuple[type[Model], ...] = (*WRITTEN, Administration, Event)


def write(tables: Mapping[type[Model], Table], facts: Sequence[MoveFacts]) -> None:
    made: dict[type[Model], list[Model]] = {model: [] for model in WRITTEN}
    for move_facts in facts:
        for row in _rows(move_facts):
            made[type(row)].append(row)
    for model in WRITTEN:
        tables[model].copy(made[model])


def _rows(facts: MoveFacts) -> Iterator[Model]:
    yield facts.move
    yield _parties(facts)
    yield from _contributors(facts)
    if facts.is_proven:
        yield facts.proof
        yield ProofWords(
            proof_id=facts.proof_id, said_by=SAID_BY, ticket=f"SUP-{facts.move_id}"
        )
    if facts.is_done:
        yield from _run(facts)


def _parties(facts: MoveFacts) -> Parties:
    return Parties(
        move_id=facts.move_id,
        requester_name=SAID_BY,
        requester_email="super@kantoor.example",
        requester_ticket=f"SUP-{facts.move_id}",
        consent_name=SAID_BY,
        consent_email="super@ander-kantoor.example",
        consent_on=facts.journey.requested_at.date(),
        consent_ticket=f"SUP-{facts.move_id}",
        consent_accepts_costs=True,
        client_informed=True,
    )


def _contributors(facts: MoveFacts) -> Iterator[Contributor]:
    journey = facts.journey
    parts = [(Part.ASKED, journey.requested_at), (Part.EDITED, journey.submitted_at)]
    if facts.is_proven:
        parts.append((Part.ATTESTED, journey.proved_at))
    for part, at in parts:
        yield Contributor(
            move_id=facts.move_id,
            user_id=facts.agent.person,
            revision=1,
            part=part,
            at=at,
        )


def _run(facts: MoveFacts) -> Iterator[Model]:
    journey, administration = facts.journey, facts.administration
    image = {name: getattr(administration, name) for name in IMAGE}
    yield Attempt(
        pk=facts.attempt_id,
        move_id=facts.move_id,
        number=1,
        worker=WORKER_NAME,
        started_at=journey.started_at,
        heartbeat_at=journey.ended_at,
        lease_until=journey.ended_at,
        before_image=image,
        ended_at=journey.ended_at,
        outcome=Outcome.COMPLETED,
    )
    yield from _effects(facts, image)
    yield _left(facts)
    for position, code in enumerate(facts.plan.aftercare, start=1):
        yield Aftercare(
            move_id=facts.move_id,
            position=position,
            code=code,
            ticked_by_id=facts.agent.person,
            ticked_at=journey.ended_at,
        )


def _left(facts: MoveFacts) -> FormerPlace:
    administration = facts.administration
    return FormerPlace(
        administration_id=administration.pk,
        move_id=facts.move_id,
        environment_id=administration.environment_id,
        connection_id=administration.connection_id,
        package=administration.package,
        office_code=administration.environment.office_code,
        code=administration.code,
        mail_address=administration.mail_address,
        from_at=administration.at_place_since,
        until_at=facts.journey.ended_at,
    )


def _effects(facts: MoveFacts, image: dict[str, object]) -> Iterator[Effect]:
    for step in (*BEFORE, *IN_ONE_GO):
        first = step in BEFORE
        yield Effect(
            attempt_id=facts.attempt_id,
            move_id=facts.move_id,
            step=step,
            worker=WORKER_NAME,
            done_at=facts.journey.started_at if first else facts.journey.ended_at,
            facts=image if step == StepCode.BEFORE_IMAGE else {},
        )
