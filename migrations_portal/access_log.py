"""A line per request, and its number at every line in between."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from adminmoves.web import log_context
from adminmoves.web.http import request_id

logger = logging.getLogger(__name__)

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds, and nobody's request."""


class AccessLogMiddleware:
    """Stands right behind the one that gives the number.

    The path alone is told: what was searched for stands behind the question mark.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        with log_context.about(request=request_id(request)):
            response = self.get_response(request)
            if request.path not in QUIET:
                facts = {
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "milliseconds": round((time.monotonic() - begun) * 1000),
                }
                words = "%(method)s %(path)s %(status)s in %(milliseconds)s ms"
                logger.info(words, facts, extra={"facts": facts})
        return response
