from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from adminmoves import web
from adminmoves.dossier.run import percents
from adminmoves.listing import NEWER, OLDER, page_of
from adminmoves.models import Environment, Move
from adminmoves.overview.moves.chips import CUTS, chips, count
from adminmoves.overview.moves.filters import (
    NEWEST,
    MoveFilters,
    apply,
    cut_of,
    first_view,
)
from adminmoves.overview.moves.first_run import first_run
from adminmoves.overview.moves.strip import strip_for
from adminmoves.vocabulary import Right

MOST_OFFICES = 200


@web.portal_view(Right.READ_MOVES)
def moves(request: web.PortalRequest) -> HttpResponse:
    """The list; htmx gets the rows alone, everybody else the whole page."""
    if not request.GET:
        return HttpResponseRedirect(request.path + first_view(request.actor))
    page = read_list(request)
    if request.htmx and not request.htmx.history_restore_request:
        answer = render(request, "overview/list_live.html", page)
        answer["HX-Push-Url"] = request.path + page["filters"].url()
    else:
        answer = render(
            request, "overview/list.html", {**page, **around(request, page)}
        )
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def read_list(request: web.PortalRequest) -> dict[str, Any]:
    """The rows and the chips: two queries, and one more where something runs."""
    filters = MoveFilters(request.GET)
    chosen = filters.chosen()
    current = cut_of(chosen, request.actor)
    found = apply(Move.objects.all(), chosen, request.actor)
    counts = count(found, request.actor)
    shown = found.with_estate().filter(CUTS[current].where(request.actor))
    page = page_of(shown, NEWEST, request.GET)
    every = [
        (chip, filters.url(status=chip.cut.key)) for chip in chips(counts, current)
    ]
    return {
        "nav": "list",
        "filters": filters,
        "page": page,
        "percents": percents(page.rows),
        "chips": every,
        "total": next(chip for chip, _url in every if chip.is_current),
        "newer": filters.url(**{NEWER: page.newer}) if page.newer else "",
        "older": filters.url(**{OLDER: page.older}) if page.older else "",
    }


def around(request: web.PortalRequest, page: dict[str, Any]) -> dict[str, Any]:
    """What does not change while somebody filters."""
    offices = Environment.objects.values_list("office_code", "name")[:MOST_OFFICES]
    return {
        "strip": strip_for(request.actor),
        "offices": offices,
        "first_run": None if page["page"].rows else first_run(),
    }
