"""Cleans input from outside: moments, texts and codes.

Forms, files, the administrator's pages and commands call it, so that all of them take
the same. A ValidationError says what to write instead.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The database takes no moment outside these years (hold_calendar.sql)."""
OLDEST = date(2010, 1, 1)
"""Nothing happened before; an older day has a mistyped year."""
CONSENT_AGE = timedelta(days=2 * 366)
"""A consent is given for one migration; an older one has a mistyped year."""
STATED_AGE = timedelta(days=5 * 366)
"""A move in the package is not older; else its year was mistyped."""
COUNT_AGE = timedelta(days=2 * 366)
"""An older count may be true, and should be looked at."""
AHEAD = timedelta(days=366)
"""Nobody plans or lends for longer; a later day has a mistyped year."""
FREEZE_AHEAD = timedelta(days=2 * 366)
FUTURE_SLACK = timedelta(minutes=5)
"""The clock of another system may run ahead of ours."""
UNREADABLE = "unreadable"
"""The code of the error for a text that is no moment."""
MAX_CODE_CHARS = 100
MAX_ADDRESS_CHARS = 320
MAX_COUNT = 2**31 - 1
"""The largest number that the database takes in a count."""
ODD_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
UNSEEN_KINDS = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"})
UNSEEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f"
    "\uffa0\ufff0-\ufff8\ufffc\U00013430-\U0001343f\U00016fe4\U0001d159"
    "\U000e0000-\U000e0fff"
    "\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe"
    "\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe"
    "\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe"
    "\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe\U000effff\U000ffffe"
    "\U000fffff\U0010fffe\U0010ffff]"
)
"""Signs of other kinds that nobody sees: fillers, blanks, variation selectors and those
reserved for more of them, the mark of an absent object, and noncharacters."""
LOCAL_FORMATS = (
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d/%m/%Y",
)


def local_time(moment: datetime) -> datetime:
    """By the clock here; at the very ends of the calendar as it was written."""
    try:
        return timezone.localtime(moment)
    except OverflowError:
        return moment


def require_calendar(value: date) -> None:
    """Validate a day or a moment against the years that the database takes."""
    in_utc = value
    if isinstance(value, datetime) and date.min.year < value.year < date.max.year:
        in_utc = value.astimezone(UTC) if timezone.is_aware(value) else value
    if not FIRST_DAY.year <= in_utc.year <= LAST_DAY.year:
        raise _wrong_year(value)


def read_moment(text: str) -> datetime:
    """A day or a moment; without an offset it is the time of the clock here."""
    iso = f"{text}T00:00" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
    try:
        moment = parse_datetime(iso) or _parse_local(text)
    except ValueError as error:
        raise ValidationError(_("This day or time does not exist.")) from error
    if moment is None:
        raise ValidationError(_("This is no moment."), code=UNREADABLE)
    if timezone.is_naive(moment):
        moment = clock_moment(moment)
    require_calendar(moment)
    return moment


def clock_moment(clock: datetime) -> datetime:
    """The moment of a naive time of the clock here; the first where it comes twice.

    Raises ValidationError for a time that the clock skips.
    """
    require_calendar(clock)
    moment = timezone.make_aware(clock)
    shown = timezone.localtime(moment.astimezone(UTC))
    if shown.replace(tzinfo=None) != clock:
        raise ValidationError(
            _(
                "On %(day)s the clock goes forward, so %(time)s does not exist. "
                "Choose %(later)s or later, or a time before the change."
            )
            % {
                "day": date_format(clock, "j F Y"),
                "time": f"{clock:%H:%M}",
                "later": f"{shown:%H:%M}",
            }
        )
    return moment


def is_shown_twice(moment: datetime) -> bool:
    """Whether the clock here shows this time twice, when it goes back in autumn."""
    local = local_time(moment)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def require_past_day(day: date, *, within: timedelta = STATED_AGE) -> None:
    """Validate the day of something that has happened."""
    today = timezone.localdate()
    if day > today:
        raise ValidationError(_("Choose today or a day before."))
    if day < OLDEST:
        raise _wrong_year(day)
    if day < today - within:
        raise _long_ago(today - within)


def require_past(moment: datetime) -> None:
    """Validate the moment of something that has happened."""
    require_calendar(moment)
    if moment > timezone.now() + FUTURE_SLACK:
        raise ValidationError(_("This moment is still to come."))
    if local_time(moment).date() < OLDEST:
        raise _wrong_year(moment)


def require_about_now(moment: datetime) -> None:
    """Validate a beginning: what lasts may have begun, but not years ago."""
    require_calendar(moment)
    now = timezone.now()
    if moment < now - AHEAD:
        raise _long_ago(local_time(now - AHEAD))
    _require_near(moment, now + FREEZE_AHEAD)


def require_coming(moment: datetime, *, within: timedelta = AHEAD) -> None:
    """Validate a moment that somebody plans for."""
    require_calendar(moment)
    now = timezone.now()
    if moment <= now:
        raise ValidationError(_("Choose a moment that is still to come."))
    _require_near(moment, now + within)


def _require_near(moment: datetime, last: datetime) -> None:
    if moment > last:
        raise ValidationError(
            _("That is too far ahead. Check the year: the last day is %(day)s.")
            % {"day": date_format(local_time(last), "j F Y")}
        )


def _long_ago(first: date) -> ValidationError:
    return ValidationError(
        _("That is long ago. Check the year: the first day is %(day)s.")
        % {"day": date_format(first, "j F Y")}
    )


def _wrong_year(value: date) -> ValidationError:
    return ValidationError(
        _("The year %(year)s cannot be right. Check the year.")
        % {"year": f"{value.year:04}"}
    )


def _parse_local(text: str) -> datetime | None:
    for pattern in LOCAL_FORMATS:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller adds the clock here
        except ValueError:
            continue
    return None


# --- texts


def is_unseen(sign: str) -> bool:
    """Whether nobody sees this sign, or takes it for a plain space."""
    kind = unicodedata.category(sign)
    return sign != " " and (
        kind in UNSEEN_KINDS or UNSEEN_LETTERS.fullmatch(sign) is not None
    )


def strip_paste(text: str) -> str:
    """Strip spaces of any kind and unseen signs, which a paste adds at the ends."""
    if text.isascii() and text.isprintable():
        return text.strip()
    visible = [at for at, sign in enumerate(text) if _is_visible(sign)]
    return text[visible[0] : visible[-1] + 1] if visible else ""


def plain_dashes(code: str) -> str:
    """Replace the dashes of a text editor by the one of a keyboard."""
    return ODD_DASHES.sub("-", code)


def require_seen(text: str, space: str = " ") -> None:
    """Validate one line of text: every sign of it can be seen.

    ``space`` is what should stand in the place of an odd space.
    """
    if text.isprintable() and not UNSEEN_LETTERS.search(text):
        return
    for position, sign in enumerate(text, 1):
        if is_unseen(sign):
            visible = visible_of(text, space)
            remedy = _("Type it again, without it: %(text)s") % {"text": visible}
            raise ValidationError(f"{_cannot_see(position, sign)} {remedy}")


def visible_of(text: str, space: str) -> str:
    """The visible part of a line of text, with plain spaces."""
    signs = (" " if sign.isspace() else sign for sign in text)
    return space.join("".join(sign for sign in signs if not is_unseen(sign)).split())


def clean_line(text: str) -> str:
    """Strip a line and validate that every sign of it can be seen."""
    line = strip_paste(text)
    require_seen(line)
    return line


def require_writing(text: str) -> None:
    """Validate text of several lines: line ends and tabs, no other control sign."""
    for position, sign in enumerate(text, 1):
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r":
            remedy = _("Remove it, or type the text again.")
            raise ValidationError(f"{_cannot_see(position, sign)} {remedy}")


def require_short_key(code: str) -> None:
    """Validate a code by the length of what it is compared by, which may be longer."""
    key = unicodedata.normalize("NFKC", code).upper()
    if len(code) <= MAX_CODE_CHARS < len(key):
        raise ValidationError(
            _("Too long: some signs of this code stand for several. Use plain ones.")
        )


def require_code(text: str) -> None:
    """Validate a code of a package: no spaces, nothing unseen, not too long."""
    require_seen(text, space="")
    if " " in text:
        raise ValidationError(_("Leave out spaces. A code has none."))
    require_short_key(text)


def _cannot_see(position: int, sign: str) -> str:
    name = f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
    sentence = _("Sign %(place)s cannot be seen (%(sign)s).")
    return sentence % {"place": position, "sign": name}


def _is_visible(sign: str) -> bool:
    return not (sign.isspace() or is_unseen(sign))
