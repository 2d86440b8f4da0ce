from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from adminmoves.models import Move
from adminmoves.models.search import WINDOW_DAYS, found_by_text
from adminmoves.overview.moves.filters import (
    NEWEST,
    MoveFilters,
    apply,
    current_tab,
    first_view,
    narrowed,
)
from adminmoves.overview.moves.first_run import first_run
from adminmoves.overview.moves.rows import NOT_SHOWN, rows
from adminmoves.overview.moves.status_tabs import TABS, count, counted_tabs
from adminmoves.overview.moves.summary import load_summary
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, lists
from adminmoves.web.lists import page_of


@guards.portal_view(Right.READ_MOVES)
def moves(request: http.PortalRequest) -> HttpResponse:
    """The list; htmx gets the rows alone, everybody else the whole page."""
    if not request.GET:
        return HttpResponseRedirect(request.path + first_view(request.actor))
    page = read_list(request)
    if lists.refreshes(request):
        page["summary"] = load_summary(request.actor)
    return lists.show_list(
        request,
        page,
        query=page["filters"].url(),
        rows="overview/list_live.html",
        whole="overview/list.html",
        around=lambda: around(request, page),
    )


@guards.portal_view(Right.READ_MOVES)
def badges(request: http.PortalRequest) -> HttpResponse:
    """How much waits for the reader, for the menu of a page that stays open."""
    return render(request, "partials/badges.html")


def read_list(request: http.PortalRequest) -> dict[str, Any]:
    """The rows, what they name and the tabs: three queries, and one more where
    something waits or runs."""
    filters = MoveFilters(request.GET)
    chosen = filters.chosen()
    current = current_tab(chosen, request.actor)
    matches = found_by_text(chosen)
    narrow = narrowed(chosen, matches)
    moves = apply(Move.objects.all(), narrow, matches, request.actor)
    counts = count(moves, request.actor)
    of_tab = moves.defer(*NOT_SHOWN).filter(TABS[current].where(request.actor.person))
    page = page_of(of_tab, NEWEST, request.GET)
    every = [
        (counted, filters.url(status=counted.tab.key))
        for counted in counted_tabs(counts, current)
    ]
    return {
        "nav": "list",
        "filters": filters,
        "page": page,
        "rows": rows(page.rows),
        "tabs": every,
        "window": WINDOW_DAYS if narrow != chosen else "",
        "everything": filters.url(alles="ja"),
        "total": next(counted for counted, _url in every if counted.is_current),
        **filters.page_links(page),
    }


def around(request: http.PortalRequest, page: dict[str, Any]) -> dict[str, Any]:
    """The parts of the page that a filter does not change."""
    summary = load_summary(request.actor)
    return {
        "summary": summary,
        "offices": summary.offices,
        "first_run": None if page["page"].rows else first_run(),
    }
