"""Environments, their connections to bookkeeping packages, and administrations.

A place is (connection, code): environment and package follow from the
connection. The database ties them together, see ``migrations/``.
"""

import secrets
from collections.abc import Collection
from typing import Any, Self

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import (
    plain_dashes,
    require_calendar,
    require_code,
    require_seen,
)
from adminmoves.models import patterns
from adminmoves.models.patterns import require_safe
from adminmoves.models.words import WordField
from adminmoves.vocabulary import Package, Subscription

DEFAULT_MAIL_DOMAIN = "mailtobasecone.com"
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"

office_code_shape = RegexValidator(
    r"^[A-Za-z0-9]+$", _("Use letters and digits only, without a dot or space.")
)


def make_public_id() -> str:
    """A short random id for URLs and files; says nothing and never changes."""
    return "".join(secrets.choice(_ALPHABET) for _position in range(8))


class CodeKey(Func):
    """How two codes of one package are compared: case, leading zeros, padding.

    The SQL function is the one source, so that the unique indexes, the triggers
    and Python agree. ``CodeKey(Value(package), Value(code))``.
    """

    function = "adminmoves_code_key"
    output_field = models.CharField(max_length=100)


def code_key_of(package: str, code: str) -> CodeKey:
    return CodeKey(Value(package), Value(code))


class Words(Func):
    """The words of a text as a search compares them, each between two spaces.

    Without accents, capitals and punctuation; names are sorted by it too.
    """

    function = "adminmoves_words"
    output_field = models.TextField()


class PackageProfile(models.Model):
    """What differs per package and may change by age or contract: data, not code."""

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
        return patterns.fits(self.code_pattern, code)


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
        """Which proof a connection asks for (domain.md par. 5)."""

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


IN_USE = Q(retired_by__isnull=True)


class AdministrationQuerySet(models.QuerySet["Administration"]):
    def with_place(self) -> Self:
        return self.select_related("environment", "connection", "retired_by")

    def in_use(self) -> Self:
        """Without those that were retired: they hold no place and no address."""
        return self.filter(IN_USE)


class Administration(models.Model):
    """A company's books. Its place changes only by a running move (a trigger)."""

    public_id = models.CharField(
        max_length=40, unique=True, default=make_public_id, editable=False
    )
    code = models.CharField(
        _("administration code"),
        max_length=100,
        validators=[require_code, MaxLengthValidator(100)],
    )
    package = WordField(_("package"), max_length=20, choices=Package.choices)
    code_key = models.GeneratedField(
        expression=CodeKey(F("package"), F("code")),
        output_field=models.CharField(max_length=100),
        db_persist=True,
    )
    name = models.CharField(_("name"), max_length=200, validators=[require_seen])
    name_key = models.GeneratedField(
        expression=Words(F("name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    external_id = models.CharField(
        _("id in the package"), max_length=100, blank=True, validators=[require_seen]
    )
    environment = models.ForeignKey(
        Environment,
        on_delete=models.PROTECT,
        related_name="administrations",
        verbose_name=_("office"),
    )
    connection = models.ForeignKey(
        BookkeepingConnection,
        on_delete=models.PROTECT,
        related_name="administrations",
        verbose_name=_("connection"),
    )
    mail_code = models.CharField(
        _("own code for the address"),
        max_length=10,
        blank=True,
        validators=[require_seen],
    )
    mail_address = models.CharField(
        _("e-mail address"), max_length=320, validators=[require_seen]
    )
    kvk_number = models.CharField(
        _("chamber of commerce number"), max_length=8, blank=True
    )
    documents = models.PositiveIntegerField(_("documents"), default=0)
    documents_unprocessed = models.PositiveIntegerField(_("not processed"), default=0)
    documents_awaiting_authorisation = models.PositiveIntegerField(
        _("waiting for authorisation"), default=0
    )
    documents_counted_at = models.DateTimeField(
        _("counted at"), null=True, blank=True, validators=[require_calendar]
    )
    at_place_since = models.DateTimeField(_("at this place since"))
    # Closed: import and admin refuse; set and cleared by the run of that move only.
    closed_by = models.ForeignKey(
        "Move", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Out of use: holds no place and no address; a trigger sets and clears it.
    retired_by = models.ForeignKey(
        "Retirement",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = AdministrationQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("administration")
        verbose_name_plural = _("administrations")
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "code_key"],
                condition=IN_USE,
                name="administration_place_once",
            ),
            models.UniqueConstraint(
                fields=["environment", "code_key", "name"],
                condition=IN_USE,
                name="administration_code_and_name_once",
            ),
            models.UniqueConstraint(
                fields=["mail_address"],
                condition=IN_USE,
                name="administration_address_once",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^\S{1,100}$"),
                name="administration_code_shape",
            ),
            models.CheckConstraint(
                condition=Q(mail_address=Lower("mail_address")),
                name="administration_address_lower",
            ),
            models.CheckConstraint(
                condition=Q(documents_unprocessed__lte=F("documents"))
                & Q(documents_awaiting_authorisation__lte=F("documents")),
                name="administration_counts_fit",
            ),
        )
        indexes = (
            models.Index(Upper("code"), name="administration_code_search"),
            models.Index(fields=["name_key", "id"], name="administration_name_list"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.environment.office_code}.{self.code})"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.code = plain_dashes(self.code)
        super().clean_fields(exclude)

    @property
    def is_counted(self) -> bool:
        """Whether the counts say something; before the first count they are unknown."""
        return self.documents_counted_at is not None

    @property
    def counts_version(self) -> str:
        """The counts and their moment, as a page sends back which ones it showed."""
        at = self.documents_counted_at
        counts = (
            self.documents,
            self.documents_unprocessed,
            self.documents_awaiting_authorisation,
        )
        return " ".join(map(str, (*counts, at.isoformat() if at else "")))

    @property
    def expected_address(self) -> str:
        """What the address should be at the present place; beside the stored one."""
        return self.environment.address_for(self.mail_code or self.code)


class AdministrationSearch(models.Model):
    """What an administration is found by, also formerly; triggers write it.

    ``names``: words of its name and of its office's. ``codes``: tokens that begin with
    "#", or with "=" where leading zeros say nothing (migrations/sql/search_table.sql).
    """

    administration = models.OneToOneField(
        Administration,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="search",
    )
    names = models.TextField()
    codes = models.TextField()

    def __str__(self) -> str:
        return self.names.strip()


class FormerPlace(models.Model):
    """Where an administration was. Append-only; search finds it by any of these."""

    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, related_name="former_places"
    )
    move = models.OneToOneField(
        "Move", on_delete=models.PROTECT, related_name="place_left"
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+"
    )
    connection = models.ForeignKey(
        BookkeepingConnection, on_delete=models.PROTECT, related_name="+"
    )
    package = WordField(max_length=20, choices=Package.choices)
    office_code = models.CharField(max_length=100)
    code = models.CharField(max_length=100)
    code_key = models.GeneratedField(
        expression=CodeKey(F("package"), F("code")),
        output_field=models.CharField(max_length=100),
        db_persist=True,
    )
    mail_address = models.CharField(max_length=320)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        ordering = ("until_at", "pk")
        indexes = (
            models.Index(Upper("code"), name="former_code_search"),
            models.Index(Upper("office_code"), name="former_office_search"),
            models.Index(fields=["mail_address"], name="former_address_search"),
            models.Index(fields=["connection", "code_key"], name="former_place_search"),
        )

    def __str__(self) -> str:
        return f"{self.office_code}.{self.code}"
