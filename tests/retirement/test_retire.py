"""An administration goes out of use, and back into it, by two people, on the record."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from psycopg2 import extensions

from adminmoves.access import actor_for
from adminmoves.audit import record
from adminmoves.errors import (
    CheckRefused,
    DomainError,
    FourEyes,
    NotAllowed,
    RuleHeld,
    StepRefused,
)
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.models import Administration, Event, Move, Retirement
from adminmoves.retirement.actions import (
    approve_retirement,
    ask_retirement,
    decline_retirement,
    withdraw_retirement,
)
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import EventCode, MoveState, MoveType, RetirementKind
from tests.audit.test_record import behind_our_back
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    put_on_record,
    run,
    submit,
)
from tests.cast import MakeMove
from tests.estate.files import BAKERY, bring_in, estate, faults_of
from tests.execution.standstill import until
from tests.holes.test_database import refused
from tests.holes.test_locks import outcome_of, somebody_waits

pytestmark = pytest.mark.django_db
S, K = MoveState, RetirementKind
WHY = "Dubbel aangemaakt; in Basecone al verwijderd."


def ask(
    administration: Administration, who: User, kind: RetirementKind = K.RETIRE
) -> Retirement:
    return ask_retirement(administration.pk, kind, actor=actor_for(who), reason=WHY)


def retire(administration: Administration, agent: User, lead: User) -> Administration:
    retirement = ask(administration, agent)
    approve_retirement(retirement.pk, actor=actor_for(lead))
    return Administration.objects.get(pk=administration.pk)


def bring_back(administration: Administration, agent: User, lead: User) -> None:
    retirement = ask(administration, agent, K.BRING_BACK)
    approve_retirement(retirement.pk, actor=actor_for(lead))


def refusal(act: Callable[[], Any], kind: type[Exception] = DomainError) -> str:
    with pytest.raises(kind) as found:
        act()
    return str(found.value)


def test_what_stood_in_the_way_by_mistake_is_retired_and_the_move_goes_on(
    agent: User, lead: User, other_lead: User, a_move: MakeMove
) -> None:
    connection = make_connection()
    r10 = make_administration(connection, code="R10", name="Bakkerij De Korenaar")
    mistake = make_administration(connection, code="R011", name="Bakkerij De Korenaar")
    draft = make_draft(agent, MoveType.CHANGE_CODE, r10, to_code="R011")
    taken = next(
        result for result in inspect(draft).results if result.code == "place_free"
    )
    assert "laat die uit gebruik nemen als het een vergissing was" in taken.remedy
    assert taken.params["holder"] == mistake.public_id

    retired = retire(mistake, agent, lead)

    assert {warning.code for warning in inspect(draft).warnings} >= {
        "address_inherited"
    }
    move = a_move(S.APPROVED, administration=r10, to_code="R011")
    assert run(move).state == S.COMPLETED
    r10.refresh_from_db()
    assert (r10.code, r10.mail_address) == ("R011", mistake.mail_address)
    assert retired.retired_by is not None
    assert (retired.code, retired.retired_by.reason) == ("R011", WHY)
    sentence = refusal(lambda: ask(retired, agent, K.BRING_BACK))
    assert "Bakkerij De Korenaar heeft nu code R011 bij dit kantoor." in sentence
    assert f"heeft nu het e-mailadres {mistake.mail_address}." in sentence


def test_two_people_retire_and_two_bring_back_and_the_record_is_as_the_trail_tells(
    agent: User, lead: User, other_lead: User, auditor: User
) -> None:
    administration = make_administration()
    put_on_record()
    retirement = ask(administration, lead)
    with pytest.raises(FourEyes):
        approve_retirement(retirement.pk, actor=actor_for(lead))
    for nobody in (agent, auditor):
        with pytest.raises(NotAllowed):
            approve_retirement(retirement.pk, actor=actor_for(nobody))
    with pytest.raises(StepRefused):
        ask(administration, agent)
    approve_retirement(retirement.pk, actor=actor_for(other_lead))
    with pytest.raises(StepRefused):
        withdraw_retirement(retirement.pk, actor=actor_for(agent))

    bring_back(administration, agent, lead)
    other = ask(administration, agent)
    decline_retirement(other.pk, actor=actor_for(lead), reason="Die is nog nodig.")

    administration.refresh_from_db()
    codes = Event.objects.filter(stream_id=administration.public_id).order_by(
        "position"
    )
    assert administration.retired_by is None
    assert [event.code for event in codes][1:] == [
        EventCode.RETIREMENT_ASKED,
        EventCode.ADMINISTRATION_RETIRED,
        EventCode.BRINGING_BACK_ASKED,
        EventCode.ADMINISTRATION_BACK,
        EventCode.RETIREMENT_ASKED,
        EventCode.RETIREMENT_DECLINED,
    ]
    assert record.differences() == []


@pytest.mark.parametrize(
    "state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL, S.APPROVED, S.FAILED]
)
def test_an_open_move_keeps_its_administration_in_use(
    state: MoveState, a_move: MakeMove, agent: User
) -> None:
    move = a_move(state)
    sentence = refusal(lambda: ask(administration_of(move), agent))

    assert f"{move.number} gaat over deze administratie" in sentence
    assert (
        refused(
            "INSERT INTO adminmoves_retirement (administration_id, kind, reason,"
            " requested_by_id, requested_at, outcome)"
            " VALUES (%s, 'RETIRE', 'x', %s, now(), '')",
            [move.administration_id, agent.pk],
        )
        == "retirement_open_move"
    )


def test_a_draft_that_was_submitted_before_holds_it_and_a_new_draft_does_not(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    reopen_move(move.pk, actor=actor_for(agent))
    fresh = make_draft(agent)
    assert move.administration
    assert fresh.administration

    with pytest.raises(DomainError):
        ask(move.administration, agent)
    retire(fresh.administration, agent, lead)

    refused_by_checks = refusal(lambda: submit(fresh, agent), CheckRefused)
    assert "Deze administratie is niet meer in gebruik" in refused_by_checks


def test_a_move_that_was_opened_meanwhile_is_seen_at_the_decision(
    agent: User, lead: User
) -> None:
    draft = make_draft(agent)
    assert draft.administration
    retirement = ask(draft.administration, agent)
    submit(draft, agent)

    sentence = refusal(lambda: approve_retirement(retirement.pk, actor=actor_for(lead)))

    assert draft.number in sentence
    assert (
        refused(
            "UPDATE adminmoves_retirement SET outcome = 'APPROVED',"
            " decided_by_id = %s, decided_at = now() WHERE id = %s",
            [lead.pk, retirement.pk],
        )
        == "retirement_open_move"
    )


def test_no_statement_of_the_app_role_gets_round_the_two_people(
    agent: User, lead: User, other_lead: User, auditor: User
) -> None:
    connection = make_connection()
    administration, asked_of = (
        make_administration(connection),
        make_administration(connection),
    )
    retired = retire(make_administration(connection), agent, lead)
    retirement = ask(asked_of, lead)
    decide = (
        "UPDATE adminmoves_retirement SET outcome = 'APPROVED', decided_by_id = %s,"
        " decided_at = now() WHERE id = %s"
    )
    take = "UPDATE adminmoves_administration SET retired_by_id = %s WHERE id = %s"

    assert refused(decide, [lead.pk, retirement.pk]) == "retirement_by_two"
    assert refused(decide, [agent.pk, retirement.pk]) == "retirement_right"
    assert refused(decide, [None, retirement.pk]) == "retirement_right"
    assert refused(take, [retirement.pk, asked_of.pk]) == "retired_by_two"
    assert refused(take, [retired.retired_by_id, administration.pk]) == "retired_by_two"
    assert refused(take, [None, retired.pk]) == "retired_by_two"
    assert (
        refused(
            "UPDATE adminmoves_administration SET name = 'Anders' WHERE id = %s",
            [retired.pk],
        )
        == "administration_retired"
    )
    assert (
        refused(
            "UPDATE adminmoves_retirement SET outcome = 'WITHDRAWN' WHERE id = %s",
            [retired.retired_by_id],
        )
        == "retirement_decided"
    )
    assert (
        refused(
            "UPDATE adminmoves_retirement SET requested_by_id = %s WHERE id = %s",
            [agent.pk, retirement.pk],
        )
        == "retirement_frozen"
    )
    assert "permission denied" in refused("DELETE FROM adminmoves_retirement")
    insert = (
        "INSERT INTO adminmoves_retirement (administration_id, kind, reason,"
        " requested_by_id, requested_at, outcome, decided_by_id, decided_at)"
        " VALUES (%s, %s, %s, %s, now(), '', NULL, NULL)"
    )
    assert (
        refused(insert, [administration.pk, "RETIRE", "x", auditor.pk])
        == "retirement_right"
    )
    assert (
        refused(insert, [administration.pk, "BRING_BACK", "x", agent.pk])
        == "retirement_way"
    )
    assert (
        refused(insert, [administration.pk, "RETIRE", " ", agent.pk])
        == "retirement_reason"
    )


def test_a_draft_of_a_retired_one_is_refused_by_the_database_too(
    agent: User, lead: User
) -> None:
    draft = make_draft(agent)
    assert draft.administration
    retire(draft.administration, agent, lead)

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE adminmoves_move SET from_connection_id = a.connection_id,"
            " from_environment_id = a.environment_id, from_code = a.code,"
            " submitted_at = now(), move_type = intent"
            " FROM adminmoves_administration a"
            " WHERE a.id = administration_id AND adminmoves_move.id = %s",
            [draft.pk],
        )
    state = "UPDATE adminmoves_move SET state = 'AWAITING_BOOKKEEPING' WHERE id = %s"
    assert refused(state, [draft.pk]) == "move_of_retired"


@pytest.mark.django_db(transaction=True)
def test_of_a_retirement_and_a_submit_at_one_moment_the_second_sees_the_first(
    owner: extensions.connection, agent: User, lead: User
) -> None:
    first, second = make_draft(agent), make_draft(agent)
    retirements = [ask(administration_of(move), agent) for move in (first, second)]

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        approve_retirement(retirements[0].pk, actor=actor_for(lead))
        late = pool.submit(
            outcome_of, lambda: refused_in_words(lambda: submit(first, agent))
        )
        until(lambda: somebody_waits(owner))
    assert late.result() == "done"
    assert Move.objects.get(pk=first.pk).state == S.DRAFT

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        submit(second, agent)
        late = pool.submit(
            outcome_of,
            lambda: refused_in_words(
                lambda: approve_retirement(retirements[1].pk, actor=actor_for(lead))
            ),
        )
        until(lambda: somebody_waits(owner))
    assert late.result() == "done"
    assert Retirement.objects.get(pk=retirements[1].pk).outcome == ""


def administration_of(move: Move) -> Administration:
    assert move.administration
    return move.administration


def refused_in_words(act: Callable[[], Any]) -> None:
    with pytest.raises((RuleHeld, DomainError)):
        act()


def test_an_import_tells_the_line_of_a_retired_administration(
    agent: User, lead: User, administrator: User
) -> None:
    bring_in(estate(), administrator)
    administration = Administration.objects.get(public_id="a1")
    retire(administration, agent, lead)

    faults = faults_of(estate(), administrator)

    assert faults == [
        (
            "administrations.csv, regel 2: De administratie is niet meer in gebruik, "
            "dus er wijzigt niets aan. Laat die weg, of laat de administratie eerst op "
            "de eigen pagina weer in gebruik nemen."
        )
    ]
    counts = bring_in(estate(administrations=[{**BAKERY, "id": "a2"}]), administrator)
    assert counts["administrations"] == (1, 0, 0)


@pytest.mark.parametrize("kind", [{"kind": K.RETIRE}, {}])
def test_an_older_page_does_not_ask_the_opposite(
    kind: dict[str, str], client: Client, agent: User, lead: User
) -> None:
    administration = make_administration()
    here = f"/administraties/{administration.public_id}/uit-gebruik/"
    client.force_login(agent)
    page = client.get(here).content.decode()
    retire(administration, agent, lead)

    late = client.post(here, {"reason": WHY, **kind})

    assert f'name="kind" value="{K.RETIRE}"' in page
    assert late.status_code == 409
    assert "Deze pagina toont een oudere stand" in late.content.decode()
    assert WHY in late.content.decode()
    assert administration.retirements.count() == 1


def test_the_pages_tell_ask_decide_and_find(
    client: Client, agent: User, lead: User, auditor: User
) -> None:
    administration = make_administration(name="Vergist B.V.", code="R011")
    here = f"/administraties/{administration.public_id}/uit-gebruik/"

    client.force_login(agent)
    empty = client.post(here, {"reason": " "})
    assert empty.context["form"].errors == {
        "reason": ["Schrijf de reden op: die blijft bij de administratie staan."]
    }
    client.post(here, {"reason": WHY, "kind": RetirementKind.RETIRE})
    retirement = Retirement.objects.get()
    assert client.post(f"{here}{retirement.pk}/akkoord/").status_code == 403

    client.force_login(lead)
    queue = text_of(client, "/akkoord/")
    assert "Vergist B.V." in queue
    assert here in queue
    assert "1 aanvraag wacht op jou" in queue
    client.post(f"{here}{retirement.pk}/akkoord/")

    client.force_login(auditor)
    for page in (
        f"/administraties/{administration.public_id}/",
        "/administraties/?q=R011",
        "/zoeken/?q=R011",
    ):
        shown = text_of(client, page)
        assert "Niet meer in gebruik sinds" in shown
        assert WHY in shown
    client.force_login(agent)
    picks = text_of(client, "/aanvraag/administraties/?administration_query=R011")
    assert "disabled" in picks
    assert "niet meer in gebruik, dus kan niet migreren" in picks


@pytest.mark.django_db(transaction=True)
def test_verify_audit_names_what_was_changed_behind_our_back(
    owner: extensions.connection, agent: User, lead: User, other_lead: User
) -> None:
    administration = make_administration()
    put_on_record()
    retire(administration, agent, lead)

    with behind_our_back(owner) as cursor:
        cursor.execute(
            "UPDATE adminmoves_retirement SET reason = 'Anders', requested_by_id = %s,"
            " decided_by_id = %s, outcome = 'DECLINED',"
            " requested_at = requested_at - interval '1 day'",
            [lead.pk, other_lead.pk],
        )
        cursor.execute("UPDATE adminmoves_administration SET retired_by_id = NULL")
    changed = {difference.kind for difference in record.differences()}
    with behind_our_back(owner) as cursor:
        cursor.execute("UPDATE adminmoves_retirement SET id = id + 1")

    assert changed == {
        "words",
        "requester",
        "created_at",
        "decider",
        "outcome",
        "retired",
    }
    gone = {difference.kind for difference in record.differences()}
    assert gone == {"retirement_missing", "retirement_untold", "outcome", "retired"}


def text_of(client: Client, page: str) -> str:
    return unescape(client.get(page).content.decode())
