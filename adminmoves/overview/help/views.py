from django.http import HttpResponse
from django.shortcuts import render

from adminmoves import web
from adminmoves.overview.help import explained
from adminmoves.vocabulary import Right


@web.portal_view(Right.READ_MOVES)
def guide(request: web.PortalRequest) -> HttpResponse:
    page = {
        "nav": "help",
        "types": explained.types(),
        "states": explained.states(),
        "checks": explained.checks(),
    }
    return render(request, "overview/help.html", page)
