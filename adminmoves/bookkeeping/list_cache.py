"""Cache of the newest list of each connection: one request answers many questions."""

from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from adminmoves.bookkeeping.answers import ListedAdministration, Listing
from adminmoves.models import BookkeepingConnection, ConnectionList


def cache_list(connection: BookkeepingConnection, listing: Listing) -> None:
    ConnectionList.objects.update_or_create(
        connection=connection,
        defaults={
            "rows": [asdict(row) for row in listing.rows],
            "observed_environment": listing.observed_environment,
            "seen_as": listing.seen_as,
            "user_id": listing.user_id,
            "endpoint": listing.endpoint,
            "request_id": listing.request_id,
            "fetched_at": listing.fetched_at,
        },
    )


def cached_list(connection: BookkeepingConnection, age: timedelta) -> Listing | None:
    """The cached list; None where there is none, or it is older than ``age``."""
    since = timezone.now() - age
    newest = ConnectionList.objects.filter(
        connection=connection, fetched_at__gt=since
    ).first()
    if newest is None:
        return None
    return Listing(
        rows=tuple(ListedAdministration(**row) for row in newest.rows),
        endpoint=newest.endpoint,
        observed_environment=newest.observed_environment,
        seen_as=newest.seen_as,
        user_id=newest.user_id,
        request_id=newest.request_id,
        fetched_at=newest.fetched_at,
    )


def forget_list(connection: BookkeepingConnection) -> None:
    """Empty the list of an earlier consent: the new one may show something else.

    An emptied list has no endpoint.
    """
    ConnectionList.objects.filter(connection=connection).update(
        rows=[],
        observed_environment="",
        seen_as="",
        user_id="",
        endpoint="",
        fetched_at=timezone.now() - timedelta(days=365),
    )
