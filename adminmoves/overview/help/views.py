from django.http import HttpResponse
from django.shortcuts import render

from adminmoves.overview.help import explained
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http


@guards.portal_view(Right.READ_MOVES)
def guide(request: http.PortalRequest) -> HttpResponse:
    page = {
        "nav": "help",
        "types": explained.types(),
        "states": explained.states(),
        "checks": explained.checks(),
    }
    return render(request, "overview/help.html", page)
