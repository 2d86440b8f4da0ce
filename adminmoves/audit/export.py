"""The history as a file: streamed row by row, with a checksum at its end.

What a spreadsheet could take for a formula is made harmless. The export is an
event itself, written first; the file ends where that event begins.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.details import details
from adminmoves.audit.sentences import quotes, sentence
from adminmoves.models import Event
from adminmoves.vocabulary import EventCode, Right

JOB = "history_export"
PIECE = 5000
"""So many events one statement looks at, however few of them are wanted."""
# Those of Chinese and Japanese keyboards count too.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CONTROL = ("\t", "\r", "\n")
CELL = re.compile(r"""([,;|\t\r\n])([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""Where a spreadsheet that splits at other signs lets a cell begin with a formula."""
COLUMNS: Mapping[str, Callable[[Event], Any]] = {
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


def write_down(actor: Actor, chosen: Mapping[str, str], form: str) -> Event:
    """Put on record that somebody takes the history away, before they do."""
    access.require(actor, Right.EXPORT_HISTORY)
    asked = {name: value for name, value in chosen.items() if name != "q"}
    line = trail.about_job(
        JOB,
        EventCode.HISTORY_EXPORTED,
        subject="",
        params={"filters": asked, "format": form},
        # What somebody looks for may be the name of a person outside.
        words={"q": chosen["q"]} if chosen.get("q") else None,
    )
    return trail.record(actor, [line])[0]


def rows(found: QuerySet[Event], upto: int) -> Iterator[dict[str, Any]]:
    """Oldest first, read in pieces, never the whole in memory.

    No cursor: outside a transaction PostgreSQL reads all of one before its first row,
    and inside one a reader who is slow would hold back whatever cleans up.
    """
    told = found.order_by("pk").select_related(
        "move", "administration", "environment", "other_environment", "words"
    )
    oldest = Event.objects.order_by("pk").values_list("pk", flat=True).first()
    for first in range(oldest or upto, upto, PIECE):
        after = min(first + PIECE, upto)
        for event in told.filter(pk__gte=first, pk__lt=after):
            yield {name: read(event) for name, read in COLUMNS.items()}


def as_csv(
    found: QuerySet[Event], upto: int, chosen: Mapping[str, str], language: str
) -> Iterator[bytes]:
    """Semicolons and a mark of order, as spreadsheets here expect."""
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
    """A cell that no spreadsheet takes for a formula, wherever it splits the line."""
    text = CELL.sub(r"\1\2'", str(value))
    risky = text.lstrip().startswith(FORMULA) or text.startswith(CONTROL)
    return f"'{text}" if risky else text


def _line(cells: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _office(environment: Any) -> str:
    return environment.office_code if environment else ""
