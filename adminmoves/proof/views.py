"""Pages of the proof: ask the package now, attest, look at the evidence."""

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
from adminmoves.evidence.file_kinds import PDF, plain_name, shown_as
from adminmoves.evidence.files import (
    EvidenceDiffers,
    EvidenceRefused,
    full_message,
    read_genuine,
)
from adminmoves.evidence.records import attestation_right, record_trouble
from adminmoves.models import EvidenceFile, Move, Proof
from adminmoves.proof import actions
from adminmoves.proof.forms import AttestForm, initial_of
from adminmoves.vocabulary import MoveState, Right
from adminmoves.web import guards, http

VIEW_ONLY_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Inline styles, because a browser wraps a picture or text in a page with a style."""


@guards.portal_view(Right.ATTEST)
def attest(request: http.PortalRequest, number: str) -> HttpResponse:
    """Attest that it was moved; the page says who can approve after that."""
    move = find_move(http.found(number))
    overrules = _is_overruling(request, move)
    stored_file = move.parties.moved_evidence
    form = AttestForm(
        http.sent(request),
        request.FILES if request.method == "POST" else None,
        overrules=overrules,
        stored_file=stored_file,
        initial=initial_of(move.parties),
    )
    if form.is_valid():
        _add_error_if_full(form, move, request.actor)
    if form.is_valid():
        try:
            actions.attest(
                move.pk,
                form.cleaned_data,
                stored_file,
                actor=request.actor,
                version=http.version_in(request),
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            return _attest_page(request, find_move(move.pk), form, overtaken=True)
        except (EvidenceRefused, EvidenceDiffers, StoreAway) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The attestation is recorded."))
            return redirect("moves:detail", move.number)
    return _attest_page(request, move, form)


def _attest_page(
    request: http.PortalRequest, move: Move, form: AttestForm, overtaken: bool = False
) -> HttpResponse:
    # The reader becomes a contributor by attesting.
    contributors = set(four_eyes.who_worked(move)) | {request.user.pk}
    page = {
        "move": move,
        "form": form,
        "overrules": "reason" in form.fields,
        "approvers": four_eyes.who_can_approve(but=contributors),
        "version": move.version if overtaken else http.version_to_show(request, move),
    }
    status = HTTPStatus.CONFLICT if overtaken else HTTPStatus.OK
    return render(request, "proof/attest.html", page, status=status)


def _add_error_if_full(form: AttestForm, move: Move, actor: access.Actor) -> None:
    upload = form.cleaned_data["file"]
    if upload and (error := full_message(move, upload, actor=actor)):
        form.add_error("file", error)


def _is_overruling(request: http.PortalRequest, move: Move) -> bool:
    """Whether an attestation would overrule the package.

    Raises NotAllowed, StepRefused (the request does not wait for its proof).
    """
    if move.state != MoveState.AWAITING_BOOKKEEPING or move.to_connection is None:
        raise StepRefused(_("This request does not wait for the bookkeeping package."))
    right = attestation_right(move.to_connection)
    access.require(request.actor, right)
    return right == Right.OVERRULE_PROOF


@require_POST
@guards.portal_view(Right.ATTEST)
def check_now(request: http.PortalRequest, number: str) -> HttpResponse:
    move = find_move(http.found(number))
    try:
        _show_answer(request, actions.check_now(move.pk, actor=request.actor))
    except ConnectionBusy:
        messages.info(
            request,
            _("We are asking this connection at this moment. Look again soon."),
        )
    return redirect("moves:detail", move.number)


def _show_answer(request: http.PortalRequest, proof: Proof | None) -> None:
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
    """Download a file, which then never runs under our address."""
    file = _evidence_file(public_id)
    response = FileResponse(
        BytesIO(_content(request, file)),
        as_attachment=True,
        # Cleaned again for the header, in case the row was written by other means.
        filename=plain_name(file.name),
        content_type=file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", response)


@require_safe
@guards.portal_view(Right.READ_EVIDENCE)
def show_evidence(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """Show a picture, PDF or text; nothing in it may run, load or be framed."""
    file = _evidence_file(public_id)
    content_type = shown_as(file.content_type)
    if not content_type:
        return redirect("moves:evidence", public_id)
    response = HttpResponse(_content(request, file), content_type=content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # Chromium shows no PDF in a sandbox; its own viewer runs nothing of the file under
    # our address.
    sandbox = "" if content_type == PDF else "; sandbox"
    response["Content-Security-Policy"] = VIEW_ONLY_POLICY + sandbox
    return response


def _evidence_file(public_id: str) -> EvidenceFile:
    files = EvidenceFile.objects.select_related("move")
    return get_object_or_404(files, public_id=public_id)


def _content(request: http.PortalRequest, file: EvidenceFile) -> bytes:
    """Raises StoreAway, and EvidenceDiffers once that is on record."""
    try:
        return read_genuine(file)
    except EvidenceDiffers as refusal:
        record_trouble(refusal, actor=request.actor)
        raise
