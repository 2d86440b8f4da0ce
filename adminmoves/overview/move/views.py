from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from adminmoves.detail.page import load_detail
from adminmoves.detail.progress import copying
from adminmoves.models import Event, Move
from adminmoves.overview.move import actions
from adminmoves.overview.move.forms import CommentForm
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, inputs

NO_CONTENT = 204


@require_GET
@guards.portal_view(Right.READ_MOVES)
def detail(request: http.PortalRequest, number: str) -> HttpResponse:
    try:
        detail = load_detail(http.numbered(number), request.actor)
    except Move.DoesNotExist as none:
        raise Http404 from none
    if not detail.move.has_number(number):
        raise Http404
    return render(request, "move/page.html", {"detail": detail, "nav": "list"})


@require_GET
@guards.portal_view(Right.READ_MOVES)
def progress(request: http.PortalRequest, number: str) -> HttpResponse:
    """The news of a move after the event that the open page has (``na``)."""
    move_id = http.numbered(number)
    since = inputs.whole_number(inputs.text_in(request.GET, "na")) or 0
    state = inputs.text_in(request.GET, "staat")
    news = _look(number, since)
    if news is None:
        raise Http404
    # The state too: a run may end between the reads that made the page.
    if news == (state, False, False):
        return HttpResponse(status=NO_CONTENT)
    detail = load_detail(move_id, request.actor)
    events = [event for event in detail.timeline if event.pk > since]
    page = {
        "detail": detail,
        "news": events,
        "steps": [step for event in events for step in event.params.get("steps", ())],
        "changed": detail.move.state != state,
        "oob": True,
    }
    return render(request, "move/progress.html", page)


def _look(number: str, since: int) -> tuple[str, bool, bool] | None:
    """Its state, whether there are newer events, and whether it copies an archive; None
    where the number is of no move."""
    newer = Event.objects.filter(move=OuterRef("pk"), pk__gt=since)
    copies = copying().filter(move=OuterRef("pk"))
    moves = Move.objects.filter(Move.numbered(number))
    return moves.values_list("state", Exists(newer), Exists(copies)).first()


@require_POST
@guards.portal_view(Right.COMMENT)
def comment(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        detail = load_detail(move_id, request.actor)
        page = {"detail": detail, "form": form, "nav": "list"}
        return render(request, "move/page.html", page)
    actions.comment(move_id, actor=request.actor, text=form.cleaned_data["text"])
    page_of_move = reverse("moves:detail", args=[Move.objects.get(pk=move_id)])
    return http.go(request, f"{page_of_move}#timeline")
