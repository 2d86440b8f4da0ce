"""Whether the portal lives and works, for supervisors, balancers and monitoring."""

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
    """Whether this web process can serve pages, without asking any other server."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the portal can do its work: 200 or 503; the lines for who may know."""
    lines = readiness.lines()
    ready = all(line.ok for line in lines)
    told: dict[str, object] = {"ready": ready}
    if knows_token(request):
        told["checks"] = [asdict(line) for line in lines]
    return JsonResponse(told, status=200 if ready else UNREADY)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for who shows the token; for others there is no such page."""
    if not knows_token(request):
        raise Http404
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)


def knows_token(request: HttpRequest) -> bool:
    """Whether PORTAL_METRICS_TOKEN was shown; nobody knows one that is not set.

    An address is no proof: behind a proxy on this host everybody is loopback.
    """
    wanted: str = settings.PORTAL_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(wanted) and secrets.compare_digest(
        given.encode(), f"Bearer {wanted}".encode()
    )
