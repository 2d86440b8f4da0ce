"""Archives for tests: real files in the store, and the rows that refer to them."""

import hashlib
import random
from pathlib import Path

from adminmoves.archive.keys import key_of
from adminmoves.archive.store import archive_store
from adminmoves.models import Administration, Document


def fill(administration: Administration, *contents: bytes) -> list[Document]:
    """Give it a document for each content."""
    documents = []
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
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def path_of(key: str) -> Path:
    return Path(archive_store().path(key))


def contents(administration: Administration) -> list[bytes]:
    """What the documents refer to now, in the order of their ids."""
    keys = administration.archive.order_by("pk").values_list("storage_key", flat=True)
    return [path_of(key).read_bytes() for key in keys]


def files() -> set[str]:
    """All files of the store, by their keys."""
    root = path_of("")
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
