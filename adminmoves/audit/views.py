from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from adminmoves.audit import export as exporting
from adminmoves.audit import queries
from adminmoves.models import Event
from adminmoves.models.search import WINDOW_DAYS
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, lists
from adminmoves.web.fragments import FragmentCache, version_of
from adminmoves.web.lists import CAP, NEWER, OLDER, page_of

PAGE_SIZE = 50
ROWS = FragmentCache("audit/row.html", max_size=2000)
FORMATS = {
    "csv": (exporting.as_csv, "text/csv; charset=utf-8"),
    "jsonl": (exporting.as_json_lines, "application/x-ndjson"),
}


@guards.portal_view(Right.READ_HISTORY)
def history(request: http.PortalRequest) -> HttpResponse:
    """Show the events, newest first; htmx gets only the rows."""
    filters = queries.HistoryFilters(request.GET)
    page = read_page(filters, request)
    return lists.show_list(
        request,
        page,
        query=filters.url(),
        rows="audit/rows.html",
        whole="audit/history.html",
        around=lambda: {"verified": queries.last_verification()},
    )


def read_page(
    filters: queries.HistoryFilters, request: http.PortalRequest
) -> dict[str, object]:
    query = queries.plan_query(filters.chosen())
    events = queries.events_of(query)
    with_related = events.select_related("move", "administration", "words")
    page = page_of(with_related, queries.NEWEST, request.GET, PAGE_SIZE)
    # If all rows are on this page, no query has to count them.
    is_whole = not (page.newer or page.older or {OLDER, NEWER} & set(request.GET))
    count = len(page.rows) if is_whole else queries.count(events)
    return {
        "nav": "history",
        "filters": filters,
        "offices": filters.offices,
        "lines": [row(event) for event in page.rows],
        "count": min(count, CAP),
        "is_capped": count > CAP,
        "window": WINDOW_DAYS if query.is_narrowed else None,
        "everything": filters.url(alles="ja"),
        **filters.page_links(page),
    }


def row(event: Event) -> SafeString:
    """Render a row. An event never changes, but its words and names around it may."""
    words = getattr(event, "words", None)
    version = version_of(event, words, event.move, event.administration)
    return ROWS.render(version, event=event)


@require_POST
@guards.portal_view(Right.EXPORT_HISTORY)
def export(request: http.PortalRequest) -> HttpResponseBase:
    """Stream the same events as a file, after the event of the export is written."""
    form = "jsonl" if request.POST.get("formaat") == "jsonl" else "csv"
    query = queries.plan_query(queries.HistoryFilters(request.POST).chosen())
    event = exporting.record_export(request.actor, query.chosen, form)
    write, content_type = FORMATS[form]
    lines = write(
        queries.events_of(query), event.pk, query.chosen, translation.get_language()
    )
    answer = StreamingHttpResponse(lines, content_type=content_type)
    name = f"historie-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
