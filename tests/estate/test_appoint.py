"""The first administrator begins on the server."""

import getpass
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from adminmoves.access import role_of
from adminmoves.models import Event
from adminmoves.vocabulary import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> list[str]:
    """What the person at the terminal is asked."""
    return []


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> list[str]:
    """What the person at the terminal types, in turn."""
    words: list[str] = []

    def getpass_of(prompt: str) -> str:
        asked.append(prompt)
        return words.pop(0)

    monkeypatch.setattr(getpass, "getpass", getpass_of)
    return words


def test_the_first_administrator_gets_an_account_a_role_and_a_line(
    typed: list[str],
) -> None:
    typed += ["vier-gele-fietsen-buiten"] * 2

    call_command("appoint", "beheer", "ADMINISTRATOR", "--name", "Beheerder 1")

    user = User.objects.get(username="beheer")
    assert (role_of(user), user.is_superuser) == (Role.ADMINISTRATOR, False)
    assert user.check_password("vier-gele-fietsen-buiten")
    line = Event.objects.get(stream="person", stream_id=str(user.pk))
    assert (line.code, line.params["after"]["role"]) == (
        "PERSON_CHANGED",
        "ADMINISTRATOR",
    )


@pytest.mark.parametrize(
    "words", [["kort"], ["vier-gele-fietsen-buiten", "iets-heel-anders-dan-dat"]]
)
def test_a_weak_or_mistyped_password_makes_nobody(
    words: list[str], typed: list[str]
) -> None:
    typed += words

    with pytest.raises(CommandError):
        call_command("appoint", "beheer", "ADMINISTRATOR")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("language", "sentence", "weak"),
    [
        ("nl", "beheer is nu beheerder.", "wachtwoord"),
        ("en", "beheer is administrator now.", "password"),
    ],
)
def test_it_speaks_one_language(
    language: str, sentence: str, weak: str, typed: list[str], asked: list[str]
) -> None:
    typed += ["48572049583", *["vier-gele-fietsen-buiten"] * 2]
    appoint = "appoint", "beheer", "ADMINISTRATOR", f"--language={language}"
    out = StringIO()

    with pytest.raises(CommandError, match=weak):
        call_command(*appoint)
    call_command(*appoint, stdout=out)

    assert out.getvalue() == f"{sentence}\n"
    assert len(asked) == 3
    assert all(weak in prompt.lower() for prompt in asked)


def test_who_exists_gets_another_role_and_keeps_the_password(
    typed: list[str], agent: User
) -> None:
    call_command("appoint", agent.username, "TEAM_LEAD")

    person = User.objects.get(pk=agent.pk)
    assert (role_of(person), person.password) == (Role.TEAM_LEAD, agent.password)
