"""Django as it comes, on the portal's models; what every page of ours adds is out."""

from migrations_portal.settings import *  # noqa: F403 - settings are inherited whole

ROOT_URLCONF = "benchmarks.page.urls"
WSGI_APPLICATION = "benchmarks.page.wsgi.application"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "benchmarks" / "page"],  # noqa: F405 - inherited
    },
]
