"""Archives for tests: real files in the store, and the rows that refer to them."""

import hashlib
import random
from pathlib import Path

from adminmoves.archive.keys import key_of
from adminmoves.archive.marks import MARK
from adminmoves.archive.s3 import CLOSED
from adminmoves.archive.store import FileStore, archive_store
from adminmoves.models import Administration, Document
from tests.archive.bucket import Bucket

BUCKETS: list[Bucket] = []
"""Those that are served; a store in S3 keeps its files in the last one."""


def fill(administration: Administration, *contents: bytes) -> list[Document]:
    """Give it a document for each content."""
    documents = []
    archive_store().make()
    first = administration.archive.count()
    for number, content in enumerate(contents, start=first):
        key = key_of(administration.environment, administration, "new", number)
        write(key, content)
        documents.append(
            Document(
                administration=administration,
                storage_key=key,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return Document.objects.bulk_create(documents)


def fill_with(administration: Administration, count: int, seed: int = 1) -> None:
    """``count`` small documents, each another, some of them empty."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    fill(
        administration,
        *(chance.randbytes(chance.randrange(0, 4000)) for _number in range(count)),
    )


def write(key: str, content: bytes) -> None:
    archive_store().put(key, content)


def path_of(key: str) -> Path:
    """Where a folder keeps it."""
    return Path(archive_store().location) / key


def contents(administration: Administration) -> list[bytes]:
    """What the documents refer to now, in the order of their ids."""
    keys = administration.archive.order_by("pk").values_list("storage_key", flat=True)
    contents = everything()
    return [contents[key] for key in keys]


def files() -> set[str]:
    """All files of the store, by their keys."""
    return set(everything())


def everything() -> dict[str, bytes]:
    """All files and what is in them, as they lie there, past the store.

    Without the mark of the store, and of a bucket without those of closed folders.
    """
    if not isinstance(archive_store(), FileStore):
        contents = BUCKETS[-1].objects.items()
        return {
            key: content
            for key, content in contents
            if not key.endswith(CLOSED) and key != MARK
        }
    root = path_of("")
    found = (path for path in root.rglob("*") if path.is_file() and path.name != MARK)
    return {str(path.relative_to(root)): path.read_bytes() for path in found}
