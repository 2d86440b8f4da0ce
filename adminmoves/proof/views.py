"""Proof that it was moved in the package: ask now, attest, look at the evidence."""

from http import HTTPStatus
from io import BytesIO
from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves import access
from adminmoves.archive.marks import StoreAway
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.detail import four_eyes
from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile, StepRefused
from adminmoves.evidence.files import (
    PDF,
    EvidenceDiffers,
    EvidenceRefused,
    genuine,
    plain_name,
    shown_as,
    why_full,
)
from adminmoves.evidence.records import attestation_right, record_trouble
from adminmoves.models import EvidenceFile, Move, Proof
from adminmoves.proof import actions
from adminmoves.proof.forms import AttestForm, begun
from adminmoves.vocabulary import MoveState, Right
from adminmoves.web import guards, http

LOOK_ONLY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""A browser makes a page of its own, with a style in it, around a picture or text."""


@guards.portal_view(Right.ATTEST)
def attest(request: http.PortalRequest, number: str) -> HttpResponse:
    """State that it was moved, with evidence; says who can approve after that."""
    move = find_move(http.found(number))
    overrules = may_attest(request, move)
    kept = move.parties.moved_evidence
    form = AttestForm(
        http.sent(request),
        request.FILES if request.method == "POST" else None,
        overrules=overrules,
        kept=kept,
        initial=begun(move.parties),
    )
    if request.method == "POST" and form.is_valid():
        _look_for_room(form, move, request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            actions.attest(
                move.pk,
                form.cleaned_data,
                kept,
                actor=request.actor,
                version=http.version_in(request),
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            return _attest_page(request, find_move(move.pk), form, overtaken=True)
        except (EvidenceRefused, EvidenceDiffers, StoreAway) as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("The attestation is recorded."))
            return redirect("moves:detail", move.number)
    return _attest_page(request, move, form)


def _attest_page(
    request: http.PortalRequest, move: Move, form: AttestForm, overtaken: bool = False
) -> HttpResponse:
    worked = set(four_eyes.who_worked(move)) | {request.user.pk}
    page = {
        "move": move,
        "form": form,
        "overrules": "reason" in form.fields,
        "able": four_eyes.who_can_approve(but=worked),
        "version": move.version if overtaken else http.version_to_show(request, move),
    }
    status = HTTPStatus.CONFLICT if overtaken else HTTPStatus.OK
    return render(request, "proof/attest.html", page, status=status)


def _look_for_room(form: AttestForm, move: Move, actor: access.Actor) -> None:
    upload = form.cleaned_data["file"]
    if upload and (full := why_full(move, upload, actor=actor)):
        form.add_error("file", full)


def may_attest(request: http.PortalRequest, move: Move) -> bool:
    """Whether it overrules the package; refuses who may not, and what does not wait."""
    if move.state != MoveState.AWAITING_BOOKKEEPING or move.to_connection is None:
        raise StepRefused(_("This request does not wait for the bookkeeping package."))
    right = attestation_right(move.to_connection)
    access.require(request.actor, right)
    return right == Right.OVERRULE_PROOF


@require_POST
@guards.portal_view(Right.ATTEST)
def check_now(request: http.PortalRequest, number: str) -> HttpResponse:
    """Ask the package at once, and say what it answered."""
    move = find_move(http.found(number))
    try:
        tell_answer(request, actions.check_now(move.pk, actor=request.actor))
    except ConnectionBusy:
        messages.info(
            request,
            _("We are asking this connection at this moment. Look again soon."),
        )
    return redirect("moves:detail", move.number)


def tell_answer(request: http.PortalRequest, proof: Proof | None) -> None:
    if proof is None:
        messages.info(request, _("This connection is not asked by us."))
    elif proof.usable:
        messages.success(request, _("The package shows it. The request goes on."))
    else:
        answer = {"answer": proof.get_verdict_display()}
        messages.warning(request, _("The answer is: %(answer)s.") % answer)


@require_safe
@guards.portal_view(Right.READ_EVIDENCE)
def evidence(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """A file as it was given, or why not: to save, never to run in our name."""
    kept = _kept(public_id)
    response = FileResponse(
        BytesIO(_content(request, kept)),
        as_attachment=True,
        # Whatever stands in the table: a header tells no odd name.
        filename=plain_name(kept.name),
        content_type=kept.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", response)


@require_safe
@guards.portal_view(Right.READ_EVIDENCE)
def show_evidence(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """A picture, PDF or text to look at: nothing in it may run, load or be framed."""
    kept = _kept(public_id)
    kind = shown_as(kept.content_type)
    if not kind:
        return redirect("moves:evidence", public_id)
    response = HttpResponse(_content(request, kept), content_type=kind)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # Chromium shows no PDF in a sandbox; its own viewer runs nothing of the file in
    # our name.
    sandbox = "" if kind == PDF else "; sandbox"
    response["Content-Security-Policy"] = LOOK_ONLY + sandbox
    return response


def _kept(public_id: str) -> EvidenceFile:
    files = EvidenceFile.objects.select_related("move")
    return get_object_or_404(files, public_id=public_id)


def _content(request: http.PortalRequest, kept: EvidenceFile) -> bytes:
    """Raises EvidenceDiffers, which is put on record first, and StoreAway."""
    try:
        return genuine(kept)
    except EvidenceDiffers as differs:
        record_trouble(differs, actor=request.actor)
        raise
