"""Offices, their connections to packages, and the administrations there."""

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from adminmoves.cleaning import require_calendar, require_code, require_seen
from adminmoves.migrations._tables import ID, create_table
from adminmoves.models.estate import CodeKey, Words, make_public_id

IN_USE = Q(retired_by__isnull=True)
PUBLIC_ID = models.CharField(
    max_length=40, unique=True, default=make_public_id, editable=False
)
NAME_KEY = models.GeneratedField(
    expression=Words(F("name")), output_field=models.TextField(), db_persist=True
)


class Migration(migrations.Migration):
    dependencies = [
        ("adminmoves", "0001_functions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        create_table(
            "PackageProfile",
            {
                "package": models.CharField(
                    primary_key=True, serialize=False, max_length=20
                ),
                "code_pattern": models.CharField(
                    max_length=200, help_text="Regular expression for a whole code."
                ),
                "code_example": models.CharField(max_length=100),
                "self_service": models.BooleanField(
                    default=False,
                    help_text="The office's own superuser can do types 2, 3 and 5, at no cost.",
                ),
            },
            verbose_name="package profile",
            verbose_name_plural="package profiles",
        ),
        create_table(
            "Environment",
            {
                "id": ID,
                "public_id": PUBLIC_ID,
                "office_code": models.CharField(
                    "office code",
                    max_length=100,
                    validators=[
                        RegexValidator(
                            "^[A-Za-z0-9]+$",
                            "Use letters and digits only, without a dot or space.",
                        )
                    ],
                ),
                "name": models.CharField(
                    "name", max_length=200, validators=[require_seen]
                ),
                "name_key": NAME_KEY,
                "subscription": models.CharField(
                    "subscription", max_length=20, default="PREMIUM"
                ),
                "is_active": models.BooleanField("active", default=True),
                "mail_domain": models.CharField(
                    "own mail domain",
                    max_length=200,
                    blank=True,
                    validators=[require_seen],
                    help_text="Empty: mailtobasecone.com",
                ),
            },
            verbose_name="office",
            verbose_name_plural="offices",
            ordering=("office_code",),
            constraints=[
                models.UniqueConstraint(Lower("office_code"), name="office_code_once"),
                models.CheckConstraint(
                    condition=Q(office_code__regex="^[A-Za-z0-9]{1,100}$"),
                    name="office_code_shape",
                ),
                models.CheckConstraint(
                    condition=Q(subscription__in=["PREMIUM", "TRIAL"]),
                    name="subscription_known",
                ),
            ],
        ),
        create_table(
            "BookkeepingConnection",
            {
                "id": ID,
                "public_id": PUBLIC_ID,
                "environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    related_name="connections",
                    verbose_name="office",
                ),
                "package": models.CharField("package", max_length=20),
                "package_environment": models.CharField(
                    "licence or organisation in the package",
                    max_length=100,
                    validators=[require_seen],
                ),
                "country": models.CharField(
                    "country site",
                    max_length=2,
                    blank=True,
                    help_text="Exact Online only",
                ),
                "base_url": models.URLField(
                    "base address of the API", blank=True, help_text="Multivers only"
                ),
                "is_active": models.BooleanField("active", default=True),
                "demand": models.CharField(
                    "proof wanted", max_length=20, default="ATTESTATION"
                ),
            },
            verbose_name="connection",
            verbose_name_plural="connections",
            ordering=("environment__office_code", "package", "package_environment"),
            constraints=[
                models.UniqueConstraint(
                    F("environment"),
                    F("package"),
                    Upper("package_environment"),
                    F("country"),
                    F("base_url"),
                    name="connection_once_per_environment",
                ),
                models.UniqueConstraint(
                    fields=("id", "environment", "package"), name="connection_identity"
                ),
                models.CheckConstraint(
                    condition=Q(
                        package__in=[
                            "TWINFIELD",
                            "EXACT_ONLINE",
                            "UNIT4",
                            "ACCOUNTVIEW",
                        ]
                    ),
                    name="package_known",
                ),
            ],
        ),
        # Without its administration, which refers to it and comes below.
        create_table(
            "Retirement",
            {
                "id": ID,
                "kind": models.CharField(max_length=20),
                "reason": models.CharField(max_length=500),
                "requested_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "requested_at": models.DateTimeField(default=timezone.now),
                "outcome": models.CharField(max_length=20, default=""),
                "decided_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "decided_at": models.DateTimeField(null=True),
            },
            ordering=("-id",),
            constraints=[
                models.CheckConstraint(
                    condition=Q(kind__in=["RETIRE", "BRING_BACK"]),
                    name="retirement_kind",
                ),
                models.CheckConstraint(
                    condition=Q(reason__regex="\\S"), name="retirement_reason"
                ),
                models.CheckConstraint(
                    condition=Q(decided_at=None, decided_by=None, outcome="")
                    | Q(
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                        outcome__in=["APPROVED", "DECLINED", "WITHDRAWN"],
                    ),
                    name="retirement_outcome",
                ),
                models.CheckConstraint(
                    condition=~Q(outcome__in=["APPROVED", "DECLINED"])
                    | ~Q(decided_by=F("requested_by")),
                    name="retirement_by_two",
                ),
            ],
        ),
        create_table(
            "Administration",
            {
                "id": ID,
                "public_id": PUBLIC_ID,
                "code": models.CharField(
                    "administration code",
                    max_length=100,
                    validators=[require_code, MaxLengthValidator(100)],
                ),
                "package": models.CharField("package", max_length=20),
                "code_key": models.GeneratedField(
                    expression=CodeKey(F("package"), F("code")),
                    output_field=models.CharField(max_length=100),
                    db_persist=True,
                ),
                "name": models.CharField(
                    "name", max_length=200, validators=[require_seen]
                ),
                "name_key": NAME_KEY,
                "external_id": models.CharField(
                    "id in the package",
                    max_length=100,
                    blank=True,
                    validators=[require_seen],
                ),
                "environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    related_name="administrations",
                    verbose_name="office",
                ),
                "connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    related_name="administrations",
                    verbose_name="connection",
                ),
                "mail_code": models.CharField(
                    "own code for the address",
                    max_length=10,
                    blank=True,
                    validators=[require_seen],
                ),
                "mail_address": models.CharField(
                    "e-mail address", max_length=320, validators=[require_seen]
                ),
                "kvk_number": models.CharField(
                    "chamber of commerce number", max_length=8, blank=True
                ),
                "documents": models.PositiveIntegerField("documents", default=0),
                "documents_unprocessed": models.PositiveIntegerField(
                    "not processed", default=0
                ),
                "documents_awaiting_authorisation": models.PositiveIntegerField(
                    "waiting for authorisation", default=0
                ),
                "documents_counted_at": models.DateTimeField(
                    "counted at", null=True, blank=True, validators=[require_calendar]
                ),
                "at_place_since": models.DateTimeField("at this place since"),
                "retired_by": models.ForeignKey(
                    "adminmoves.retirement",
                    models.PROTECT,
                    null=True,
                    editable=False,
                    related_name="+",
                ),
            },
            verbose_name="administration",
            verbose_name_plural="administrations",
            ordering=("name", "pk"),
            constraints=[
                models.UniqueConstraint(
                    fields=("connection", "code_key"),
                    condition=IN_USE,
                    name="administration_place_once",
                ),
                models.UniqueConstraint(
                    fields=("environment", "code_key", "name"),
                    condition=IN_USE,
                    name="administration_code_and_name_once",
                ),
                models.UniqueConstraint(
                    fields=("mail_address",),
                    condition=IN_USE,
                    name="administration_address_once",
                ),
                models.CheckConstraint(
                    condition=Q(code__regex="^\\S{1,100}$"),
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
            ],
            indexes=[
                models.Index(Upper("code"), name="administration_code_search"),
                models.Index(
                    fields=["name_key", "id"], name="administration_name_list"
                ),
            ],
        ),
        migrations.AddField(
            "retirement",
            "administration",
            models.ForeignKey(
                "adminmoves.administration", models.PROTECT, related_name="retirements"
            ),
        ),
        migrations.AddConstraint(
            "retirement",
            models.UniqueConstraint(
                fields=("administration",),
                condition=Q(outcome=""),
                name="one_waiting_retirement",
            ),
        ),
        create_table(
            "AdministrationSearch",
            {
                "administration": models.OneToOneField(
                    "adminmoves.administration",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="search",
                ),
                "names": models.TextField(),
                "codes": models.TextField(),
            },
        ),
    ]
