"""Whether the archive is there, and is ours (``marks``)."""

from adminmoves.archive import marks
from adminmoves.archive.store import archive_store
from adminmoves.models import Document
from adminmoves.vocabulary import StoreName

DOCUMENTS_PROBED = 5
"""Documents to look for in an archive that was never marked."""


def require_archive() -> None:
    """Raise StoreAway where the archive is away, so that no file can be judged."""
    marks.require(StoreName.ARCHIVE, archive_store(), _is_ours)


def require_archive_to_write() -> None:
    """Raise StoreAway after a failed write, unless only that file was refused."""
    require_archive()
    marks.require_writable(StoreName.ARCHIVE, archive_store())


def _is_ours() -> bool:
    """Whether a file of one of the newest rows is there; True without rows."""
    store = archive_store()
    newest = Document.objects.order_by("-pk").values_list("storage_key", flat=True)
    keys = list(newest[:DOCUMENTS_PROBED])
    return not keys or any(store.digest(key) for key in keys)
