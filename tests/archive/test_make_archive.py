"""manage.py make_archive: documents for a demo database, by the rules of the record."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from adminmoves.audit import record
from tests.builders import make_administration, put_on_record


@pytest.mark.django_db
def test_what_was_made_stands_in_the_trail_as_well(settings: Settings) -> None:
    settings.PORTAL_DEMO = True
    administration = make_administration(documents=4)
    put_on_record()

    call_command("make_archive", administration.public_id, "3")

    administration.refresh_from_db()
    assert administration.documents == administration.archive.count() == 3
    assert list(record.differences()) == []
