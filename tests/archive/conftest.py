from pathlib import Path

import pytest
from pytest_django import Settings

from adminmoves.archive.store import archive_store


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Path:
    """A store of this test's own, empty."""
    folder = tmp_path / "archive"
    kept = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "archive": kept}
    assert archive_store().location == str(folder)
    return folder
