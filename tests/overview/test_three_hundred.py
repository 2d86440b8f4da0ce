"""A list costs the same number of queries with three rows and with three hundred.

Each list's own test holds the number for few rows; here it is held for many.
"""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from psycopg2 import extensions
from pytest_django import DjangoAssertNumQueries

from tests.audit import test_history
from tests.estate.test_large import make_estate
from tests.overview import test_administrations, test_list

BACKEND = "django.contrib.auth.backends.ModelBackend"
LISTS = {
    ("lead", "/?status=alle"): test_list.QUERIES,
    ("auditor", "/administraties/"): test_administrations.LIST_QUERIES,
    ("auditor", "/historie/"): test_history.QUERIES,
}


@pytest.mark.django_db(transaction=True)
def test_each_list_costs_the_same_with_three_hundred_rows(
    owner: extensions.connection,
    database_name: str,
    lead: User,
    auditor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_estate(database_name)
    assert made.returncode == 0, made.stderr
    client, people = Client(), {"lead": lead, "auditor": auditor}

    for (who, path), queries in LISTS.items():
        client.force_login(people[who], backend=BACKEND)
        with django_assert_num_queries(queries):
            answer = client.get(path)
        assert answer.status_code == 200
