"""The table of rules, row by row and type by type (domain.md par. 3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    CheckSeverity,
    Environment,
    FormerPlace,
    Move,
    PackageProfile,
    Parties,
)
from adminmoves.rules.preflight import Result, inspect
from adminmoves.rules.type_rules import CHECKS
from adminmoves.vocabulary import Moment, MoveState, MoveType, Package, Subscription
from tests.builders import (
    PARTIES,
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
    submit,
)

pytestmark = pytest.mark.django_db
T = MoveType
HARD, WARN, WAIT, TODO, NONE, OK = (
    "blocking",
    "warning",
    "waiting",
    "todo",
    None,
    "passed",
)
ALL = list(MoveType)
Break = Callable[[Move], None]


def target_office(**facts: Any) -> Break:
    def spoil(move: Move) -> None:
        Environment.objects.filter(pk=move.wanted.environment_id).update(**facts)

    return spoil


def target_link(**facts: Any) -> Break:
    def spoil(move: Move) -> None:
        connections = BookkeepingConnection.objects.filter(pk=move.wanted.connection_id)
        connections.update(**facts)

    return spoil


def administration(**facts: Any) -> Break:
    def spoil(move: Move) -> None:
        administrations = Administration.objects.filter(
            pk=move.wanted.administration_id
        )
        administrations.update(**facts)

    return spoil


def counted_days_ago(days: int) -> Break:
    return administration(documents_counted_at=timezone.now() - timedelta(days=days))


def wish(**facts: Any) -> Break:
    def spoil(move: Move) -> None:
        Move.objects.filter(pk=move.pk).update(**facts)

    return spoil


def parties(**facts: Any) -> Break:
    def spoil(move: Move) -> None:
        Parties.objects.filter(move=move).update(**facts)

    return spoil


def somebody_at_the_place(move: Move) -> None:
    make_administration(move.to_connection, code=move.to_code, mail_code="elders")


def self_service(move: Move) -> None:
    PackageProfile.objects.filter(pk=move.package).update(self_service=True)


def address_taken(move: Move) -> None:
    connection = make_connection(move.to_environment, package=Package.ACCOUNTVIEW)
    make_administration(connection, code="elders", mail_code=move.to_code)


def nothing_more(_move: Move) -> None:
    """A complete request as it is."""


# rule, what is wrong, what the check says, outcome for types 1 to 5
ROWS = [
    ("moved_in_package", nothing_more, "waits", [WAIT] * 5),
    (
        "target_subscription",
        target_office(subscription=Subscription.TRIAL),
        "unpaid",
        [HARD, NONE, NONE, HARD, NONE],
    ),
    (
        "target_subscription",
        target_office(is_active=False),
        "inactive",
        [HARD, NONE, NONE, HARD, NONE],
    ),
    ("target_connection", target_link(is_active=False), "inactive", [HARD] * 5),
    ("place_free", somebody_at_the_place, "taken", [HARD, HARD, HARD, HARD, HARD]),
    ("requester", parties(requester_name=""), "who", [TODO] * 5),
    ("requester", parties(requester_email=""), "who", [TODO] * 5),
    ("requester", parties(requester_ticket=""), "ticket", [TODO] * 5),
    ("consent", parties(consent_name=""), "who", [TODO, NONE, NONE, TODO, NONE]),
    ("consent", parties(consent_on=None), "when", [TODO, NONE, NONE, TODO, NONE]),
    (
        "consent",
        parties(consent_accepts_costs=False),
        "costs",
        [TODO, NONE, NONE, TODO, NONE],
    ),
    ("client_informed", parties(client_informed=False), "not_yet", [WARN] * 5),
    (
        "awaiting_authorisation",
        administration(documents_unprocessed=3, documents_awaiting_authorisation=3),
        "some",
        [HARD, WARN, WARN, HARD, WARN],
    ),
    ("unprocessed", administration(documents_unprocessed=4), "some", [WARN] * 5),
    (
        "awaiting_authorisation",
        administration(documents_counted_at=None),
        "unknown",
        [HARD, WARN, WARN, HARD, WARN],
    ),
    (
        "unprocessed",
        administration(documents_counted_at=None),
        "unknown",
        [WARN] * 5,
    ),
    ("count_age", counted_days_ago(12), "old", [WARN] * 5),
    ("self_service", self_service, "possible", [NONE, WARN, WARN, NONE, WARN]),
    (
        "code_in_address",
        wish(to_code="LANGE-CODE-1"),
        "long",
        [NONE, WARN, NONE, WARN, WARN],
    ),
    (
        "code_in_address",
        wish(to_code="A(1)"),
        "unusable",
        [NONE, WARN, NONE, WARN, WARN],
    ),
    (
        "code_pattern",
        wish(to_code="TE-LANG-VOOR-MULTIVERS-123"),
        "unfit",
        [NONE, HARD, NONE, HARD, HARD],
    ),
]


@pytest.mark.parametrize(
    ("rule", "spoil", "say", "outcomes"),
    ROWS,
    ids=[f"{row[0]}-{row[2]}-{number}" for number, row in enumerate(ROWS)],
)
def test_each_rule_judges_each_type_as_the_table_says(
    rule: str, spoil: Break, say: str, outcomes: list[str | None], agent: User
) -> None:
    found = []
    for move_type in ALL:
        move = make_draft(agent, move_type)
        spoil(Move.objects.get(pk=move.pk))
        found.append(result_of(move, rule))

    assert [result.outcome if result else NONE for result in found] == outcomes
    assert {result.message_key for result in found if result} == {say}


# With type 3 code, name and office stay, so the database refuses the twin itself.
@pytest.mark.parametrize("move_type", sorted(set(ALL) - {T.RELINK_CONNECTION}))
def test_a_code_with_the_same_name_exists_once_in_an_office(
    move_type: MoveType, agent: User
) -> None:
    move = make_draft(agent, move_type)
    assert move.administration is not None
    connection = make_connection(move.to_environment, package=move.package)
    make_administration(
        connection, code=move.to_code, name=move.administration.name, mail_code="twin"
    )

    result = result_of(move, "code_and_name")

    assert (result and result.outcome, result and result.message_key) == (HARD, "twin")


@pytest.mark.parametrize("move_type", ALL)
def test_a_complete_request_only_waits_for_the_package(
    move_type: MoveType, agent: User
) -> None:
    report = inspect(make_draft(agent, move_type))

    counts = report.counts
    assert report.holding(Moment.SUBMIT) == ()
    assert [result.code for result in report.holding(Moment.APPROVE)] == [
        "moved_in_package"
    ]
    assert (counts["blocking"], counts["todo"], counts["warning"]) == (0, 0, 0)


@pytest.mark.parametrize("move_type", ALL)
def test_an_empty_request_tells_everything_at_once(
    move_type: MoveType, agent: User
) -> None:
    empty: dict[str, Any] = dict.fromkeys(PARTIES, "") | {
        "consent_on": None,
        "consent_accepts_costs": False,
        "client_informed": False,
    }
    administration = make_administration()
    # Of one connection that fits the portal would say by itself that it is meant.
    make_connection(administration.environment)
    move = make_draft(
        agent,
        move_type,
        administration,
        to_environment=None,
        to_connection=None,
        to_code="",
        **empty,
    )

    codes = {result.code for result in inspect(move).holding(Moment.SUBMIT)}

    assert {"requester"} <= codes
    assert len(codes) >= 2


@pytest.mark.parametrize(
    ("intent", "same", "say"),
    [
        (T.MOVE_ENVIRONMENT, "to_environment", "same"),
        (T.MOVE_ENVIRONMENT_AND_CHANGE_CODE, "to_environment", "same"),
        (T.CHANGE_CODE, "to_code", "same"),
        (T.RELINK_CONNECTION, "to_connection", "same"),
        (T.RELINK_CONNECTION_AND_CHANGE_CODE, "to_connection", "same"),
        (T.RELINK_CONNECTION_AND_CHANGE_CODE, "to_code", "same"),
    ],
)
def test_what_the_type_changes_has_to_differ(
    intent: MoveType, same: str, say: str, agent: User
) -> None:
    administration = make_administration()
    present = {
        "to_environment": administration.environment,
        "to_connection": administration.connection,
        "to_code": administration.code,
    }
    move = make_draft(agent, intent, administration, **{same: present[same]})

    rule = {
        "to_environment": "target_environment",
        "to_code": "code_given",
        "to_connection": "connection_differs",
    }[same]
    result = result_of(move, rule)
    assert (result and result.outcome, result and result.message_key) == (HARD, say)


def test_a_wanted_place_of_another_type_is_told_with_that_type(agent: User) -> None:
    administration = make_administration()
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE, administration)
    Move.objects.filter(pk=move.pk).update(to_code=administration.code)

    result = result_of(move, "type_fits")

    assert result is not None
    assert result.params == {"move_type": T.MOVE_ENVIRONMENT.value}
    assert "Verplaatsen naar andere omgeving" in result.remedy


def test_a_second_request_for_the_same_administration_names_the_first(
    agent: User, lead: User
) -> None:
    first = make_move(MoveState.AWAITING_APPROVAL, agent=agent, lead=lead)
    second = make_draft(agent, administration=first.administration)

    result = result_of(second, "no_other_move")

    assert result is not None
    assert (result.outcome, result.params) == (HARD, {"number": first.number})


def test_a_second_request_for_the_same_place_names_the_first(agent: User) -> None:
    connection = make_connection()
    first = make_draft(
        agent, administration=make_administration(connection), to_code="4711"
    )
    submit(first, agent)
    second = make_draft(
        agent, administration=make_administration(connection), to_code="4711"
    )

    result = result_of(second, "no_other_wish")

    assert result is not None
    assert (result.outcome, result.params) == (HARD, {"number": first.number})


def test_an_address_in_use_is_refused(agent: User) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)
    address_taken(move)

    result = result_of(move, "address_free")

    assert result is not None
    assert (result.outcome, result.message_key) == (HARD, "taken")


def test_a_former_address_goes_along_with_the_code_and_is_warned_of(
    agent: User, lead: User
) -> None:
    connection = make_connection()
    left = make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=make_administration(connection, code="100"),
        to_code="101",
    )
    heir = make_draft(
        agent, administration=make_administration(connection, code="200"), to_code="100"
    )

    warned, free = result_of(heir, "address_inherited"), result_of(heir, "address_free")

    assert left.state == MoveState.COMPLETED
    assert (warned and warned.outcome, free and free.outcome) == (WARN, OK)


def test_a_former_address_does_not_go_to_another_code(agent: User, lead: User) -> None:
    connection = make_connection()
    make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=make_administration(connection, code="100"),
        to_code="101",
    )
    other = make_connection(make_environment(), package=connection.package)
    own_code = make_administration(other, code="300", mail_code="100")
    move = make_draft(
        agent,
        T.MOVE_ENVIRONMENT,
        own_code,
        to_environment=connection.environment,
        to_connection=connection,
    )

    result = result_of(move, "address_free")

    assert FormerPlace.objects.get().code == "100"
    assert (result and result.outcome, result and result.message_key) == (HARD, "kept")


def test_who_had_an_address_gets_it_back_without_a_word(
    agent: User, lead: User
) -> None:
    connection = make_connection()
    there = make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=make_administration(connection, code="100"),
        to_code="101",
    )
    back = make_draft(
        agent,
        administration=Administration.objects.get(pk=there.wanted.administration_id),
        to_code="100",
    )

    outcomes = [result_of(back, code) for code in ("address_free", "address_inherited")]

    assert [result and result.outcome for result in outcomes] == [OK, OK]


def test_who_had_an_address_gets_it_back_though_another_had_it_meanwhile(
    agent: User, lead: User
) -> None:
    connection = make_connection()
    first, second = (
        make_administration(connection, code=code) for code in ("100", "200")
    )
    for administration, code in ((first, "101"), (second, "100"), (second, "201")):
        make_move(
            MoveState.COMPLETED,
            agent=agent,
            lead=lead,
            administration=Administration.objects.get(pk=administration.pk),
            to_code=code,
        )
    back = make_draft(
        agent, administration=Administration.objects.get(pk=first.pk), to_code="100"
    )

    outcomes = [result_of(back, code) for code in ("address_free", "address_inherited")]

    assert [result and result.outcome for result in outcomes] == [OK, OK]


def test_a_namesake_at_the_wanted_place_itself_is_told_once(agent: User) -> None:
    connection = make_connection()
    there = make_administration(connection, code="100", mail_code="elders")
    administration = make_administration(
        make_connection(connection.environment, package=connection.package),
        name=there.name,
    )
    draft = make_draft(
        agent,
        T.RELINK_CONNECTION_AND_CHANGE_CODE,
        administration,
        to_connection=connection,
        to_code="100",
    )

    results = [result_of(draft, code) for code in ("place_free", "code_and_name")]

    assert [one and one.message_key for one in results] == ["taken", "ok"]


def test_an_administrator_can_change_a_severity_but_not_a_fixed_one(
    agent: User,
) -> None:
    move = make_draft(agent, client_informed=False)
    for code in ("client_informed", "moved_in_package"):
        CheckSeverity.objects.create(
            check_code=code, move_type=T.CHANGE_CODE, severity="BLOCKING"
        )
    informed = result_of(move, "client_informed")
    CheckSeverity.objects.update(severity="OFF")

    package, off = (
        result_of(move, "moved_in_package"),
        result_of(move, "client_informed"),
    )

    assert (informed and informed.outcome, off) == (HARD, None)
    assert package is not None
    assert package.outcome == WAIT


def test_every_check_says_everything_in_both_languages() -> None:
    untranslated = []
    for check in CHECKS:
        for say, saying in check.messages.items():
            for text in filter(None, saying):
                with translation.override("en"):
                    english = str(text)
                with translation.override("nl"):
                    if str(text) == english:
                        untranslated.append((check.code, say, english))

    assert untranslated == []


def result_of(move: Move, rule: str) -> Result | None:
    report = inspect(Move.objects.get(pk=move.pk))
    return next((result for result in report.results if result.code == rule), None)


def test_what_only_an_administrator_can_do_is_not_asked_of_an_agent() -> None:
    with translation.override("en"):
        remedies = [
            str(saying.remedy) for check in CHECKS for saying in check.messages.values()
        ]
    about_own_code = [
        remedy for remedy in remedies if "own" in remedy and "address" in remedy
    ]

    assert len(about_own_code) == 5
    assert all("Have an administrator give" in remedy for remedy in about_own_code)
