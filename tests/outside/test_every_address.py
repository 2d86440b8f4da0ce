"""No question from outside is a fault, at any address, in any form, by anybody.

Seeded; ``make fuzz REQUESTS=5000 SEED=7`` asks longer and otherwise.
"""

import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.evidence.files import store_file
from adminmoves.models import ApprovalLoan
from adminmoves.vocabulary import MoveState, Role
from adminmoves.web.http import OutsideMiddleware
from tests.builders import make_draft, make_environment
from tests.cast import MakeMove
from tests.outside.asking import Asker
from tests.packages import ChosenAnswers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUESTS = int(os.environ.get("REQUESTS") or 300)
SEED = int(os.environ.get("SEED") or 1)
MOST_TOLD = 30


@pytest.fixture
def asker(
    agent: User,
    lead: User,
    auditor: User,
    administrator: User,
    a_move: MakeMove,
    package: ChosenAnswers,
    settings: Any,
    tmp_path: Path,
) -> Asker:
    """A portal with a move in every state, and somebody of every role."""
    # So that the proxy's word about the visitor is read too.
    settings.PORTAL_HTTPS = True
    settings.MEDIA_ROOT = tmp_path
    settings.PORTAL_METRICS_TOKEN = "zo-geheim"  # noqa: S105 - of this test alone
    for state in MoveState:
        a_move(state)
    draft = make_draft(agent)
    proof = SimpleUploadedFile("brief.txt", b"Het is gedaan.")
    store_file(draft, proof, actor=actor_for(agent))
    make_environment(office_code="VKN100")
    until = timezone.now() + timedelta(days=1)
    ApprovalLoan.objects.create(lender=lead, borrower=agent, ends_at=until)
    people = {
        "nobody": None,
        Role.SUPPORT_AGENT: agent,
        Role.TEAM_LEAD: lead,
        Role.AUDITOR: auditor,
        Role.ADMINISTRATOR: administrator,
    }
    return Asker(people, Random(SEED))  # noqa: S311 - the same questions again, for who looks for a fault


@pytest.fixture
def _no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what stands behind all that cleans: nothing may fall into it."""
    monkeypatch.delattr(OutsideMiddleware, "process_exception")


@pytest.fixture
def _quiet() -> Iterator[None]:
    """So many refusals would hide the fault that is told at the end."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(180 + REQUESTS)
@pytest.mark.usefixtures("_quiet", "_no_net")
def test_no_question_from_outside_is_a_fault(asker: Asker) -> None:
    asker.look_around()
    for role, question in islice(asker.odd(), REQUESTS):
        asker.ask(role, question)

    fault_lines = [f"{what}\n    {how}" for what, how in asker.faults.items()]
    assert not fault_lines, f"{len(fault_lines)} faults:\n" + "\n".join(
        fault_lines[:MOST_TOLD]
    )
    assert asker.asked > REQUESTS
    every = {address.route for address in asker.addresses}
    assert asker.reached >= every
    # Each answered somebody otherwise than with "not found".
    assert asker.opened >= every
