"""The pages of connections: their status, and consent by an administrator."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.errors import StepRefused
from adminmoves.evidence.texts.failures import why_of
from adminmoves.models import BookkeepingConnection, Environment, Move
from adminmoves.overview.connections import consent
from adminmoves.overview.connections.filters import (
    ConnectionFilters,
    filter_connections,
)
from adminmoves.overview.connections.status import sharing_user, status_of
from adminmoves.vocabulary import MoveState, Right
from adminmoves.web import guards, http, inputs, lists
from adminmoves.web.lists import page_of

MOST_OFFICES = 200
MOST_ROWS = 200
MOST_MOVES = 50
MOST_CALLS = 20
NONCES_KEY = "consents"
"""The session key for the nonces of consents that were begun, the newest last."""
MOST_BEGUN = 5
MAX_CODE_CHARS = 8000
"""Characters of a package's code, which may be a whole token."""


@require_safe
@guards.portal_view(Right.READ_MOVES)
def connections(request: http.PortalRequest) -> HttpResponse:
    """The list of connections by office; htmx gets only the rows."""
    filters = ConnectionFilters(request.GET)
    page = read_list(filters, request)
    offices = Environment.objects.values_list("office_code", "name")[:MOST_OFFICES]
    return lists.show_list(
        request,
        page,
        query=filters.url(),
        rows="connections/rows.html",
        whole="connections/list.html",
        around=lambda: {"offices": offices},
    )


def read_list(
    filters: ConnectionFilters, request: http.PortalRequest
) -> dict[str, object]:
    page = page_of(filter_connections(filters.chosen()), filters.order, request.GET)
    return {
        "nav": "connections",
        "filters": filters,
        "rows": [status_of(connection) for connection in page.rows],
        **filters.page_links(page),
    }


@require_safe
@guards.portal_view(Right.READ_MOVES)
def connection(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """One connection: its consent, newest requests, list, and moves that wait."""
    found = get_object_or_404(
        BookkeepingConnection.objects.select_related(
            "environment", "grant__consented_by", "line", "shown"
        ),
        public_id=public_id,
    )
    status = status_of(found)
    shown = status.shown.rows if status.shown else []
    waiting = Move.objects.filter(
        state=MoveState.AWAITING_BOOKKEEPING, to_connection=found
    ).select_related("administration")
    page = {
        "nav": "connections",
        "connection": found,
        "status": status,
        "calls": [
            (call, why_of(call.reason)) for call in found.calls.all()[:MOST_CALLS]
        ],
        "sharing": sharing_user(status)[:MOST_MOVES],
        "shown": shown[:MOST_ROWS],
        "shown_count": len(shown),
        "waiting": waiting.order_by("state_since")[:MOST_MOVES],
    }
    return render(request, "connections/connection.html", page)


@require_safe
@guards.portal_view(Right.KEEP_ESTATE)
def connect(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """Redirect to the package's consent page."""
    connection = get_object_or_404(BookkeepingConnection, public_id=public_id)
    page, nonce = consent.consent_page(
        connection, actor=request.actor, redirect_uri=_return_address(request)
    )
    request.session[NONCES_KEY] = [*request.session.get(NONCES_KEY, []), nonce][
        -MOST_BEGUN:
    ]
    return HttpResponseRedirect(page)


@require_safe
@guards.portal_view(Right.KEEP_ESTATE)
def returned(request: http.PortalRequest) -> HttpResponse:
    """The return address of the consent page, with a code or an error."""
    nonces, state = (
        request.session.get(NONCES_KEY, []),
        inputs.text_in(request.GET, "state"),
    )
    try:
        connection, nonce = consent.connection_of(state, nonces, actor=request.actor)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("moves:connections")
    request.session[NONCES_KEY] = [other for other in nonces if other != nonce]
    page = redirect("moves:connection", connection.public_id)
    code = inputs.text_in(request.GET, "code", MAX_CODE_CHARS)
    if not code:
        messages.warning(
            request, consent.return_message(inputs.text_in(request.GET, "error"))
        )
        return page
    try:
        consent.connect(
            connection, code, actor=request.actor, redirect_uri=_return_address(request)
        )
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return page
    try:
        answer = consent.ask_now(connection, actor=request.actor)
    except StepRefused:
        # A worker that ``connect`` woke asks the package at this moment.
        messages.success(request, _("The consent is stored. The package is asked now."))
    else:
        _tell(request, connection, answer)
        _warn_of_one_chain(request, connection)
    return page


@require_POST
@guards.portal_view(Right.KEEP_ESTATE)
def ask(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """Fetch the list now, after somebody repaired something."""
    connection = get_object_or_404(BookkeepingConnection, public_id=public_id)
    _tell(request, connection, consent.ask_now(connection, actor=request.actor))
    return redirect("moves:connection", public_id)


@require_POST
@guards.portal_view(Right.KEEP_ESTATE)
def disconnect(request: http.PortalRequest, public_id: str) -> HttpResponse:
    connection = get_object_or_404(BookkeepingConnection, public_id=public_id)
    seen = http.version_in(request)
    if consent.disconnect(connection, actor=request.actor, seen=seen):
        messages.success(request, _("The connection is cut. The tokens are gone."))
    return redirect("moves:connection", public_id)


def _return_address(request: http.PortalRequest) -> str:
    return request.build_absolute_uri(reverse("moves:returned"))


def _tell(
    request: http.PortalRequest, connection: BookkeepingConnection, answer: Evidence
) -> None:
    """Add a message: did the list come, and is it of the right organisation?"""
    shown = BookkeepingConnection.objects.select_related("shown").get(pk=connection.pk)
    elsewhere = status_of(shown).elsewhere
    if answer.list_size is None:
        params = {"answer": answer.verdict.label}
        sentence = _("No list came. The answer is: %(answer)s.") % params
        why = why_of(str(answer.raw_status.get("reason", "")))
        messages.warning(request, f"{sentence} {why}".strip())
    elif elsewhere:
        sentence = _(
            "The consent is for %(seen)s, but this connection stands for "
            "%(connection)s. "
            "Connect it again and choose the right one."
        ) % {"seen": elsewhere, "connection": connection.package_environment}
        messages.error(request, sentence)
    elif not answer.list_size:
        sentence = _("The package answers, and shows no administration at all.")
        messages.warning(request, sentence)
    else:
        sentence = _(
            "The package answers. Look below whether these are the right books."
        )
        messages.success(request, sentence)


def _warn_of_one_chain(
    request: http.PortalRequest, connection: BookkeepingConnection
) -> None:
    """Warn that a consent of a user in Exact ended their consent elsewhere."""
    shown = BookkeepingConnection.objects.select_related("shown").get(pk=connection.pk)
    for other in sharing_user(status_of(shown)):
        params = {"connection": other}
        sentence = _(
            "The same user also serves %(connection)s. This consent has ended "
            "that one: "
            "connect it again as another user."
        )
        messages.warning(request, sentence % params)
