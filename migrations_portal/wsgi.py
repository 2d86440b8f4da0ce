"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

application = get_wsgi_application()

from adminmoves.operations.guards import refuse_blinded_guards  # noqa: E402 - it needs the models, which are loaded now

# Only here, and before the first connection: whatever else runs may take its time.
connections["default"].settings_dict["OPTIONS"]["options"] += (
    f" -c statement_timeout={settings.PORTAL_STATEMENT_SECONDS}s"
)
refuse_blinded_guards()
