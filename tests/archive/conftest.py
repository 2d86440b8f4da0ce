from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from adminmoves.archive.s3 import S3Store
from adminmoves.archive.store import Store, archive_store
from tests.archive import shelves
from tests.archive.bucket import NAME, Bucket, served


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket of this test's own, empty, and what opens it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with served() as bucket:
        shelves.BUCKETS.append(bucket)
        yield bucket
        shelves.BUCKETS.remove(bucket)


@pytest.fixture(autouse=True)
def store(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings
) -> Iterator[Store]:
    """A store of this test's own, empty: a folder, or what the test's mark says."""
    if getattr(request, "param", "folder") == "folder":
        folder = str(tmp_path / "archive")
        archive = {**settings.STORAGES["archive"], "OPTIONS": {"location": folder}}
        settings.STORAGES = {**settings.STORAGES, "archive": archive}
        assert archive_store().location == folder
        archive_store().make()
        yield archive_store()
        return
    bucket: Bucket = request.getfixturevalue("bucket")
    archive = {
        "BACKEND": "adminmoves.archive.s3.S3Store",
        "OPTIONS": {"bucket_name": NAME, "endpoint_url": bucket.endpoint},
    }
    settings.STORAGES = {**settings.STORAGES, "archive": archive}
    store = archive_store()
    assert isinstance(store, S3Store)
    yield store
    store.connection.meta.client.close()
