"""When moves may run: the weekly hours of offices, in local time, and freezes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import require_calendar, require_seen
from adminmoves.models.estate import Environment


class ExecutionWindow(models.Model):
    """Hours in which moves of an office may run, on the days on which they begin.

    Until the next day where ``closes`` is not after ``opens``. Without an office: of
    all offices that have no windows of their own. Who has none at all is always open.
    """

    environment = models.ForeignKey(
        Environment,
        on_delete=models.PROTECT,
        related_name="windows",
        null=True,
        blank=True,
        verbose_name=_("office"),
        help_text=_("Empty: all offices that have no windows of their own."),
    )
    # As date.weekday() counts them: 0 is Monday.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS.items()),
        verbose_name=_("days"),
    )
    opens = models.TimeField(_("from"))
    closes = models.TimeField(
        _("until"), help_text=_("The next day where it is not after the beginning.")
    )

    class Meta:
        ordering = ("environment__office_code", "opens", "pk")
        verbose_name = _("execution window")
        verbose_name_plural = _("execution windows")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0)
                & Q(weekdays__contained_by=list(WEEKDAYS)),
                name="window_has_days",
            ),
        )

    def __str__(self) -> str:
        days = ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(self.weekdays))
        hours = f"{time_format(self.opens, 'H:i')}-{time_format(self.closes, 'H:i')}"
        return f"{days} {hours}"


class Freeze(models.Model):
    """A time in which no move runs, such as the days of the VAT return.

    Without an end it holds until further notice: until somebody removes or ends it.
    """

    name = models.CharField(_("name"), max_length=100, validators=[require_seen])
    environment = models.ForeignKey(
        Environment,
        on_delete=models.PROTECT,
        related_name="freezes",
        null=True,
        blank=True,
        verbose_name=_("office"),
        help_text=_("Empty: all offices."),
    )
    starts_at = models.DateTimeField(_("from"), validators=[require_calendar])
    ends_at = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        validators=[require_calendar],
        help_text=_("Empty: until further notice."),
    )

    class Meta:
        ordering = ("-ends_at", "pk")
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="freeze_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="freeze_has_a_name"),
        )
        indexes = (models.Index(fields=["ends_at"], name="freeze_ends"),)

    def __str__(self) -> str:
        return self.name
