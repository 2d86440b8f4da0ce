from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from adminmoves.models import Administration, Environment, FormerPlace, Move
from adminmoves.models.search import found_by_text
from adminmoves.models.search_terms import was_known_as
from adminmoves.overview.administrations.filters import (
    BY_NAME,
    AdministrationFilters,
    filtered,
    shows_only_some,
)
from adminmoves.overview.administrations.place_history import place_history
from adminmoves.vocabulary import OPEN_STATES, Right
from adminmoves.web import guards, http, lists
from adminmoves.web.lists import page_of

MOST_OFFICES = 200
MOST_MOVES = 50
LAST_EVENTS = 8


@guards.portal_view(Right.READ_MOVES)
def administrations(request: http.PortalRequest) -> HttpResponse:
    """The list; htmx gets the rows alone."""
    filters = AdministrationFilters(request.GET)
    page = read_list(filters, request)
    offices = Environment.objects.values_list("office_code", "name")[:MOST_OFFICES]
    return lists.show_list(
        request,
        page,
        query=filters.url(),
        rows="overview/administrations_rows.html",
        whole="overview/administrations.html",
        around=lambda: {"offices": offices},
    )


def read_list(
    filters: AdministrationFilters, request: http.PortalRequest
) -> dict[str, object]:
    """A page of administrations with their open moves and former places."""
    chosen = filters.chosen()
    under_way = Move.objects.open().order_by()
    matches = found_by_text(chosen)
    administrations = (
        filtered(chosen, matches)
        .with_place()
        .prefetch_related(
            Prefetch("moves", queryset=under_way, to_attr="under_way"),
            Prefetch("former_places", to_attr="left"),
        )
    )
    page = page_of(administrations, BY_NAME, request.GET)
    text = chosen.get("q", "")
    rows = [
        (administration, former(administration, text)) for administration in page.rows
    ]
    return {
        "nav": "administrations",
        "filters": filters,
        "rows": rows,
        "common": text if shows_only_some(chosen, matches) else "",
        **filters.page_links(page),
    }


def former(administration: Administration, text: str) -> FormerPlace | None:
    """The former place by which it was found, when that is why it shows."""
    left: list[FormerPlace] = getattr(administration, "left", [])
    return next((place for place in left if text and was_known_as(place, text)), None)


@guards.portal_view(Right.READ_MOVES)
def administration(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """One administration: its places, its facts, its moves, what happened."""
    administration = get_object_or_404(
        Administration.objects.with_place().select_related("closed_by"),
        public_id=public_id,
    )
    moves = list(administration.moves.with_estate()[:MOST_MOVES])
    open_move = next((move for move in moves if move.state in OPEN_STATES), None)
    left = administration.former_places.select_related(
        "environment", "connection", "move"
    )
    page = {
        "nav": "administrations",
        "administration": administration,
        "path": place_history(administration, list(left), open_move),
        "moves": moves,
        "open_move": open_move,
        "retirement": administration.retirements.waiting().with_people().first(),
        "events": administration.events.select_related("words")[:LAST_EVENTS],
    }
    return render(request, "overview/administration.html", page)
