"""Exports the history as a file: streamed row by row, with a checksum at its end.

A cell that a spreadsheet could take for a formula is made harmless. The export writes
its own event first; the file has the events before it.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from django.db.models import QuerySet
from django.utils import timezone, translation

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.details import details
from adminmoves.audit.sentences import quotes, sentence
from adminmoves.models import Environment, Event
from adminmoves.vocabulary import EventCode, Right

JOB = "history_export"
CHUNK_EVENTS = 5000
"""The number of events that one statement looks at, wanted or not."""
# A spreadsheet also takes the wide signs of Chinese and Japanese keyboards.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CONTROL = ("\t", "\r", "\n")
CELL = re.compile(r"""([,;|\t\r\n])([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""A formula in the middle of a cell, behind a sign at which a program may split."""
COLUMNS: Mapping[str, Callable[[Event], object]] = {
    "id": lambda event: event.pk,
    "at": lambda event: timezone.localtime(event.at).isoformat(),
    "who": lambda event: event.actor_name,
    "role": lambda event: event.actor_role,
    "event": lambda event: event.code,
    "what": sentence,
    "said": lambda event: " / ".join(quotes(event)),
    "before": lambda event: event.before,
    "after": lambda event: event.after,
    "subject": lambda event: event.subject,
    "move": lambda event: event.move.number if event.move else "",
    "move_type": lambda event: event.move_type,
    "administration": lambda event: (
        event.administration.public_id if event.administration else ""
    ),
    "office": lambda event: _office(event.environment),
    "other_office": lambda event: _office(event.other_environment),
    "request": lambda event: event.request_id,
    "stream": lambda event: f"{event.stream} {event.stream_id}",
    "position": lambda event: event.position,
    "digest": lambda event: event.digest,
    "details": lambda event: "; ".join(map(str, details(event))),
    "facts": lambda event: json.dumps(event.params, ensure_ascii=False),
}


def record_export(actor: Actor, chosen: Mapping[str, str], form: str) -> Event:
    """Write the event of the export, before any row leaves the portal."""
    access.require(actor, Right.EXPORT_HISTORY)
    filters = {name: value for name, value in chosen.items() if name != "q"}
    line = trail.about_job(
        JOB,
        EventCode.HISTORY_EXPORTED,
        subject="",
        params={"filters": filters, "format": form},
        # A search may be the name of a person outside, which must be removable.
        words={"q": chosen["q"]} if chosen.get("q") else None,
    )
    return trail.record(actor, [line])[0]


def rows(found: QuerySet[Event], upto: int) -> Iterator[dict[str, object]]:
    """Yield the rows of events before ``upto``, oldest first, read in chunks.

    Not with a server-side cursor: outside a transaction PostgreSQL would read all rows
    before the first, and inside one a slow download would hold back VACUUM.
    """
    events = found.order_by("pk").select_related(
        "move", "administration", "environment", "other_environment", "words"
    )
    oldest = Event.objects.order_by("pk").values_list("pk", flat=True).first()
    for first in range(oldest or upto, upto, CHUNK_EVENTS):
        after = min(first + CHUNK_EVENTS, upto)
        for event in events.filter(pk__gte=first, pk__lt=after):
            yield {name: read(event) for name, read in COLUMNS.items()}


def as_csv(
    found: QuerySet[Event], upto: int, chosen: Mapping[str, str], language: str
) -> Iterator[bytes]:
    """Yield CSV with semicolons and a byte order mark, as Dutch spreadsheets expect."""
    digest, count = hashlib.sha256(), 0
    head = b"\xef\xbb\xbf" + _line(COLUMNS)
    digest.update(head)
    yield head
    with translation.override(language):
        for row in rows(found, upto):
            line = _line(row.values())
            digest.update(line)
            count += 1
            yield line
    yield _line(["# filter", json.dumps(dict(chosen), ensure_ascii=False)])
    yield _line(["# rows", count])
    yield _line(["# sha256 of all above", digest.hexdigest()])


def as_json_lines(
    found: QuerySet[Event], upto: int, chosen: Mapping[str, str], language: str
) -> Iterator[bytes]:
    digest, count = hashlib.sha256(), 0
    with translation.override(language):
        for row in rows(found, upto):
            line = _json(row)
            digest.update(line)
            count += 1
            yield line
    yield _json(
        {"filter": dict(chosen), "rows": count, "sha256_of_above": digest.hexdigest()}
    )


def harmless(value: object) -> str:
    """Quote a cell so that no spreadsheet takes it for a formula."""
    text = CELL.sub(r"\1\2'", str(value))
    risky = text.lstrip().startswith(FORMULA) or text.startswith(CONTROL)
    return f"'{text}" if risky else text


def _line(cells: Iterable[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()


def _json(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _office(environment: Environment | None) -> str:
    return environment.office_code if environment else ""
