"""The ground every test stands on: real servers, two database roles."""

from collections.abc import Iterator

import pytest
from django.utils import translation

pytest_plugins = ["tests.servers", "tests.cast", "tests.bookkeeping.world"]


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    """Each test begins in Dutch, whatever language the one before it asked for."""
    with translation.override("nl"):
        yield
