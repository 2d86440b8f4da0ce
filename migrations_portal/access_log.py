"""Writes a log line per request, and adds its number to all lines in between."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from adminmoves.web import log_context
from adminmoves.web.http import request_id

logger = logging.getLogger(__name__)

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that monitoring reads every few seconds."""


class AccessLogMiddleware:
    """Place it right after RequestIdMiddleware, which gives the number.

    It logs the path without the query, which may have what a person searched for.
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
