"""Moments and durations in words, with the exact time in their title."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, npgettext, pgettext
from django.utils.translation import gettext as _

from adminmoves.cleaning import is_shown_twice, local_time

register = template.Library()

MINUTE = 60
HOUR = 60 * MINUTE


def _time(moment: datetime, words: str) -> SafeString:
    local = local_time(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        exact(moment),
        words,
    )


def _date(moment: datetime, pattern: str) -> str:
    """Cached: a page has the same few days many times, and to format one is slow."""
    return _formatted(moment.date(), pattern, get_language())


@lru_cache(maxsize=4000)
def _formatted(day: date, pattern: str, _language: str | None) -> str:
    return date_format(day, pattern)


def exact(moment: datetime) -> str:
    """The whole date and time: 24 november 2026 10:58.

    In the hour that comes twice in autumn also which of the two it is.
    """
    local = local_time(moment)
    words = f"{_date(local, 'j F Y')} {local:%H:%M}"
    if not is_shown_twice(moment):
        return words
    which = _("summer time") if local.dst() else _("winter time")
    return f"{words} ({which})"


def _since(moment: datetime) -> str:
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(n)s min") % {"n": seconds // MINUTE}
    return _("%(n)s h") % {"n": seconds // HOUR}


def _day(moment: datetime) -> str:
    local, today = local_time(moment), timezone.localdate()
    if local.date() == today - timedelta(days=1):
        return _("yesterday")
    # Dutch writes months small, which needs another letter in the pattern.
    if local.year == today.year:
        return _date(local, pgettext("date format", "D j M"))
    return _date(local, pgettext("date format", "j M Y"))


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, short: for lists. The exact time is in its title."""
    if moment is None:
        return ""
    is_today = local_time(moment).date() == timezone.localdate()
    return _time(moment, _since(moment) if is_today else _day(moment))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """When it was or will be: "today 10:45", "24 november 2026 10:58"."""
    if value is None:
        return ""
    local = local_time(value)
    if local.date() == timezone.localdate():
        return _time(value, _("today %(time)s") % {"time": f"{local:%H:%M}"})
    return _time(value, exact(value))


@register.filter
def day(value: datetime | None) -> SafeString | str:
    """The day alone: 3 jun 2024."""
    if value is None:
        return ""
    return _time(value, _date(local_time(value), "j N Y"))


@register.filter
def weekday(value: datetime) -> str:
    """The day next to a big clock: today, or friday 27 november."""
    local = local_time(value)
    if local.date() == timezone.localdate():
        return _("today")
    return _date(local, "l j F")


@register.filter
def clock(value: datetime) -> str:
    """The time of day alone, for a big figure with the day next to it."""
    return f"{local_time(value):%H:%M}"


@register.filter
def clock_seconds(value: datetime) -> SafeString:
    """The time of day with seconds: for steps that follow each other fast."""
    return _time(value, f"{local_time(value):%H:%M:%S}")


@register.filter
def stamp(value: datetime | None) -> SafeString | str:
    """To the thousandth of a second, as a trail wants it: 24 nov 10:58:02.114."""
    if value is None:
        return ""
    local = local_time(value)
    year = "" if local.year == timezone.localdate().year else " Y"
    thousandth = local.microsecond // 1000
    words = f"{_date(local, f'j N{year}')} {local:%H:%M:%S}.{thousandth:03}"
    return _time(value, words)


@register.filter
def brief(value: datetime | None) -> SafeString | str:
    """The time of today, else with the day: for a narrow place."""
    if value is None:
        return ""
    local = local_time(value)
    if local.date() == timezone.localdate():
        return _time(value, f"{local:%H:%M}")
    return _time(value, f"{_day(value)} {local:%H:%M}")


@register.filter
def waited(since: datetime | None) -> str:
    """How long something has been waiting, in full words."""
    return "" if since is None else span(timezone.now() - since)


@register.filter
def span(length: timedelta) -> str:
    """A length of time, as exact as people want it: minutes, then hours, then days."""
    minutes = int(length.total_seconds()) // MINUTE
    if not minutes:
        return _("less than a minute")
    if minutes < MINUTE:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, MINUTE)
    if hours < 24:  # noqa: PLR2004 - hours of a day
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


@register.filter
def figure(length: timedelta) -> SafeString:
    """A length of time as a big figure: 3 u 12, with its unit set small."""
    minutes = int(length.total_seconds()) // MINUTE
    if minutes < MINUTE:
        shown = minutes or "< 1"
        return format_html("{} <i>{}</i>", shown, pgettext("unit of time", "min"))
    hours, rest = divmod(minutes, MINUTE)
    if hours < 24:  # noqa: PLR2004 - hours of a day
        hour = pgettext("unit of time", "h")
        return format_html("{} <i>{}</i> {}", hours, hour, f"{rest:02}")
    unit = npgettext("unit of time", "day", "days", hours // 24)
    return format_html("{} <i>{}</i>", hours // 24, unit)


@register.filter
def lasted(span: timedelta | None) -> str:
    """A duration of a run: 4 min 51 s."""
    if span is None:
        return ""
    if span < timedelta(seconds=1):
        return _("less than a second")
    minutes, seconds = divmod(int(span.total_seconds()), MINUTE)
    if not minutes:
        return _("%(s)s s") % {"s": seconds}
    return _("%(m)s min %(s)s s") % {"m": minutes, "s": seconds}


@register.filter
def minutes(span: timedelta) -> int:
    """Whole minutes, rounded up, so that nobody comes back too early."""
    return -(-int(span.total_seconds()) // MINUTE)
