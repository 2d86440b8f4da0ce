"""Django's own pages write English moments as the portal does, not the American way."""

from datetime import UTC, date, datetime, time

import pytest
from django.contrib.admin.utils import display_for_value
from django.utils import formats, translation

AT = datetime(2026, 11, 30, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_administrators_pages_write_moments_as_the_other_pages(
    language: str,
) -> None:
    with translation.override(language):
        month = formats.date_format(AT, "F")
        shown = [
            display_for_value(value, "")
            for value in (AT, date(2026, 11, 30), time(13, 5))
        ]
        history = formats.date_format(AT, "DATETIME_FORMAT")

    assert shown == [f"30 {month} 2026 14:05", f"30 {month} 2026", "13:05"]
    assert history == f"30 {month} 2026 13:05"
