"""Administrations: where each is, and where it was."""

from collections.abc import Collection
from typing import Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import (
    plain_dashes,
    require_calendar,
    require_code,
    require_seen,
)
from adminmoves.models.estate import BookkeepingConnection, Environment
from adminmoves.models.keys import CodeKey, Words, make_public_id
from adminmoves.models.words import WordField
from adminmoves.vocabulary import Package

IN_USE = Q(retired_by__isnull=True)


class AdministrationQuerySet(models.QuerySet["Administration"]):
    def with_place(self) -> Self:
        return self.select_related("environment", "connection", "retired_by")

    def in_use(self) -> Self:
        """Without those that were retired: they hold no place and no address."""
        return self.filter(IN_USE)


class Administration(models.Model):
    """The books of a company. Its place changes only by a running move (a trigger)."""

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
        """The address that belongs to the present place; the stored one may differ."""
        return self.environment.address_for(self.mail_code or self.code)


class AdministrationSearch(models.Model):
    """The words of an administration's name and of its office's; triggers write it."""

    administration = models.OneToOneField(
        Administration,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="search",
    )
    names = models.TextField()

    def __str__(self) -> str:
        return self.names.strip()


class SearchCode(models.Model):
    """A present or former code, address or number; the same triggers write it.

    The first sign of ``code`` says which (migrations/sql/search_codes.sql).
    """

    pk = models.CompositePrimaryKey("administration", "code")
    administration = models.ForeignKey(
        Administration,
        on_delete=models.PROTECT,
        related_name="search_codes",
        db_index=False,
    )
    # A plain index serves LIKE only under this collation.
    code = models.TextField(db_collation="C")

    class Meta:
        indexes = (
            models.Index(fields=["code", "administration"], name="search_code_begins"),
        )

    def __str__(self) -> str:
        return self.code


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
