"""The database's own clock, by which leases are measured: those of hosts differ."""

from datetime import datetime

from django.db.models import DateTimeField, Func

from adminmoves.models import postgres


class ClockTimestamp(Func):
    """This very moment, also within a transaction."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def database_now() -> datetime:
    now: datetime = postgres.call("clock_timestamp")
    return now
