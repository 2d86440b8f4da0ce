"""All settings in one file, so that one place reads the environment.

Every serving process (web, worker, beat) gets DATABASE_URL of the app role. A command
that changes the schema (migrate, grant_app_role, make_estate) runs with the owner's URL
in DATABASE_URL, for that one command. There is no second alias, so no serving process
ever has the owner's password.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from migrations_portal import env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env.text("PORTAL_STATE_DIR", str(BASE_DIR / ".portal")))

# Secret key, hosts and apps

SECRET_KEY = env.secret("SECRET_KEY")
DEBUG = env.flag("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = env.listing("PORTAL_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = env.listing("PORTAL_CSRF_ORIGINS")
# Shows the demo accounts on the log-in page. Only `make run` switches it on.
PORTAL_DEMO = env.flag("PORTAL_DEMO", default=False)

ROOT_URLCONF = "migrations_portal.urls"
WSGI_APPLICATION = "migrations_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "adminmoves",
]

MIDDLEWARE = [
    "adminmoves.web.http.RequestIdMiddleware",
    "migrations_portal.access_log.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "migrations_portal.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "adminmoves.web.http.OutsideMiddleware",
    "adminmoves.web.timeouts.RetryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "migrations_portal.body_limit.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "adminmoves.web.http.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "adminmoves.web.timeouts.QueryTimeoutMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "adminmoves.web.frame.page_frame",
            ],
        },
    },
]

# The domain

# An attestation ages: after this many days a package may have changed again.
PORTAL_ATTESTED_PROOF_DAYS = env.number("PORTAL_ATTESTED_PROOF_DAYS", 14)
# Documents that were counted longer ago are a warning.
PORTAL_COUNT_OLD_DAYS = env.number("PORTAL_COUNT_OLD_DAYS", 7)
# A silent worker loses its move after this long, and another takes it over.
PORTAL_LEASE_SECONDS = env.number("PORTAL_LEASE_SECONDS", 60)
# Takeovers without progress before a person must look.
PORTAL_MAX_TAKEOVERS = env.number("PORTAL_MAX_TAKEOVERS", 5)
# Runs that copy files which an office may have at once, as source or target.
PORTAL_RUNS_PER_OFFICE = env.number("PORTAL_RUNS_PER_OFFICE", 2)
# How long a lost ring can delay a move.
PORTAL_SWEEP_SECONDS = env.number("PORTAL_SWEEP_SECONDS", 5)
# A drain loop ends before Celery's soft time limit of 90 seconds.
PORTAL_DRAIN_SECONDS = env.number("PORTAL_DRAIN_SECONDS", 60)
# Workers and beat write a heartbeat so often; after three missed ones they are silent.
PORTAL_HEARTBEAT_SECONDS = env.number("PORTAL_HEARTBEAT_SECONDS", 10)
# The files at the old place of a move stay so long, so that a restore finds them.
PORTAL_ARCHIVE_KEEP_HOURS = env.number("PORTAL_ARCHIVE_KEEP_HOURS", 24)
# The token for /metrics and the lines of /readyz; without one nobody reads them.
PORTAL_METRICS_TOKEN = env.optional_secret("PORTAL_METRICS_TOKEN")
# Largest file that is accepted as evidence.
PORTAL_EVIDENCE_MAX_MB = env.number("PORTAL_EVIDENCE_MAX_MB", 10)
# Files that were sent are never removed, so requests and people have a quota.
PORTAL_EVIDENCE_PER_MOVE_MB = env.number("PORTAL_EVIDENCE_PER_MOVE_MB", 50)
PORTAL_EVIDENCE_PER_DAY_MB = env.number("PORTAL_EVIDENCE_PER_DAY_MB", 200)

# The bookkeeping packages

# The endpoints of the packages: the real ones or the rehearsal.
PORTAL_ENDPOINT_PROFILE = env.choice(
    "PORTAL_ENDPOINT_PROFILE", "live", frozenset({"live", "rehearsal"})
)
# The rehearsal: host:port of its API, its certificate authority, its pages.
PORTAL_REHEARSAL = env.text("PORTAL_REHEARSAL", "127.0.0.1:0")
PORTAL_REHEARSAL_CA = env.text("PORTAL_REHEARSAL_CA", str(STATE_DIR / "ca.pem"))
PORTAL_REHEARSAL_PAGES = env.text("PORTAL_REHEARSAL_PAGES", "http://127.0.0.1:0")
# They seal the tokens of the packages: the first seals, all open (rotate_keys).
PORTAL_TOKEN_KEYS = env.keys("PORTAL_TOKEN_KEYS")
# Our registration at each package.
PORTAL_CLIENTS = env.clients()
# Multivers can run at an office: the host[:port] that may be asked too.
PORTAL_MULTIVERS_HOSTS = env.listing("PORTAL_MULTIVERS_HOSTS")

# The database is the truth

DATABASES = {
    "default": {
        # A forgotten transaction may lock a row no longer than a lease. A list joins
        # eight tables, and the written order is right: to try all other orders took
        # PostgreSQL 16 ms, and the query itself 0.5.
        **env.database(
            "DATABASE_URL",
            # Without it a server that drops packets delays a page for minutes.
            connect_timeout="5",
            options="-c join_collapse_limit=4 -c idle_in_transaction_session_timeout="
            f"{PORTAL_LEASE_SECONDS * 750}",
        ),
        # Persistent connections made pages eight times faster when measured.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
}

# The limit of one statement of a page. migrations_portal.wsgi sets it, so that workers
# and commands take the time that they need.
PORTAL_STATEMENT_SECONDS = env.number("PORTAL_STATEMENT_SECONDS", 5)

# Redis rings the bell

CELERY_BROKER_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
# Asking packages mostly waits, so it has its own workers and delays no run.
CELERY_TASK_ROUTES = {"adminmoves.proof.ask": {"queue": "asks"}}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # At least four times the hard limit: a longer task would be run twice.
    "visibility_timeout": 600,
    # Without these two a lost message returns about 100 seconds late.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Work goes on while Redis is away; a message that comes twice finds the row taken.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_BEAT_SCHEDULER = "migrations_portal.beat.StatelessScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "adminmoves.execution.sweep",
        "schedule": float(PORTAL_SWEEP_SECONDS),
        # A sweep that waits longer than the next one is useless.
        "options": {"expires": PORTAL_SWEEP_SECONDS * 2},
    },
    # Removes failed log-ins that no longer count.
    "forget_sign_ins": {
        "task": "adminmoves.overview.forget_sign_ins",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
}

# Log-in

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# An attempt on a locked name does not extend the lock; a new password ends it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "adminmoves.account.signin.views.locked_out"
AXES_HANDLER = "adminmoves.account.signin.throttle.Handler"
# Limits per client address, and for all addresses, within the time of a lock.
PORTAL_SIGN_IN_FAILURES_PER_ADDRESS = env.number(
    "PORTAL_SIGN_IN_FAILURES_PER_ADDRESS", 50
)
PORTAL_SIGN_IN_FAILURES_IN_ALL = env.number("PORTAL_SIGN_IN_FAILURES_IN_ALL", 500)
# Passwords that a web process checks at once; each check occupies a core.
PORTAL_SIGN_INS_AT_ONCE = env.number("PORTAL_SIGN_INS_AT_ONCE", 2)
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "migrations_portal.proxy.client_address"

# What a browser may do

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Off only on loopback, where there is no certificate.
PORTAL_HTTPS = env.flag("PORTAL_HTTPS", default=True)
if PORTAL_HTTPS and PORTAL_ENDPOINT_PROFILE == "rehearsal":
    raise ImproperlyConfigured("A portal that serves over HTTPS asks no rehearsal.")
if PORTAL_HTTPS:
    env.refuse_weak("SECRET_KEY", SECRET_KEY)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Monitoring requests these from inside, without a certificate.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Browsers store a preloaded name for years, so its owner decides.
    SECURE_HSTS_PRELOAD = env.flag("PORTAL_HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # A browser takes these from this host alone, for all of it, over HTTPS.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# Language and time

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
FORMAT_MODULE_PATH = "migrations_portal.formats"
USE_TZ = True

# Files: static ones are public, evidence lies outside them and is never served as is

STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = STATE_DIR / "evidence"
FILE_UPLOAD_PERMISSIONS = 0o600
ARCHIVE_STORE = env.text("PORTAL_ARCHIVE_STORE", "adminmoves.archive.store.FileStore")
ARCHIVE_OPTIONS: dict[str, str | None] = {
    "location": env.text("PORTAL_ARCHIVE_DIR", str(STATE_DIR / "archive"))
}
if ARCHIVE_STORE == "adminmoves.archive.s3.S3Store":
    # boto finds the credentials; none of our settings has them.
    env.need("storages", "boto3", of="requirements-s3.txt")
    ARCHIVE_OPTIONS = {
        "bucket_name": env.text("PORTAL_ARCHIVE_BUCKET"),
        "endpoint_url": env.endpoint("PORTAL_ARCHIVE_ENDPOINT"),
    }
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "adminmoves.archive.durable.DurableStorage"},
    "archive": {"BACKEND": ARCHIVE_STORE, "OPTIONS": ARCHIVE_OPTIONS},
    "staticfiles": {
        "BACKEND": "migrations_portal.static_files.HashedFiles",
        # FILE_UPLOAD_PERMISSIONS would also apply to these and their manifest, but one
        # user builds an image and another one serves.
        "OPTIONS": {
            "file_permissions_mode": 0o644,
            "directory_permissions_mode": 0o755,
        },
    },
}

# One line per record, to the standard error of the process; libraries only warn

LOG_LEVEL = env.text("PORTAL_LOG_LEVEL", "INFO")
LOG_FORMAT = env.choice("PORTAL_LOG_FORMAT", "json", frozenset({"json", "line"}))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "migrations_portal.logs.JsonFormatter"},
        "line": {"()": "migrations_portal.logs.LineFormatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "adminmoves": {"level": LOG_LEVEL},
        "migrations_portal": {"level": LOG_LEVEL},
        # Its own handlers would write every record a second time.
        "django": {"handlers": [], "level": "WARNING"},
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Its lines name people and addresses that failed to log in; the trail has them.
        "axes": {"level": "ERROR"},
        # Its lines have whole addresses, and Twinfield has a token in one.
        "urllib3": {"level": "WARNING"},
    },
}
