"""Makes archives of small files, for demonstrations, rehearsals and benchmarks."""

import hashlib
from itertools import islice

from django.utils import timezone

from adminmoves.archive.keys import key_of
from adminmoves.archive.presence import require_archive
from adminmoves.archive.store import archive_store
from adminmoves.models import Administration, Document, WorkflowState

CHUNK_DOCUMENTS = 2000
MAX_LINES = 40
"""Lines of the longest document, about two kilobytes."""


def fill(administration: Administration, documents: int) -> None:
    """Add documents to an administration, each with other content."""
    store, first = archive_store(), administration.archive.count()
    require_archive()
    numbers = iter(range(first, first + documents))
    while some := list(islice(numbers, CHUNK_DOCUMENTS)):
        with store.durable([_key(administration, number) for number in some]):
            made = [_document(administration, number) for number in some]
        Document.objects.bulk_create(made)


def _document(administration: Administration, number: int) -> Document:
    content, key = _content(administration, number), _key(administration, number)
    archive_store().put(key, content)
    return Document(
        administration=administration,
        storage_key=key,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        workflow_state=WorkflowState.PROCESSED,
        received_at=timezone.now(),
    )


def _key(administration: Administration, number: int) -> str:
    return key_of(administration.environment, administration, "new", number)


def _content(administration: Administration, number: int) -> bytes:
    line = f"Document {number} of {administration.name}, for demonstration only.\n"
    return (line * (1 + number * 7 % MAX_LINES)).encode()
