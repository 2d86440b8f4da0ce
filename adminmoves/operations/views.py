"""The page about the portal's work, and the switch of the queue."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves.models import QueueSwitch
from adminmoves.operations import actions, health_queries, stores
from adminmoves.operations.forms import PauseForm, ResumeForm
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http

DRAIN = "drain"


@require_safe
@guards.portal_view(Right.READ_OPERATIONS)
def operations(request: http.PortalRequest) -> HttpResponse:
    """Show workers, runs, queue and doubts; htmx gets only the part that changes."""
    if request.htmx:
        return render(request, "operations/live.html", read_page())
    return _page(request, PauseForm(), ResumeForm())


@require_POST
@guards.portal_view(Right.SWITCH_QUEUE)
def pause(request: http.PortalRequest) -> HttpResponse:
    """Pause the queue; with the second button, also wait until nothing runs."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, form, ResumeForm())
    draining = request.POST.get("how") == DRAIN
    actions.pause_queue(actor=request.actor, draining=draining, **form.cleaned_data)
    messages.success(request, _("The queue is paused. Nothing new starts."))
    return http.go(request, reverse("moves:operations"))


@require_POST
@guards.portal_view(Right.SWITCH_QUEUE)
def resume(request: http.PortalRequest) -> HttpResponse:
    form = ResumeForm(request.POST)
    if not form.is_valid():
        return _page(request, PauseForm(), form)
    actions.resume_queue(actor=request.actor, **form.cleaned_data)
    messages.success(request, _("The queue goes on."))
    return http.go(request, reverse("moves:operations"))


def _page(
    request: http.PortalRequest, pausing: PauseForm, resuming: ResumeForm
) -> HttpResponse:
    page = read_page()
    form = resuming if page["switch"].paused_at else pausing
    page |= {"nav": "operations", "form": form}
    return render(request, "operations/page.html", page)


def read_page() -> dict[str, Any]:
    runs = health_queries.runs()
    running = list(runs[: health_queries.MAX_RUNS])
    return {
        "switch": QueueSwitch.objects.with_worker().get(),
        "processes": health_queries.processes(running),
        "runs": running,
        "runs_count": runs.count(),
        "queue": health_queries.queue(),
        "offices": health_queries.offices_in_queue(),
        "doubts": list(health_queries.doubts()[: health_queries.MAX_DOUBTS]),
        "troubled": health_queries.troubled_connections(),
        "away": stores.away(stores.read_marks()),
    }
