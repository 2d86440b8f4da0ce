"""(b) The archive of a type-1 move against a plain copy, and the worker's memory."""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from adminmoves.archive.keys import key_of
from adminmoves.archive.store import archive_store
from adminmoves.demo.large.copying import Table
from adminmoves.models import Attempt, Document, Move
from adminmoves.vocabulary import MoveType
from benchmarks.databases import as_owner, database
from benchmarks.moves import carried_out
from benchmarks.people import People, make_people
from benchmarks.processes import worker
from benchmarks.world import make_waiting

BLOCK = 1024 * 1024


def measure(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Documents and bytes per second of a move and a plain copy; peaks in megabytes."""
    raw: dict[str, list[float]] = {
        "archive_documents_per_s": [],
        "copy_documents_per_s": [],
        "archive_bytes_per_s": [],
        "copy_bytes_per_s": [],
    }
    # The database of another part may have marked it as its own.
    shutil.rmtree(store(), ignore_errors=True)
    with database("bench_archive") as name:
        with as_owner(name):
            people = make_people()
        for _round in range(sizes["rounds"]):
            seconds, _peak = moved(
                name, people, sizes["documents"], sizes["bytes"], sizes["longest"]
            )
            plain = copied_plainly()
            for what, took in (("archive", seconds), ("copy", plain)):
                raw[f"{what}_documents_per_s"].append(sizes["documents"] / took)
                size = sizes["documents"] * sizes["bytes"]
                raw[f"{what}_bytes_per_s"].append(size / took)
        for key in ("few", "most"):
            _seconds, peak = moved(
                name, people, sizes[key], sizes["most_bytes"], sizes["longest"]
            )
            raw[f"{key}_peak_mb"] = [peak]
    return raw


def moved(
    name: str, people: People, documents: int, size: int, longest: int
) -> tuple[float, float]:
    """Return the seconds of the run, and the peak memory of its process."""
    empty_store()
    with as_owner(name):
        types = (MoveType.MOVE_ENVIRONMENT,)
        (move_id,) = make_waiting(1, people, types=types)
        make_archive(Move.objects.get(pk=move_id), documents, size)
    os.sync()
    with worker(name):
        carried_out([move_id], longest)
        attempt = Attempt.objects.get(move_id=move_id)
        peak = peak_mb(int(attempt.worker.rsplit("/")[-1]))
    if attempt.copied != documents or attempt.ended_at is None:
        raise RuntimeError(f"{attempt.copied} of {documents} documents were copied")
    return (attempt.ended_at - attempt.started_at).total_seconds(), peak


def store() -> Path:
    return Path(archive_store().location)


def empty_store() -> None:
    """Remove all but its mark, without which workers wait for the archive."""
    if store().exists():
        for folder in store().iterdir():
            if folder.is_dir():
                shutil.rmtree(folder)


def make_archive(move: Move, documents: int, size: int) -> None:
    """Make documents with their files, as if they had been received."""
    administration = move.administration
    if administration is None:
        raise RuntimeError("the move has no administration")
    table = Table(Document)
    rows = []
    for number in range(documents):
        pk = next(table.ids)
        key = key_of(administration.environment, administration, "new", pk)
        path = store() / key
        if number % 100 == 0 or not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
        content = secrets.token_bytes(32) * (size // 32)
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        rows.append(
            Document(
                pk=pk,
                administration=administration,
                storage_key=key,
                size=len(content),
                sha256=digest,
                received_at=timezone.now(),
            )
        )
    table.copy(rows)
    table.settle_ids()


def copied_plainly() -> float:
    """Return the seconds in which one process copies the same files with checksums."""
    files = list(originals())
    target = store().parent / "plain"
    began = time.monotonic()
    for path in files:
        copy = target / path.relative_to(store())
        copy.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("rb") as reading, copy.open("wb") as writing:
            while block := reading.read(BLOCK):
                digest.update(block)
                writing.write(block)
    os.sync()
    took = time.monotonic() - began
    shutil.rmtree(target)
    return took


def originals() -> Iterator[Path]:
    """The files before the move, which it leaves for a day."""
    return (
        path for path in store().rglob("*") if path.is_file() and "new" in path.parts
    )


def peak_mb(process: int) -> float:
    """The peak memory of a process, as Linux counts it."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
