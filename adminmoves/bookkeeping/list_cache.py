"""The newest list of each connection, kept so that many questions need one request."""

from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from adminmoves.bookkeeping.answers import ListedAdministration, Listing
from adminmoves.models import BookkeepingConnection, ConnectionList


def keep_list(connection: BookkeepingConnection, listing: Listing) -> None:
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


def kept_list(connection: BookkeepingConnection, age: timedelta) -> Listing | None:
    """The kept list, unless it is older than ``age``."""
    since = timezone.now() - age
    kept = ConnectionList.objects.filter(connection=connection, fetched_at__gt=since)
    newest = kept.first()
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
    """Another consent may show something else. A forgotten list has no endpoint."""
    ConnectionList.objects.filter(connection=connection).update(
        rows=[],
        observed_environment="",
        seen_as="",
        user_id="",
        endpoint="",
        fetched_at=timezone.now() - timedelta(days=365),
    )
