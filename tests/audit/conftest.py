"""Somebody who reads the history."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

BACKEND = "django.contrib.auth.backends.ModelBackend"


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def as_auditor(auditor: User) -> Client:
    return logged_in(auditor)
