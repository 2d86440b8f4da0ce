"""Answers supervisors, load balancers and monitoring: alive, ready, metrics."""

import secrets
from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from adminmoves.operations import metrics as figures
from adminmoves.operations import readiness

UNREADY = 503


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 if this web process serves; no other server is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the portal can do its work, else 503; the checks for the token."""
    lines = readiness.lines()
    ready = all(line.ok for line in lines)
    body: dict[str, object] = {"ready": ready}
    if has_token(request):
        body["checks"] = [asdict(line) for line in lines]
    return JsonResponse(body, status=200 if ready else UNREADY)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the metrics to a request with the token, and 404 to others."""
    if not has_token(request):
        raise Http404
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)


def has_token(request: HttpRequest) -> bool:
    """Whether the request has PORTAL_METRICS_TOKEN; never if that is not set.

    The address proves nothing: behind a proxy on this host all are loopback.
    """
    wanted: str = settings.PORTAL_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(wanted) and secrets.compare_digest(
        given.encode(), f"Bearer {wanted}".encode()
    )
