"""Exact Online: what its answers mean, as text and over HTTP."""

import pytest

from adminmoves.bookkeeping.gateway import check
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import Consented, Packages

V = Verdict


@pytest.mark.django_db
def test_the_division_is_found_in_its_licence(
    packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.EXACT_ONLINE)
    consented(connection)

    evidence = check(connection, "0411", "kantoor-a")

    seen = (evidence.verdict, evidence.code, evidence.name, evidence.seen_as)
    assert seen == (V.FOUND_ACTIVE, "411", "Bakkerij Voorbeeld", "SYNC01 Voorbeeld")
    assert (evidence.observed_environment, evidence.list_size) == ("KANTOOR-A", 1)
