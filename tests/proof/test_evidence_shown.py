"""Evidence that is looked at in place runs nothing and loads nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.evidence.files import store_file
from adminmoves.vocabulary import Role
from tests.builders import make_draft, make_person

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
FILES = {
    "scherm.png": (PNG, "image/png", True),
    "brief.pdf": (b"%PDF-1.7\n%%EOF\n", "application/pdf", False),
    "mail.txt": (b"<script>alert(1)</script>", "text/plain; charset=utf-8", True),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_shown_as_what_it_is_and_can_do_nothing(
    client: Client, agent: User, settings: Any, tmp_path: Path, name: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    content, kind, is_boxed = FILES[name]
    upload = SimpleUploadedFile(name, content)
    file = store_file(make_draft(agent), upload, actor=actor_for(agent))
    way = f"/bewijs/{file.public_id}/bekijken/"
    client.force_login(agent)

    answer = client.get(way)

    policy = answer["Content-Security-Policy"]
    assert answer.content == content
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox") == is_boxed
    client.force_login(make_person("beheer", Role.ADMINISTRATOR))
    assert client.get(way).status_code == 403


def test_what_no_browser_shows_is_saved(
    client: Client, agent: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("scan.tif", b"II*\0" + bytes(40))
    file = store_file(make_draft(agent), upload, actor=actor_for(agent))
    client.force_login(agent)

    answer = client.get(f"/bewijs/{file.public_id}/bekijken/")

    assert answer["Location"] == f"/bewijs/{file.public_id}/"
