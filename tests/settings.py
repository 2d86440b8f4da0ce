"""The portal's settings; only what a test must have otherwise is changed."""

import os

from migrations_portal.settings import *  # noqa: F403 - settings are inherited whole
from migrations_portal.supervisor.ports import free_port

# Each test process has a Valkey of its own, which tests stop and wipe.
TEST_BROKER_PORT = free_port()
CELERY_BROKER_URL = f"redis://:bell@127.0.0.1:{TEST_BROKER_PORT}/0"

# No test waits for a slow hash.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Files are served from the source, so that no test depends on collectstatic.
STORAGES = {
    **STORAGES,  # noqa: F405 - inherited
    "archive": {
        **STORAGES["archive"],  # noqa: F405 - inherited
        "OPTIONS": {"location": str(STATE_DIR / f"archive-{os.getpid()}")},  # noqa: F405 - inherited
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = STATE_DIR / f"evidence-{os.getpid()}"  # noqa: F405 - inherited
