"""Whatever pattern an administrator writes, a code is judged at once."""

import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from adminmoves.models import PackageProfile, code_patterns
from adminmoves.vocabulary import MoveType, Package
from tests.builders import make_draft

TAKEN = {
    "[0-9]+": "2041",
    r"\d{1,8}": "2041",
    "[!-~]{1,20}": "MVL00124",
    r"[A-Za-z0-9._-]{1,10}": "KOREN-1.2",
    r"[A-Z]{2}\d{3}(-\d{1,2})?": "AB123-1",
    r"(?:NL|BE)\d+": "BE12",
    r"A\.B|C": "A.B",
    r"[^\s]+\d*": "x12",
    ".*": "what",
    r"^[0-9]{3}$": "411",
    r"\w*-?\w*": "a-b",
}
REFUSED = (
    r"(\w+)+x",
    r"(a|a)*",
    r"(a|b)?c",
    r"(\d+)*",
    r"(\d{1,3})+",
    r"(.*)\1",
    r"(?=a)b",
    r"(?!a)b",
    r"(?<=a)b",
    r"(?P<x>a)",
    r"(?i)a",
    r"\w*\w*\w*x",
    r"a{1,101}",
    r"a{9999}",
    r"a**",
    r"a+?",
    r"a++",
    r"a^b",
    r"a$b",
    r"\bx",
    r"[",
    r"(",
    r")",
    r"[[a]]",
    r"[a&&b]",
    r"\1",
    r"a{2,1}",
    r"\x41",
    "a" * 201,
    r"((((\d?)?)?)?)+",
    r"\d?" * 30,
    r"(a*)?(b*)?(c*)?",
)
SLOWEST = (
    r"\w*\w*",
    r"\w{0,100}\w{0,99}",
    r".*.*x",
    r"\w*x?\w*",
    r"(\w*\w+)?x",
    r"\w?" * 14 + "x",
    r"(\w{0,10})?(\w{0,10})?(\w{0,10})?(\w{0,10})?x",
    "|".join([r"\w*\d"] * 33),
)
CODES = ("a" * 100, "a" * 99 + "!", "1a" * 50, "aaaaaaaaa-" * 10)


@pytest.mark.parametrize(("pattern", "code"), TAKEN.items())
def test_what_packages_write_can_be_said(pattern: str, code: str) -> None:
    code_patterns.require_safe(pattern)

    assert code_patterns.fits(pattern, code)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_could_take_long_is_refused_in_words(pattern: str) -> None:
    with pytest.raises(ValidationError, match="kan niet gebruikt worden"):
        code_patterns.require_safe(pattern)


@pytest.mark.parametrize("pattern", SLOWEST)
def test_the_slowest_that_is_taken_judges_a_long_code_at_once(pattern: str) -> None:
    code_patterns.require_safe(pattern)
    code_patterns.fits(pattern, "")
    for code in CODES:
        begun = time.process_time()
        code_patterns.fits(pattern, code)
        assert time.process_time() - begun < 0.05


@pytest.mark.django_db
def test_a_shell_cannot_store_one_either() -> None:
    profile = PackageProfile.objects.get(pk=Package.TWINFIELD)
    profile.code_pattern = r"(\w+)+x"

    with pytest.raises(ValidationError):
        profile.save()


@pytest.mark.django_db
def test_one_that_got_into_the_table_keeps_no_page_busy(
    client: Client, agent: Any
) -> None:
    PackageProfile.objects.update(code_pattern=r"(\w+)+x")
    draft = make_draft(agent, MoveType.CHANGE_CODE, to_code="a" * 34)
    client.force_login(agent)

    begun = time.process_time()
    answer = client.get(f"/aanvraag/{draft.number}/nalezen/")

    assert answer.status_code == 200
    assert time.process_time() - begun < 5
