"""The cast: people by their role, so that a test reads like a short play."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from adminmoves.access import WORKER, Actor, actor_for
from adminmoves.bookkeeping import gateway
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, Role, Verdict
from tests.builders import make_move, make_person
from tests.packages import ChosenAnswers

MakeMove = Callable[..., Move]
Answering = Callable[[Any], None]


@pytest.fixture
def agent(db: None) -> User:
    return make_person("medewerker-1", Role.SUPPORT_AGENT)


@pytest.fixture
def other_agent(db: None) -> User:
    return make_person("medewerker-2", Role.SUPPORT_AGENT)


@pytest.fixture
def lead(db: None) -> User:
    return make_person("teamleider-1", Role.TEAM_LEAD)


@pytest.fixture
def other_lead(db: None) -> User:
    return make_person("teamleider-2", Role.TEAM_LEAD)


@pytest.fixture
def auditor(db: None) -> User:
    return make_person("auditor-1", Role.AUDITOR)


@pytest.fixture
def administrator(db: None) -> User:
    return make_person("beheerder-1", Role.ADMINISTRATOR)


@pytest.fixture
def actors(
    agent: User, lead: User, auditor: User, administrator: User
) -> dict[Role, Actor]:
    people = [actor_for(user) for user in (agent, lead, auditor, administrator)]
    return {actor.role: actor for actor in people} | {Role.WORKER: WORKER}


@pytest.fixture
def a_move(agent: User, lead: User) -> MakeMove:
    """A move in any state, asked for by the agent: ``a_move(MoveState.APPROVED)``."""

    def make(state: MoveState, **facts: Any) -> Move:
        who = {"agent": agent, "lead": lead, **facts}
        return make_move(state, **who)

    return make


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Lets the ``check`` of something else answer in the place of the packages."""
    return lambda package: monkeypatch.setattr(gateway, "check", package.check)


@pytest.fixture
def package(answering: Answering) -> ChosenAnswers:
    """Every package can be asked; it finds everything unless told otherwise."""
    answers = ChosenAnswers()
    answers.will_say(Verdict.FOUND_ACTIVE)
    answering(answers)
    return answers
