"""Whether the archive is there: ours, and not what stands at its place meanwhile."""

from adminmoves.archive import marks
from adminmoves.archive.store import archive_store
from adminmoves.models import Document
from adminmoves.vocabulary import StoreName

ASKED = 5
"""So many documents are looked for where the archive was never marked."""


def require_archive() -> None:
    """Raise StoreAway where nothing can be said of any file."""
    marks.require(StoreName.ARCHIVE, archive_store(), _is_ours)


def require_archive_to_write() -> None:
    """After a refusal: raise StoreAway unless it concerns that file alone."""
    require_archive()
    marks.require_writable(StoreName.ARCHIVE, archive_store())


def _is_ours() -> bool:
    """Whether a file is there that a row tells of; where there are no rows: yes."""
    store = archive_store()
    newest = Document.objects.order_by("-pk").values_list("storage_key", flat=True)
    keys = list(newest[:ASKED])
    return not keys or any(store.digest(key) for key in keys)
