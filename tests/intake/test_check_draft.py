"""The live answer: it saves, and brings only the parts that changed."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Administration, Environment, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
    submit,
)
from tests.cast import MakeMove
from tests.intake.pages import as_sent, url

pytestmark = pytest.mark.django_db
T, S = MoveType, MoveState
PART = re.compile(r'id="([\w-]+)"[^>]*hx-swap-oob|<section[^>]*id="(checks)"')


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def parts(html: str) -> list[str]:
    return sorted("".join(found) for found in PART.findall(html))


ALWAYS = [
    "checks",
    "diff",
    "field-errors",
    "id_version",
    "mobile-summary",
    "other-type",
    "saved",
]
STATED = sorted([*ALWAYS, "attested-place"])


def test_typing_a_code_saves_it_and_replaces_no_field(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)

    answer = as_agent.post(url(move, "controle/"), as_sent(move, to_code="NIEUW1"))

    html = answer.content.decode()
    assert parts(html) == STATED
    assert '<ins class="mono"><span class="nw">NIEUW1</span></ins>' in html
    assert Move.objects.get(pk=move.pk).to_code == "NIEUW1"


@pytest.mark.parametrize(
    ("missing", "title", "proof"),
    [
        ("", "Jouw verklaring telt zodra je indient", S.AWAITING_APPROVAL),
        ("moved_on", "Wacht op het boekhoudpakket", S.AWAITING_BOOKKEEPING),
    ],
)
def test_the_checks_count_a_whole_statement_as_submitting_does(
    missing: str, title: str, proof: MoveState, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    typed = {"moved_said_by": "Bas", "moved_on": "2026-11-20", "moved_ticket": "SUP-7"}
    typed.pop(missing, None)

    answer = as_agent.post(url(move, "controle/"), as_sent(move, **typed))

    checks = answer.content.decode().partition("</section>")[0]
    assert title in checks
    assert ("Wacht op" in checks) == bool(missing)
    assert submit(Move.objects.get(pk=move.pk), agent).state == proof


def test_a_statement_does_not_count_for_a_code_that_is_not_saved(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, moved_said_by="Bas", moved_on=date(2026, 11, 20))
    sent = as_sent(move, to_code="a b", moved_ticket="SUP-7")

    answer = as_agent.post(url(move, "controle/"), sent)

    assert "Jouw verklaring telt" not in answer.content.decode()


def test_the_expected_address_marks_what_changes(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)
    office = move.administration.environment.office_code.lower()  # type: ignore[union-attr] # the draft has one

    answer = as_agent.post(url(move, "controle/"), as_sent(move, to_code="Nieuw9"))

    expected = (
        f'<span class="">{office}</span><wbr><span class="">.</span><wbr>'
        '<span class="seg">nieuw9</span><wbr><span class="">@</span><wbr>'
        '<span class="">mailtobasecone.com</span>'
    )
    assert expected in answer.content.decode()


def test_a_code_that_cannot_be_is_told_and_the_rest_is_kept(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    answer = as_agent.post(
        url(move, "controle/"), as_sent(move, to_code="a b", requester_name="Iemand")
    )

    assert "1 houdt tegen" in answer.content.decode()
    saved = Move.objects.get(pk=move.pk)
    assert (saved.to_code, saved.parties.requester_name) == (move.to_code, "Iemand")


def test_another_office_brings_its_connections_and_empties_the_former(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)
    office = make_environment()
    fits, _other = make_connection(office), make_connection(office)

    answer = as_agent.post(
        url(move, "controle/"), as_sent(move, to_environment=office.public_id)
    )

    html = answer.content.decode()
    assert parts(html) == sorted([*ALWAYS, "connection", "new-office", "proof-part"])
    assert fits.public_id in html
    assert "De koppeling is weer leeg" in html
    assert Move.objects.get(pk=move.pk).to_connection is None


def test_another_connection_brings_its_proof_box(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION)
    connection = make_connection(move.to_environment, demand="API")

    answer = as_agent.post(
        url(move, "controle/"), as_sent(move, to_connection=connection.public_id)
    )

    html = answer.content.decode()
    assert parts(html) == sorted([*ALWAYS, "proof-part"])
    assert f"{connection} kunnen we nog niet bevragen" in html


def test_another_administration_brings_all_that_hangs_on_it(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    administration = make_administration(make_connection(package="TWINFIELD"))

    answer = as_agent.post(
        url(move, "controle/"), as_sent(move, administration=administration.public_id)
    )

    html = answer.content.decode()
    hang = [
        "connection",
        "document-counts",
        "id_to_code_helptext",
        "new-office",
        "present-office",
    ]
    assert parts(html) == sorted([*ALWAYS, *hang, "proof-part"])
    assert "Precies zoals in Twinfield, bijvoorbeeld NL2041" in html


def test_who_never_worked_on_it_is_brought_to_the_page_that_says_so(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(
        url(move, "controle/"), as_sent(move), headers={"HX-Request": "true"}
    )

    assert answer["HX-Redirect"] == url(move)
    assert Move.objects.get(pk=move.pk).to_code == move.to_code


def test_checking_is_never_a_link(as_agent: Client, agent: User) -> None:
    assert as_agent.get(url(make_draft(agent), "controle/")).status_code == 405


def found_by(client: Client, query: str, **more: str) -> list[Administration]:
    page = client.get(
        "/aanvraag/administraties/", {"administration_query": query, **more}
    )
    return list(page.context["results"].rows)


def test_an_administration_is_found_by_what_it_is_and_what_it_was(
    as_agent: Client, agent: User, lead: User
) -> None:
    make_administration()
    administration = make_administration(name="Slagerij Uniek", code="UNIEK7")
    before = (
        administration.environment.office_code,
        administration.code,
        administration.mail_address,
    )
    make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=administration,
        move_type=T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
    )
    now = Administration.objects.get(pk=administration.pk)

    words = (*before, "gerij uni", now.code, now.mail_address)
    found = [found_by(as_agent, word) for word in words]

    assert found == [[now]] * len(words)


def test_the_chosen_one_stays_in_sight(as_agent: Client) -> None:
    chosen = make_administration(name="Aardbeien Voorbeeld")
    other = make_administration(name="Bloemen Voorbeeld")

    found = found_by(as_agent, "Bloemen", administration=chosen.public_id)

    assert found == [chosen, other]


def offices_by(client: Client, query: str, **more: str) -> list[Environment]:
    page = client.get("/aanvraag/kantoren/", {"to_environment_query": query, **more})
    return list(page.context["offices"].rows)


def test_more_than_can_be_read_asks_for_a_longer_text(as_agent: Client) -> None:
    for letter in "abcdefghi":
        connection = make_connection(
            make_environment(name=f"Kantoor Veelvoud {letter * 2}")
        )
        make_administration(connection, name=f"Bakkerij Veelvoud {letter * 2}")
    more = "Er zijn er meer die zo heten"

    for address in (
        "/aanvraag/administraties/?administration_query=",
        "/aanvraag/kantoren/?to_environment_query=",
    ):
        many = as_agent.get(f"{address}veelvoud").content.decode()
        single = as_agent.get(f"{address}veelvoud dd").content.decode()
        assert (many.count('type="radio"'), more in many) == (8, True)
        assert (single.count('type="radio"'), more in single) == (1, False)


@pytest.mark.parametrize(
    "text",
    [
        "administraties/?administration=%00&administration_query=b%00akkerij",
        "kantoren/?to_environment=%00&to_environment_query=k%00antoor",
    ],
)
def test_what_no_text_can_hold_is_passed_over(as_agent: Client, text: str) -> None:
    make_administration(name="Bakkerij Nul")
    make_environment(name="Kantoor Nul")

    page = as_agent.get(f"/aanvraag/{text}")

    assert (page.status_code, "Nul" in page.content.decode()) == (200, True)


def test_nothing_found_says_how_to_search(as_agent: Client) -> None:
    page = as_agent.get("/aanvraag/administraties/?administration_query=bestaatniet")

    assert "Geen administratie gevonden" in page.content.decode()


def test_an_office_is_found_by_code_or_name(as_agent: Client) -> None:
    office = make_environment(office_code="ZZTOP1", name="Kantoor Uniek")

    found = [offices_by(as_agent, word) for word in ("zzt", "uniek", "")]

    assert found == [[office], [office], []]


def test_the_chosen_office_stays_in_sight(as_agent: Client) -> None:
    chosen = make_environment(office_code="ZZTOP1", name="Kantoor Uniek")
    other = make_environment(office_code="ZZTOP2", name="Kantoor Anders")

    found = offices_by(as_agent, "anders", to_environment=chosen.public_id)

    assert found == [chosen, other]


def test_very_many_offices_are_searched_instead_of_listed(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)
    few = as_agent.get(url(move)).content.decode()
    for _office in range(61):
        make_environment()
    many = as_agent.get(url(move)).content.decode()

    sent = as_sent(move)
    answer = as_agent.post(url(move), sent)

    assert '<select name="to_environment"' in few
    assert '<select name="to_environment"' not in many
    assert 'name="to_environment_query"' in many
    assert answer["Location"] == url(move, "nalezen/")


def test_the_first_answer_that_changes_reopens_what_waits(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)

    same = as_agent.post(url(move, "controle/"), as_sent(move))
    waits = Move.objects.get(pk=move.pk).state
    other = as_agent.post(url(move, "controle/"), as_sent(move, to_code="ANDERS"))

    saved = Move.objects.get(pk=move.pk)
    assert (same.status_code, waits) == (200, MoveState.AWAITING_APPROVAL)
    assert (saved.state, saved.revision, saved.to_code) == (
        MoveState.DRAFT,
        2,
        "ANDERS",
    )
    assert "De aanvraag is weer een concept" in other.content.decode()
