from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from adminmoves.overview.search.finding import find
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, inputs

MAX_QUERY_CHARS = 320
IN_PALETTE = 6


@guards.portal_view(Right.READ_MOVES)
def search(request: http.PortalRequest) -> HttpResponse:
    """A page, or the first results for the palette. A number redirects to its move."""
    text = inputs.text_in(request.GET, "q", MAX_QUERY_CHARS)
    if request.htmx and not request.htmx.history_restore_request:
        found = find(text, IN_PALETTE)
        answer = render(request, "overview/search_options.html", {"found": found})
    else:
        found = find(text)
        if len(found.moves) == 1 and not found.hits:
            [move] = found.moves
            return HttpResponseRedirect(reverse("moves:detail", args=[move.number]))
        page = {"nav": "search", "found": found}
        answer = render(request, "overview/search.html", page)
    patch_vary_headers(answer, ["HX-Request"])
    return answer
