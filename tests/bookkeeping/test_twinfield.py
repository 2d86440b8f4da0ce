"""Twinfield: what its answers mean, over HTTP and as text."""

import pytest

from adminmoves.bookkeeping.gateway import check
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import Consented, Packages

pytestmark = pytest.mark.django_db
V = Verdict


def test_the_office_is_found_in_its_organisation(
    packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)

    evidence = check(connection, "nl100", "kantoor-a")

    seen = (evidence.verdict, evidence.code, evidence.name, evidence.seen_as)
    assert seen == (V.FOUND_ACTIVE, "NL100", "Bakkerij Voorbeeld", "SYNC01")
    assert (evidence.observed_environment, evidence.list_size) == ("KANTOOR-A", 1)
