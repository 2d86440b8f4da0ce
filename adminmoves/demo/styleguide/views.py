from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from adminmoves import access
from adminmoves.demo.styleguide import samples
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http


@guards.portal_view(Right.READ_MOVES)
def styleguide(request: http.PortalRequest) -> HttpResponse:
    """Show the style guide to developers and administrators; 404 for others."""
    if not settings.DEBUG and not access.can(request.actor, Right.KEEP_ESTATE):
        raise Http404
    return render(request, "styleguide/page.html", samples.everything())
