from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from adminmoves.models import Move
from adminmoves.web.lists import PAGE_SIZE


def moves(request: HttpRequest) -> HttpResponse:
    """The rows of the home list, by one query."""
    rows = Move.objects.with_estate().order_by("-state_since", "-pk")[:PAGE_SIZE]
    return render(request, "moves.html", {"rows": rows})
