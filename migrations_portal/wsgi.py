"""The WSGI application for gunicorn."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

application = get_wsgi_application()

from adminmoves.operations.guards import require_guards  # noqa: E402 - it needs the models, which are loaded now

# Only pages have a limit; workers and commands take the time that they need. Set before
# the first connection, which reads it.
connections["default"].settings_dict["OPTIONS"]["options"] += (
    f" -c statement_timeout={settings.PORTAL_STATEMENT_SECONDS}s"
)
require_guards()
