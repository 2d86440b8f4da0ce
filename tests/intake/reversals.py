"""Completed moves, turned back along the path that people take."""

from django.contrib.auth.models import User
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.intake.draft.reverse import start_reverse
from adminmoves.models import Administration, Move
from tests.builders import (
    PARTIES,
    approve,
    attest_as,
    make_draft,
    run,
    submit,
)


def administration_of(move: Move) -> Administration:
    assert move.administration is not None
    return Administration.objects.get(pk=move.administration.pk)


def place_of(administration: Administration) -> tuple[int, int, str, str]:
    return (
        administration.environment_id,
        administration.connection_id,
        administration.code,
        administration.mail_address,
    )


def turn_back(first: Move, agent: User) -> Move:
    move = start_reverse(first.pk, actor=actor_for(agent))
    return Move.objects.get(pk=move.pk)


def complete(draft: Move, agent: User, lead: User) -> Move:
    """Fill in what is asked again, and walk the whole way."""
    edit_draft(draft.pk, PARTIES, actor=actor_for(agent))
    submit(Move.objects.get(pk=draft.pk), agent)
    attest_as(draft, agent)
    approve(Move.objects.get(pk=draft.pk), lead)
    return run(draft)


def completed(agent: User, lead: User, administration: Administration) -> Move:
    """Another move of that administration, to a third place."""
    return complete(make_draft(agent, administration=administration), agent, lead)


def move_page(client: Client, move: Move) -> str:
    return client.get(f"/migraties/{move.number}/").content.decode()
