"""Names, preferences and loans of the portal's own people, and severities they set."""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import require_calendar
from adminmoves.models.sql import sql_beside
from adminmoves.models.words import WordField
from adminmoves.vocabulary import MoveType, Role, Severity

LOCK_RIGHTS = sql_beside(__file__, "lock_rights")


def display_name(user: User | None) -> str:
    """Return the full name, else the user name; empty for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""


def names_apart(people: Iterable[User]) -> dict[int, str]:
    """Display names by id; with the user name if two people share a name."""
    users = {user.pk: user for user in people}
    names = {pk: display_name(u) for pk, u in users.items()}
    shared = Counter(" ".join(name.split()).casefold() for name in names.values())
    return {
        pk: f"{name} ({users[pk].get_username()})"
        if shared[" ".join(name.split()).casefold()] > 1
        else name
        for pk, name in names.items()
    }


def lock_rights(user_id: int) -> None:
    """Lock a person and who lends to them, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_RIGHTS, {"person": user_id})


class Preferences(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="preferences",
        primary_key=True,
    )
    language = WordField(max_length=2, default="nl", choices=settings.LANGUAGES)
    theme = WordField(
        max_length=10,
        default="system",
        choices=[("system", _("system")), ("light", _("light")), ("dark", _("dark"))],
    )
    single_letter_keys = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"


class ApprovalLoanQuerySet(models.QuerySet["ApprovalLoan"]):
    def running(self) -> Self:
        """Loans of a lead that have begun, are not over and were not taken back."""
        return self.filter(
            starts_at__lte=Now(),
            ends_at__gt=Now(),
            taken_back=None,
            lender__is_active=True,
            lender__groups__name=Role.TEAM_LEAD,
        )


class ApprovalLoan(models.Model):
    """A lead lends the right to approve to a colleague, for a while, on the record."""

    lender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    borrower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="approval_loans",
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(validators=[require_calendar])

    objects = ApprovalLoanQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="loan_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(lender=F("borrower")), name="loan_between_two"
            ),
        )
        indexes = (models.Index(fields=["borrower", "ends_at"], name="loan_running"),)

    def __str__(self) -> str:
        return f"{self.lender_id} lends to {self.borrower_id}"


class LoanEnd(models.Model):
    """A lead took a loan back before its end. Added only, as the loan itself is."""

    loan = models.OneToOneField(
        ApprovalLoan,
        on_delete=models.PROTECT,
        related_name="taken_back",
        primary_key=True,
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"End of loan {self.loan_id}"


class CheckSeverity(models.Model):
    """An administrator's choice for one check and type, in place of the default."""

    check_code = models.CharField(max_length=60)
    move_type = WordField(max_length=40, choices=MoveType.choices)
    severity = WordField(max_length=20, choices=Severity.choices)

    class Meta:
        verbose_name = _("severity of a check")
        verbose_name_plural = _("severities of checks")
        constraints = (
            models.UniqueConstraint(
                fields=["check_code", "move_type"], name="check_severity_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.check_code} for {self.move_type}: {self.severity}"
