"""Makes archives of small files, to demonstrate, to rehearse and to measure with."""

import hashlib
from itertools import islice

from django.utils import timezone

from adminmoves.archive.keys import key_of
from adminmoves.archive.store import archive_store
from adminmoves.models import Administration, Document, WorkflowState

AT_A_TIME = 2000
LINES = 40
"""So many lines has the longest document: about two kilobytes."""


def fill(administration: Administration, documents: int) -> None:
    """Give an administration so many documents more, each another, in its store."""
    first = administration.archive.count()
    made = (
        _document(administration, number) for number in range(first, first + documents)
    )
    while some := list(islice(made, AT_A_TIME)):
        Document.objects.bulk_create(some)


def _document(administration: Administration, number: int) -> Document:
    content = _content(administration, number)
    key = key_of(administration.environment, administration, "new", number)
    archive_store().put(key, content)
    return Document(
        administration=administration,
        storage_key=key,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        workflow_state=WorkflowState.PROCESSED,
        received_at=timezone.now(),
    )


def _content(administration: Administration, number: int) -> bytes:
    line = f"Document {number} of {administration.name}, for demonstration only.\n"
    return (line * (1 + number * 7 % LINES)).encode()
