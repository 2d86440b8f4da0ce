"""Environments, and their connections to bookkeeping packages.

A place is (connection, code): environment and package follow from the
connection. The database ties them together, see ``migrations/``.
"""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import require_seen
from adminmoves.models import code_patterns
from adminmoves.models.code_patterns import require_safe
from adminmoves.models.keys import CodeKey, Words, make_public_id
from adminmoves.models.words import WordField
from adminmoves.vocabulary import Package, Subscription

__all__ = [
    "BookkeepingConnection",
    "CodeKey",  # schema migrations import it from here
    "Environment",
    "PackageProfile",
    "Words",  # and this
    "make_public_id",  # and this
]

DEFAULT_MAIL_DOMAIN = "mailtobasecone.com"

office_code_shape = RegexValidator(
    r"^[A-Za-z0-9]+$", _("Use letters and digits only, without a dot or space.")
)


class PackageProfile(models.Model):
    """Facts of a package that may change by age or contract: data, not code."""

    package = WordField(max_length=20, choices=Package.choices, primary_key=True)
    code_pattern = models.CharField(
        max_length=200, help_text=_("Regular expression for a whole code.")
    )
    code_example = models.CharField(max_length=100)
    self_service = models.BooleanField(
        default=False,
        help_text=_("The office's own superuser can do types 2, 3 and 5, at no cost."),
    )

    class Meta:
        verbose_name = _("package profile")
        verbose_name_plural = _("package profiles")

    def save(self, *args: Any, **options: Any) -> None:
        """Raise ValidationError for a pattern that could keep a page busy."""
        require_safe(self.code_pattern)
        super().save(*args, **options)

    def __str__(self) -> str:
        return Package(self.package).label

    def fits(self, code: str) -> bool:
        """Whether the package has codes like this one."""
        return code_patterns.fits(self.code_pattern, code)


class Environment(models.Model):
    """An office that uses Basecone, named by its kantoorcode (domain.md par. 1)."""

    public_id = models.CharField(
        max_length=40, unique=True, default=make_public_id, editable=False
    )
    office_code = models.CharField(
        _("office code"), max_length=100, validators=[office_code_shape]
    )
    name = models.CharField(_("name"), max_length=200, validators=[require_seen])
    name_key = models.GeneratedField(
        expression=Words(F("name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    subscription = WordField(
        _("subscription"),
        max_length=20,
        choices=Subscription.choices,
        default=Subscription.PREMIUM,
    )
    is_active = models.BooleanField(_("active"), default=True)
    mail_domain = models.CharField(
        _("own mail domain"),
        max_length=200,
        blank=True,
        validators=[require_seen],
        help_text=_("Empty: mailtobasecone.com"),
    )

    class Meta:
        ordering = ("office_code",)
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = (
            models.UniqueConstraint(Lower("office_code"), name="office_code_once"),
            models.CheckConstraint(
                condition=Q(office_code__regex=r"^[A-Za-z0-9]{1,100}$"),
                name="office_code_shape",
            ),
            models.CheckConstraint(
                condition=Q(subscription__in=Subscription.values),
                name="subscription_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.office_code} {self.name}"

    def address_for(self, code: str) -> str:
        """The e-mail address that a code has here, lower case (domain.md par. 1)."""
        domain = self.mail_domain or DEFAULT_MAIL_DOMAIN
        return f"{self.office_code}.{code}@{domain}".lower()


class BookkeepingConnection(models.Model):
    """One link of an environment to one licence or organisation in a package."""

    class Demand(models.TextChoices):
        """The proof that a connection wants (domain.md par. 5)."""

        API = "API", _("the package's own API")
        ATTESTATION = "ATTESTATION", _("an attestation with evidence")

    public_id = models.CharField(
        max_length=40, unique=True, default=make_public_id, editable=False
    )
    environment = models.ForeignKey(
        Environment,
        on_delete=models.PROTECT,
        related_name="connections",
        verbose_name=_("office"),
    )
    package = WordField(_("package"), max_length=20, choices=Package.choices)
    package_environment = models.CharField(
        _("licence or organisation in the package"),
        max_length=100,
        validators=[require_seen],
    )
    country = models.CharField(
        _("country site"), max_length=2, blank=True, help_text=_("Exact Online only")
    )
    base_url = models.URLField(
        _("base address of the API"), blank=True, help_text=_("Multivers only")
    )
    is_active = models.BooleanField(_("active"), default=True)
    demand = WordField(
        _("proof wanted"),
        max_length=20,
        choices=Demand.choices,
        default=Demand.ATTESTATION,
    )

    class Meta:
        ordering = ("environment__office_code", "package", "package_environment")
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = (
            models.UniqueConstraint(
                "environment",
                "package",
                Upper("package_environment"),
                "country",
                "base_url",
                name="connection_once_per_environment",
            ),
            # The composite foreign keys of administrations and moves point here.
            models.UniqueConstraint(
                fields=["id", "environment", "package"], name="connection_identity"
            ),
            models.CheckConstraint(
                condition=Q(package__in=Package.values), name="package_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_package_display()} {self.label}"

    @property
    def label(self) -> str:
        """The licence with its country site or base address: unique in an office."""
        details = (self.country, self.base_url.removeprefix("https://"))
        apart = ", ".join(filter(None, details))
        return self.package_environment + (f" ({apart})" if apart else "")

    @property
    def asks_package(self) -> bool:
        """Whether the package itself proves a move; else people attest it."""
        return self.demand == self.Demand.API
