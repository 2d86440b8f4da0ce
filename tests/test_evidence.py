"""Proof: who may give it, when it counts, how it ages (domain.md par. 5)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.bookkeeping.answers import ListedAdministration, Listing
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.bookkeeping.list_cache import cache_list
from adminmoves.errors import NotAllowed, ProofRefused, StepRefused
from adminmoves.evidence.records import Attestation, ask_package, attest
from adminmoves.evidence.schedule import ask_again_at, connections_to_ask
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.models import BookkeepingConnection, ConnectionLine, Move
from adminmoves.proof.actions import ask_due, check_now
from adminmoves.vocabulary import MoveState, Package, Verdict
from tests.builders import (
    approve,
    attest_as,
    make_administration,
    make_connection,
    make_draft,
    submit,
)
from tests.cast import Answering, MakeMove
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
S = MoveState
SAID = Attestation("Supergebruiker Noord", date(2026, 11, 20), ticket="SUP-1")


@pytest.fixture
def asked_move(agent: User) -> Move:
    """A request that waits for a package that is asked itself."""
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    administration = make_administration(connection, kvk_number="12345678")
    return submit(make_draft(agent, administration=administration), agent)


def test_an_attestation_with_a_ticket_lets_the_request_go_on(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    attest(move.pk, actor=actor_for(agent), attestation=SAID)

    stored = Move.objects.get(pk=move.pk)
    proof = stored.proofs.get()
    assert (stored.state, stored.proof_id) == (S.AWAITING_APPROVAL, proof.pk)
    assert (proof.usable, proof.attested_by, proof.words.said_by) == (
        True,
        agent,
        "Supergebruiker Noord",
    )
    event = stored.events.get(code="PROOF_ATTESTED")
    assert event.params["moved_on"] == "2026-11-20"
    assert "Noord" not in str(event.params)
    assert event.words.texts["said_by"] == "Supergebruiker Noord"


def test_an_attestation_needs_evidence(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    bare = Attestation("Supergebruiker Noord", date(2026, 11, 20))

    with pytest.raises(ProofRefused, match="bewijs"):
        attest(move.pk, actor=actor_for(agent), attestation=bare)

    assert not move.proofs.exists()


def test_only_a_request_that_waits_is_attested(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    with pytest.raises(StepRefused):
        attest_as(move, agent)

    assert move.proofs.count() == 1


def test_where_the_package_is_asked_an_agents_word_does_not_count(
    asked_move: Move, agent: User
) -> None:
    with pytest.raises(NotAllowed):
        attest(asked_move.pk, actor=actor_for(agent), attestation=SAID)

    assert Move.objects.get(pk=asked_move.pk).state == S.AWAITING_BOOKKEEPING


def test_a_lead_attests_in_place_of_the_package_only_with_a_reason(
    asked_move: Move, lead: User
) -> None:
    with pytest.raises(ProofRefused):
        attest(asked_move.pk, actor=actor_for(lead), attestation=SAID)
    with_reason = Attestation(
        "Supergebruiker Noord", date(2026, 11, 20), ticket="S-1", reason="Storing."
    )
    attest(asked_move.pk, actor=actor_for(lead), attestation=with_reason)

    proof = asked_move.proofs.get()
    assert (proof.overrules_package, proof.words.reason) == (True, "Storing.")
    assert asked_move.contributors.filter(user=lead, part="attested").exists()


def test_a_package_that_cannot_be_asked_yet_says_so_and_is_not_asked_again(
    asked_move: Move,
) -> None:
    count = ask_due()

    stored = Move.objects.get(pk=asked_move.pk)
    assert (count, stored.state, stored.ask_proof_at) == (
        1,
        S.AWAITING_BOOKKEEPING,
        None,
    )
    assert [proof.verdict for proof in stored.proofs.all()] == [Verdict.CONFIG_ERROR]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_asks(asked_move: Move, package: ChosenAnswers) -> None:
    package.will_say(Verdict.NOT_FOUND_OR_NO_ACCESS)
    barrier = threading.Barrier(2)

    def ask() -> int:
        barrier.wait()
        try:
            return ask_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        asked = sum(future.result() for future in [pool.submit(ask) for _ in range(2)])

    assert (asked, len(package.asked), asked_move.proofs.count()) == (1, 1, 1)


def test_a_request_goes_on_by_itself_once_the_package_shows_it(
    asked_move: Move, package: ChosenAnswers
) -> None:
    package.will_say(Verdict.NOT_FOUND_OR_NO_ACCESS, Verdict.FOUND_ACTIVE)

    ask_due()
    waits = Move.objects.get(pk=asked_move.pk)
    Move.objects.filter(pk=asked_move.pk).update(ask_proof_at=timezone.now())
    ask_due()

    assert waits.state == S.AWAITING_BOOKKEEPING
    assert waits.ask_proof_at is not None
    assert Move.objects.get(pk=asked_move.pk).state == S.AWAITING_APPROVAL
    assert len(package.asked) == 2


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.ATTESTED}))
def test_only_found_and_active_counts(
    verdict: Verdict, asked_move: Move, package: ChosenAnswers
) -> None:
    package.will_say(verdict)

    proof = ask_package(asked_move.pk)

    assert proof is not None
    assert proof.usable == (verdict == Verdict.FOUND_ACTIVE)
    went_on = Move.objects.get(pk=asked_move.pk).state == S.AWAITING_APPROVAL
    assert went_on == (verdict == Verdict.FOUND_ACTIVE)


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        ({}, False),
        ({"name": "Heel iemand anders"}, False),
        ({"kvk_number": "12345678"}, True),
        ({"kvk_number": "87654321"}, False),
        ({"external_id": ""}, False),
    ],
)
def test_where_our_record_knows_another_one_there_a_hit_must_be_this_one(
    seen: dict[str, Any],
    counts: bool,
    asked_move: Move,
    package: ChosenAnswers,
) -> None:
    make_administration(
        asked_move.to_connection, code=asked_move.to_code, mail_code="elders"
    )
    package.answers = [Evidence(Verdict.FOUND_ACTIVE, **seen)]

    proof = ask_package(asked_move.pk)

    assert proof is not None
    assert (proof.counts, proof.usable) == (counts, counts)


def test_an_answer_about_an_older_revision_is_thrown_away(
    asked_move: Move, answering: Answering, agent: User
) -> None:
    class Slow(ChosenAnswers):
        def check(
            self, connection: BookkeepingConnection, code: str, *_rest: str, **_how: Any
        ) -> Evidence:
            reopen_move(asked_move.pk, actor=actor_for(agent))
            return super().check(connection, code)

    slow = Slow()
    slow.will_say(Verdict.FOUND_ACTIVE)
    answering(slow)

    assert ask_package(asked_move.pk) is None
    assert not asked_move.proofs.exists()


def test_a_stale_attestation_sends_the_request_back_to_waiting(
    a_move: MakeMove, lead: User, settings: Settings
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    settings.PORTAL_ATTESTED_PROOF_DAYS = 0

    with pytest.raises(ProofRefused):
        approve(move, lead)

    stored = Move.objects.get(pk=move.pk)
    assert (stored.state, stored.proof_id) == (S.AWAITING_BOOKKEEPING, None)
    assert stored.reason == {"code": "proof_too_old"}


def test_an_approval_is_not_planned_past_the_end_of_an_attestation(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    with pytest.raises(ProofRefused):
        approve(move, lead, not_before=timezone.now() + timedelta(days=15))

    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


def test_the_intervals_grow_and_never_stop(asked_move: Move) -> None:
    verdict, now = Verdict.NOT_FOUND_OR_NO_ACCESS, timezone.now()

    waits = []
    for minutes in (0, 20, 90, 60 * 30, 60 * 24 * 4):
        asked_move.state_since = now - timedelta(minutes=minutes)
        at = ask_again_at(asked_move, verdict)
        assert at is not None
        waits.append(round((at - now).total_seconds() / 60))

    assert waits == [2, 5, 15, 60, 360]


@pytest.mark.parametrize(
    "verdict", [Verdict.AUTH_REQUIRED, Verdict.CONFIG_ERROR, Verdict.AMBIGUOUS]
)
def test_what_only_a_person_can_mend_is_not_asked_again(
    verdict: Verdict, asked_move: Move
) -> None:
    assert ask_again_at(asked_move, verdict) is None


class Busy:
    """Somebody else asks this connection now."""

    def check(self, *_asked: object, **_how: object) -> Evidence:
        raise ConnectionBusy(timezone.now() + timedelta(minutes=2))


def test_while_somebody_else_asks_nothing_is_stored_and_it_is_asked_in_a_moment(
    asked_move: Move, answering: Answering, agent: User
) -> None:
    answering(Busy())

    with pytest.raises(ConnectionBusy):
        check_now(asked_move.pk, actor=actor_for(agent))
    count = ask_due()

    stored = Move.objects.get(pk=asked_move.pk)
    assert stored.ask_proof_at is not None
    assert timedelta() < stored.ask_proof_at - timezone.now() <= timedelta(seconds=10)
    assert (count, stored.state) == (0, S.AWAITING_BOOKKEEPING)
    assert not stored.proofs.exists()


@pytest.mark.parametrize("verdict", [Verdict.UNAVAILABLE, Verdict.RATE_LIMITED])
def test_a_package_that_does_not_answer_is_not_asked_for_the_rest(
    verdict: Verdict, asked_move: Move, package: ChosenAnswers, agent: User
) -> None:
    second = make_administration(asked_move.to_connection)
    other = submit(make_draft(agent, administration=second), agent)
    at = timezone.now() + timedelta(minutes=7)
    package.answers = [Evidence(verdict, retry_at=at)]

    ask_due()

    asked, waits = Move.objects.get(pk=asked_move.pk), Move.objects.get(pk=other.pk)
    assert (len(package.asked), asked.ask_proof_at) == (1, at)
    assert list(Move.objects.to_ask(timezone.now())) == [waits]


@pytest.mark.parametrize(
    "shut",
    [
        {"lease_until": timedelta(minutes=1)},
        {"quiet_until": timedelta(minutes=1), "quiet_why": Verdict.UNAVAILABLE},
        {"quiet_until": timedelta(minutes=1), "quiet_why": Verdict.RATE_LIMITED},
    ],
)
def test_a_connection_that_is_asked_or_left_alone_keeps_no_other_waiting(
    shut: dict[str, Any], asked_move: Move, package: ChosenAnswers, agent: User
) -> None:
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    submit(make_draft(agent, administration=make_administration(connection)), agent)
    facts = {
        name: timezone.now() + value if isinstance(value, timedelta) else value
        for name, value in shut.items()
    }
    ConnectionLine.objects.create(
        connection_id=asked_move.wanted.connection_id, **facts
    )

    free = connections_to_ask()
    ask_due()

    assert free == [connection.pk]
    assert [environment for environment, _code in package.asked] == [
        connection.package_environment
    ]


def test_a_connection_that_wants_a_person_tells_it_to_each_request(
    asked_move: Move, package: ChosenAnswers
) -> None:
    """Nothing goes out for that, and whoever waits reads why."""
    package.will_say(Verdict.AUTH_REQUIRED)
    ConnectionLine.objects.create(
        connection_id=asked_move.wanted.connection_id,
        quiet_until=timezone.now() + timedelta(minutes=9),
        quiet_why=Verdict.AUTH_REQUIRED,
    )

    ask_due()

    assert asked_move.proofs.get().verdict == Verdict.AUTH_REQUIRED


def shown(connection: BookkeepingConnection, *codes: str) -> None:
    rows = tuple(ListedAdministration(code, name=f"Voorbeeld {code}") for code in codes)
    cache_list(connection, Listing(rows, "offices"))


@pytest.fixture
def renamed(agent: User) -> Move:
    """A request for another code at a Twinfield that is asked itself."""
    connection = make_connection(
        package=Package.TWINFIELD, demand=BookkeepingConnection.Demand.API
    )
    administration = make_administration(connection, code="OUD")
    return submit(
        make_draft(agent, administration=administration, to_code="NIEUW"), agent
    )


def test_a_new_code_does_not_count_while_the_old_one_is_shown_too(
    renamed: Move, package: ChosenAnswers
) -> None:
    assert renamed.to_connection is not None
    shown(renamed.to_connection, "OUD", "NIEUW")

    ask_due()

    stored = Move.objects.get(pk=renamed.pk)
    assert stored.proofs.get().verdict == Verdict.OLD_CODE_STILL_SHOWN
    assert stored.state == S.AWAITING_BOOKKEEPING
    assert stored.ask_proof_at is not None
    assert stored.ask_proof_at > timezone.now()

    shown(renamed.to_connection, "NIEUW")
    ask_package(renamed.pk)

    assert Move.objects.get(pk=renamed.pk).state == S.AWAITING_APPROVAL


def test_an_old_code_that_another_one_takes_over_holds_nothing_back(
    renamed: Move, package: ChosenAnswers, agent: User
) -> None:
    assert renamed.to_connection is not None
    other = make_administration(renamed.to_connection, code="ANDER")
    submit(make_draft(agent, administration=other, to_code="OUD"), agent)
    shown(renamed.to_connection, "OUD", "NIEUW")

    ask_package(renamed.pk)

    assert Move.objects.get(pk=renamed.pk).state == S.AWAITING_APPROVAL


def test_the_age_of_a_proof_is_that_of_the_list_it_was_found_in(
    asked_move: Move, package: ChosenAnswers
) -> None:
    fetched = timezone.now() - timedelta(seconds=90)
    package.answers = [Evidence(Verdict.FOUND_ACTIVE, checked_at=fetched)]

    proof = ask_package(asked_move.pk)

    assert proof is not None
    assert proof.checked_at == fetched


def test_an_attestation_does_not_count_once_the_package_itself_is_asked(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    BookkeepingConnection.objects.filter(pk=move.wanted.connection_id).update(
        demand=BookkeepingConnection.Demand.API
    )

    with pytest.raises(ProofRefused, match="nu zelf bevraagd"):
        approve(Move.objects.get(pk=move.pk), lead)

    stored = Move.objects.get(pk=move.pk)
    assert (stored.state, stored.reason) == (
        S.AWAITING_BOOKKEEPING,
        {"code": "package_asked_now"},
    )
