import adminmoves.models.estate
import adminmoves.models.proof
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import django_fsm
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adminmoves", "0001_code_key"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="PackageProfile",
            fields=[
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code_pattern",
                    models.CharField(
                        help_text="Regular expression for a whole code.", max_length=200
                    ),
                ),
                ("code_example", models.CharField(max_length=100)),
                (
                    "self_service",
                    models.BooleanField(
                        default=False,
                        help_text="The office's own superuser can do types 2, 3 and 5, at no cost.",
                    ),
                ),
            ],
            options={
                "verbose_name": "package profile",
                "verbose_name_plural": "package profiles",
            },
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preferences",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Nederlands"), ("en", "English")],
                        default="nl",
                        max_length=2,
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("system", "system"),
                            ("light", "light"),
                            ("dark", "dark"),
                        ],
                        default="system",
                        max_length=10,
                    ),
                ),
                ("single_letter_keys", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="CheckSeverity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("check_code", models.CharField(max_length=60)),
                (
                    "move_type",
                    models.CharField(
                        choices=[
                            ("MOVE_ENVIRONMENT", "Move to another environment"),
                            ("CHANGE_CODE", "Change administration code"),
                            ("RELINK_CONNECTION", "Link another accounting system"),
                            (
                                "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                "Move to another environment and change code",
                            ),
                            (
                                "RELINK_CONNECTION_AND_CHANGE_CODE",
                                "Link another accounting system and change code",
                            ),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("BLOCKING", "blocking"),
                            ("WARNING", "warning"),
                            ("OFF", "off"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name": "severity of a check",
                "verbose_name_plural": "severities of checks",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("check_code", "move_type"), name="check_severity_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Environment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=adminmoves.models.estate.make_public_id,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "office_code",
                    models.CharField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9]+$",
                                "Use letters and digits only, without a dot or space.",
                            )
                        ],
                        verbose_name="office code",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "subscription",
                    models.CharField(
                        choices=[("PREMIUM", "Premium"), ("TRIAL", "Trial")],
                        default="PREMIUM",
                        max_length=20,
                        verbose_name="subscription",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "mail_domain",
                    models.CharField(
                        blank=True,
                        help_text="Empty: mailtobasecone.com",
                        max_length=200,
                        verbose_name="own mail domain",
                    ),
                ),
            ],
            options={
                "verbose_name": "office",
                "verbose_name_plural": "offices",
                "ordering": ("office_code",),
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("office_code"),
                        name="office_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("office_code__regex", "^[A-Za-z0-9]{1,100}$")
                        ),
                        name="office_code_shape",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subscription__in", ["PREMIUM", "TRIAL"])),
                        name="subscription_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookkeepingConnection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=adminmoves.models.estate.make_public_id,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                        verbose_name="package",
                    ),
                ),
                (
                    "package_environment",
                    models.CharField(
                        max_length=100,
                        verbose_name="licence or organisation in the package",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="Exact Online only",
                        max_length=2,
                        verbose_name="country site",
                    ),
                ),
                (
                    "base_url",
                    models.URLField(
                        blank=True,
                        help_text="Multivers only",
                        verbose_name="base address of the API",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "demand",
                    models.CharField(
                        choices=[
                            ("API", "the package's own API"),
                            ("ATTESTATION", "an attestation with evidence"),
                        ],
                        default="ATTESTATION",
                        max_length=20,
                        verbose_name="proof wanted",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="adminmoves.environment",
                        verbose_name="office",
                    ),
                ),
            ],
            options={
                "verbose_name": "connection",
                "verbose_name_plural": "connections",
                "ordering": (
                    "environment__office_code",
                    "package",
                    "package_environment",
                ),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("environment"),
                        models.F("package"),
                        django.db.models.functions.text.Upper("package_environment"),
                        models.F("country"),
                        models.F("base_url"),
                        name="connection_once_per_environment",
                    ),
                    models.UniqueConstraint(
                        fields=("id", "environment", "package"),
                        name="connection_identity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "package__in",
                                ["TWINFIELD", "EXACT_ONLINE", "UNIT4", "ACCOUNTVIEW"],
                            )
                        ),
                        name="package_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Administration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=adminmoves.models.estate.make_public_id,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\S+$", "Leave out spaces. A code has none."
                            ),
                            django.core.validators.MaxLengthValidator(100),
                        ],
                        verbose_name="administration code",
                    ),
                ),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                        verbose_name="package",
                    ),
                ),
                (
                    "code_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=adminmoves.models.estate.CodeKey(
                            models.F("package"), models.F("code")
                        ),
                        output_field=models.CharField(max_length=100),
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "external_id",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="id in the package"
                    ),
                ),
                (
                    "mail_code",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        verbose_name="own code for the address",
                    ),
                ),
                (
                    "mail_address",
                    models.CharField(
                        max_length=320, unique=True, verbose_name="e-mail address"
                    ),
                ),
                (
                    "kvk_number",
                    models.CharField(
                        blank=True,
                        max_length=8,
                        verbose_name="chamber of commerce number",
                    ),
                ),
                (
                    "documents",
                    models.PositiveIntegerField(default=0, verbose_name="documents"),
                ),
                (
                    "documents_unprocessed",
                    models.PositiveIntegerField(
                        default=0, verbose_name="not processed"
                    ),
                ),
                (
                    "documents_awaiting_authorisation",
                    models.PositiveIntegerField(
                        default=0, verbose_name="waiting for authorisation"
                    ),
                ),
                (
                    "documents_counted_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="counted at"
                    ),
                ),
                (
                    "at_place_since",
                    models.DateTimeField(verbose_name="at this place since"),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="administrations",
                        to="adminmoves.bookkeepingconnection",
                        verbose_name="connection",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="administrations",
                        to="adminmoves.environment",
                        verbose_name="office",
                    ),
                ),
            ],
            options={
                "verbose_name": "administration",
                "verbose_name_plural": "administrations",
                "ordering": ("name", "pk"),
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Upper("code"),
                        name="administration_code_search",
                    ),
                    models.Index(
                        django.db.models.functions.text.Upper("name"),
                        models.F("id"),
                        name="administration_name_list",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "code_key"),
                        name="administration_place_once",
                    ),
                    models.UniqueConstraint(
                        fields=("environment", "code_key", "name"),
                        name="administration_code_and_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^\\S{1,100}$")),
                        name="administration_code_shape",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "mail_address",
                                django.db.models.functions.text.Lower("mail_address"),
                            )
                        ),
                        name="administration_address_lower",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("documents_unprocessed__lte", models.F("documents")),
                            (
                                "documents_awaiting_authorisation__lte",
                                models.F("documents"),
                            ),
                        ),
                        name="administration_counts_fit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("DRAFT", "Draft"),
                            (
                                "AWAITING_BOOKKEEPING",
                                "Waiting for the bookkeeping package",
                            ),
                            ("AWAITING_APPROVAL", "Awaiting approval"),
                            ("APPROVED", "Queued"),
                            ("RUNNING", "Running"),
                            ("COMPLETED", "Completed"),
                            ("IN_DOUBT", "To be checked"),
                            ("FAILED", "Failed, rolled back"),
                            ("STOPPED", "Stopped, rolled back"),
                            ("REJECTED", "Rejected"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="DRAFT",
                        editable=False,
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "state_since",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("has_question", models.BooleanField(default=False, editable=False)),
                (
                    "intent",
                    models.CharField(
                        choices=[
                            ("MOVE_ENVIRONMENT", "Move to another environment"),
                            ("CHANGE_CODE", "Change administration code"),
                            ("RELINK_CONNECTION", "Link another accounting system"),
                            (
                                "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                "Move to another environment and change code",
                            ),
                            (
                                "RELINK_CONNECTION_AND_CHANGE_CODE",
                                "Link another accounting system and change code",
                            ),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "move_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MOVE_ENVIRONMENT", "Move to another environment"),
                            ("CHANGE_CODE", "Change administration code"),
                            ("RELINK_CONNECTION", "Link another accounting system"),
                            (
                                "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                "Move to another environment and change code",
                            ),
                            (
                                "RELINK_CONNECTION_AND_CHANGE_CODE",
                                "Link another accounting system and change code",
                            ),
                        ],
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "edited_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "package",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_code",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\S+$", "Leave out spaces. A code has none."
                            )
                        ],
                    ),
                ),
                (
                    "to_code_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=adminmoves.models.estate.CodeKey(
                            models.F("package"), models.F("to_code")
                        ),
                        output_field=models.CharField(max_length=100),
                    ),
                ),
                (
                    "to_address",
                    models.CharField(blank=True, editable=False, max_length=320),
                ),
                (
                    "from_code",
                    models.CharField(blank=True, editable=False, max_length=100),
                ),
                (
                    "from_address",
                    models.CharField(blank=True, editable=False, max_length=320),
                ),
                ("ask_proof_at", models.DateTimeField(editable=False, null=True)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
                ("plan", models.JSONField(default=dict, editable=False)),
                (
                    "plan_hash",
                    models.CharField(blank=True, editable=False, max_length=64),
                ),
                ("warnings_seen", models.JSONField(default=list, editable=False)),
                ("dispatched_at", models.DateTimeField(editable=False, null=True)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("reason", models.JSONField(default=dict, editable=False)),
                (
                    "administration",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="adminmoves.administration",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_connection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.bookkeepingconnection",
                    ),
                ),
                (
                    "from_environment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.environment",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_connection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.bookkeepingconnection",
                    ),
                ),
                (
                    "to_environment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.environment",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        fields=["state", "state_since"], name="move_state_wait"
                    ),
                    models.Index(
                        condition=models.Q(("state", "APPROVED")),
                        fields=["not_before", "id"],
                        name="move_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "AWAITING_BOOKKEEPING")),
                        fields=["ask_proof_at"],
                        name="move_ask_proof",
                    ),
                    models.Index(fields=["requested_by", "-id"], name="move_of_person"),
                    models.Index(
                        fields=["from_environment", "-id"], name="move_from_office"
                    ),
                    models.Index(
                        fields=["to_environment", "-id"], name="move_to_office"
                    ),
                    models.Index(fields=["-ended_at"], name="move_ended"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "DRAFT",
                                    "AWAITING_BOOKKEEPING",
                                    "AWAITING_APPROVAL",
                                    "APPROVED",
                                    "RUNNING",
                                    "COMPLETED",
                                    "IN_DOUBT",
                                    "FAILED",
                                    "STOPPED",
                                    "REJECTED",
                                    "WITHDRAWN",
                                ],
                            )
                        ),
                        name="move_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "AWAITING_BOOKKEEPING",
                                    "AWAITING_APPROVAL",
                                    "APPROVED",
                                    "RUNNING",
                                    "IN_DOUBT",
                                    "FAILED",
                                    "STOPPED",
                                ),
                            )
                        ),
                        fields=("administration",),
                        name="one_open_move_per_administration",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "AWAITING_BOOKKEEPING",
                                    "AWAITING_APPROVAL",
                                    "APPROVED",
                                    "RUNNING",
                                    "IN_DOUBT",
                                    "FAILED",
                                    "STOPPED",
                                ),
                            )
                        ),
                        fields=("to_connection", "to_code_key"),
                        name="one_open_move_per_wanted_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["DRAFT", "WITHDRAWN"]),
                            models.Q(
                                ("administration__isnull", False),
                                ("to_connection__isnull", False),
                                ("to_environment__isnull", False),
                                ("from_connection__isnull", False),
                                ("from_environment__isnull", False),
                                ("submitted_at__isnull", False),
                                (
                                    "move_type__in",
                                    [
                                        "MOVE_ENVIRONMENT",
                                        "CHANGE_CODE",
                                        "RELINK_CONNECTION",
                                        "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                        "RELINK_CONNECTION_AND_CHANGE_CODE",
                                    ],
                                ),
                                models.Q(("to_code", ""), _negated=True),
                                models.Q(("from_code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="move_complete_when_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    ["APPROVED", "RUNNING", "IN_DOUBT", "COMPLETED"],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("approved_at__isnull", False),
                                ("plan_hash__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="move_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_code__regex", "^\\S{0,100}$")),
                        name="move_code_shape",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("worker", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "heartbeat_at",
                    models.DateTimeField(default=django.utils.timezone.now),
                ),
                ("lease_until", models.DateTimeField()),
                ("takeovers", models.PositiveIntegerField(default=0)),
                ("before_image", models.JSONField(default=dict)),
                (
                    "undo_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COMPLETED", "completed"),
                            ("FAILED", "failed"),
                            ("STOPPED", "stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("undo_reason", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COMPLETED", "completed"),
                            ("FAILED", "failed"),
                            ("STOPPED", "stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["lease_until"],
                        name="attempt_lease",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("move", "number"), name="attempt_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("move",),
                        name="one_open_attempt",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "stream",
                    models.CharField(
                        choices=[
                            ("move", "move"),
                            ("person", "person"),
                            ("environment", "environment"),
                            ("connection", "connection"),
                            ("administration", "administration"),
                            ("job", "job"),
                        ],
                        max_length=20,
                    ),
                ),
                ("stream_id", models.CharField(max_length=60)),
                ("position", models.PositiveBigIntegerField(default=0, editable=False)),
                ("at", models.DateTimeField(editable=False, null=True)),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("MOVE_DRAFTED", "Draft started"),
                            ("MOVE_EDITED", "Draft edited"),
                            ("MOVE_TAKEN_OVER", "Draft taken over"),
                            ("MOVE_SUBMITTED", "Request submitted"),
                            ("MOVE_PROVED", "Proof accepted"),
                            ("MOVE_APPROVED", "Approved"),
                            ("MOVE_STARTED", "Run started"),
                            ("MOVE_COMPLETED", "Migration completed"),
                            ("MOVE_REOPENED", "Reopened for editing"),
                            ("MOVE_SENT_BACK", "Sent back with a question"),
                            ("MOVE_REJECTED", "Rejected"),
                            ("MOVE_PROOF_EXPIRED", "Proof lapsed"),
                            (
                                "MOVE_REAPPROVAL_ASKED",
                                "Plan changed, approval asked again",
                            ),
                            ("MOVE_RESCHEDULED", "Rescheduled"),
                            ("MOVE_FAILED", "Failed, rolled back"),
                            ("MOVE_STOPPED", "Stopped, rolled back"),
                            ("MOVE_IN_DOUBT", "Outcome uncertain, a person is asked"),
                            ("MOVE_SETTLED", "Settled by a person"),
                            ("MOVE_RETRIED", "Queued again"),
                            ("MOVE_WITHDRAWN", "Withdrawn"),
                            ("RUN_TAKEN_OVER", "Run taken over by another worker"),
                            ("RUN_STEPS_DONE", "Steps carried out"),
                            ("PROOF_STORED", "Answer of the package stored"),
                            ("PROOF_ATTESTED", "Attestation recorded"),
                            ("COMMENTED", "Comment written"),
                            ("AFTERCARE_TICKED", "After-care ticked off"),
                            ("DOCUMENTS_RECOUNTED", "Documents counted again"),
                            ("ADMINISTRATION_MOVED", "Administration moved"),
                            ("ADMINISTRATION_CHANGED", "Administration changed"),
                            ("ENVIRONMENT_CHANGED", "Office changed"),
                            ("CONNECTION_CHANGED", "Connection changed"),
                            ("ESTATE_IMPORTED", "Estate imported"),
                            ("HISTORY_EXPORTED", "History exported"),
                            ("APPROVAL_LENT", "Right to approve lent"),
                            ("SIGNED_IN", "Signed in"),
                            ("SIGN_IN_FAILED", "Sign-in refused"),
                            ("SIGNED_OUT", "Signed out"),
                            ("PERSON_CHANGED", "Person changed"),
                            ("SETTING_CHANGED", "Setting changed"),
                        ],
                        max_length=40,
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DRAFT", "Draft"),
                            (
                                "AWAITING_BOOKKEEPING",
                                "Waiting for the bookkeeping package",
                            ),
                            ("AWAITING_APPROVAL", "Awaiting approval"),
                            ("APPROVED", "Queued"),
                            ("RUNNING", "Running"),
                            ("COMPLETED", "Completed"),
                            ("IN_DOUBT", "To be checked"),
                            ("FAILED", "Failed, rolled back"),
                            ("STOPPED", "Stopped, rolled back"),
                            ("REJECTED", "Rejected"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DRAFT", "Draft"),
                            (
                                "AWAITING_BOOKKEEPING",
                                "Waiting for the bookkeeping package",
                            ),
                            ("AWAITING_APPROVAL", "Awaiting approval"),
                            ("APPROVED", "Queued"),
                            ("RUNNING", "Running"),
                            ("COMPLETED", "Completed"),
                            ("IN_DOUBT", "To be checked"),
                            ("FAILED", "Failed, rolled back"),
                            ("STOPPED", "Stopped, rolled back"),
                            ("REJECTED", "Rejected"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        max_length=30,
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=150)),
                (
                    "actor_role",
                    models.CharField(
                        choices=[
                            ("SUPPORT_AGENT", "support agent"),
                            ("TEAM_LEAD", "team lead"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("WORKER", "worker"),
                            ("SYSTEM", "system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=40)),
                ("subject", models.CharField(blank=True, max_length=300)),
                (
                    "move_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MOVE_ENVIRONMENT", "Move to another environment"),
                            ("CHANGE_CODE", "Change administration code"),
                            ("RELINK_CONNECTION", "Link another accounting system"),
                            (
                                "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                "Move to another environment and change code",
                            ),
                            (
                                "RELINK_CONNECTION_AND_CHANGE_CODE",
                                "Link another accounting system and change code",
                            ),
                        ],
                        max_length=40,
                    ),
                ),
                ("commitment", models.CharField(blank=True, max_length=64)),
                (
                    "previous",
                    models.CharField(default="", editable=False, max_length=64),
                ),
                ("digest", models.CharField(default="", editable=False, max_length=64)),
                (
                    "administration",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="adminmoves.administration",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.environment",
                    ),
                ),
                (
                    "other_environment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.environment",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["move", "id"], name="event_of_move"),
                    models.Index(
                        fields=["administration", "-id"], name="event_of_admin"
                    ),
                    models.Index(fields=["environment", "-id"], name="event_of_office"),
                    models.Index(
                        fields=["other_environment", "-id"], name="event_to_office"
                    ),
                    models.Index(fields=["actor_id", "-id"], name="event_of_person"),
                    models.Index(fields=["code", "-id"], name="event_code"),
                    models.Index(fields=["move_type", "-id"], name="event_move_type"),
                    models.Index(fields=["-at"], name="event_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "stream_id", "position"),
                        name="event_position_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EventWords",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="adminmoves.event",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("texts", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Parties",
            fields=[
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="parties",
                        serialize=False,
                        to="adminmoves.move",
                    ),
                ),
                ("requester_name", models.CharField(blank=True, max_length=200)),
                ("requester_email", models.EmailField(blank=True, max_length=254)),
                ("requester_ticket", models.CharField(blank=True, max_length=100)),
                ("consent_name", models.CharField(blank=True, max_length=200)),
                ("consent_email", models.EmailField(blank=True, max_length=254)),
                ("consent_on", models.DateField(blank=True, null=True)),
                ("consent_ticket", models.CharField(blank=True, max_length=100)),
                ("consent_accepts_costs", models.BooleanField(default=False)),
                ("client_informed", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True, max_length=2000)),
            ],
        ),
        migrations.CreateModel(
            name="FormerPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                    ),
                ),
                ("office_code", models.CharField(max_length=100)),
                ("code", models.CharField(max_length=100)),
                (
                    "code_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=adminmoves.models.estate.CodeKey(
                            models.F("package"), models.F("code")
                        ),
                        output_field=models.CharField(max_length=100),
                    ),
                ),
                ("mail_address", models.CharField(max_length=320)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                (
                    "administration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_places",
                        to="adminmoves.administration",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.bookkeepingconnection",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.environment",
                    ),
                ),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="place_left",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("until_at", "pk"),
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Upper("code"),
                        name="former_code_search",
                    ),
                    models.Index(
                        django.db.models.functions.text.Upper("office_code"),
                        name="former_office_search",
                    ),
                    models.Index(fields=["mail_address"], name="former_address_search"),
                    models.Index(
                        fields=["connection", "code_key"], name="former_place_search"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=adminmoves.models.estate.make_public_id,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(help_text="bytes")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "file",
                    models.FileField(upload_to=adminmoves.models.proof.evidence_path),
                ),
                (
                    "uploaded_at",
                    models.DateTimeField(default=django.utils.timezone.now),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="adminmoves.move",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("TWINFIELD", "Twinfield"),
                            ("EXACT_ONLINE", "Exact Online"),
                            ("UNIT4", "Unit4 Multivers"),
                            ("ACCOUNTVIEW", "AccountView"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=100)),
                (
                    "code_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=adminmoves.models.estate.CodeKey(
                            models.F("package"), models.F("code")
                        ),
                        output_field=models.CharField(max_length=100),
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("VERIFIED", "seen by the package itself"),
                            ("ATTESTED", "attested"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("FOUND_ACTIVE", "found and active"),
                            ("FOUND_NOT_USABLE", "found, not active"),
                            ("NOT_FOUND_OR_NO_ACCESS", "not found, or no access"),
                            ("WRONG_ENVIRONMENT", "another environment answered"),
                            ("AMBIGUOUS", "several with this code"),
                            ("AUTH_REQUIRED", "not signed in to the package"),
                            ("RATE_LIMITED", "asked too often, wait"),
                            ("UNAVAILABLE", "the package does not answer"),
                            ("CONFIG_ERROR", "the connection is not set up"),
                            ("ATTESTED", "attested by a person"),
                        ],
                        max_length=30,
                    ),
                ),
                ("counts", models.BooleanField(default=True)),
                (
                    "usable",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    ("counts", True),
                                    ("verdict__in", ["FOUND_ACTIVE", "ATTESTED"]),
                                ),
                                then=models.Value(True),
                            ),
                            default=models.Value(False),
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retry_at", models.DateTimeField(null=True)),
                ("observed_environment", models.CharField(blank=True, max_length=200)),
                ("observed_external_id", models.CharField(blank=True, max_length=100)),
                ("observed_code", models.CharField(blank=True, max_length=100)),
                ("observed_name", models.CharField(blank=True, max_length=200)),
                ("raw_status", models.JSONField(default=dict)),
                ("moved_on", models.DateField(null=True)),
                ("overrules_package", models.BooleanField(default=False)),
                (
                    "attested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.bookkeepingconnection",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="adminmoves.evidencefile",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["move", "-id"], name="proof_of_move")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("id", "move", "connection", "code_key", "usable"),
                        name="proof_identity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "ATTESTED"),
                                ("verdict", "ATTESTED"),
                                ("attested_by__isnull", False),
                            ),
                            models.Q(
                                ("kind", "VERIFIED"),
                                models.Q(("verdict", "ATTESTED"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proof_kind_fits_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("RECHECK", "Check everything again"),
                            ("CLOSE", "Close the administration"),
                            ("BEFORE_IMAGE", "Take a snapshot"),
                            ("CHANGE_PLACE", "Change connection and code"),
                            ("SWITCH_ADDRESS", "Switch the e-mail address"),
                            ("VERIFY", "Verify the outcome"),
                            ("OPEN", "Open the administration"),
                            ("AFTERCARE", "List the after-care"),
                        ],
                        max_length=30,
                    ),
                ),
                ("undone", models.BooleanField(default=False)),
                ("worker", models.CharField(max_length=200)),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("facts", models.JSONField(default=dict)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="adminmoves.attempt",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt", "step", "undone"), name="effect_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contributor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("edited", "edited"),
                            ("took_over", "took_over"),
                            ("attested", "attested"),
                            ("counted", "counted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributors",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("move", "user", "revision", "part"),
                        name="contributor_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Aftercare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("ticked_at", models.DateTimeField(null=True)),
                (
                    "ticked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aftercare",
                        to="adminmoves.move",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("move", "code"), name="aftercare_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofWords",
            fields=[
                (
                    "proof",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="adminmoves.proof",
                    ),
                ),
                ("said_by", models.CharField(blank=True, max_length=200)),
                ("ticket", models.CharField(blank=True, max_length=100)),
                ("reason", models.TextField(blank=True, max_length=2000)),
            ],
        ),
        migrations.CreateModel(
            name="StreamHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("stream", models.CharField(max_length=20)),
                ("stream_id", models.CharField(max_length=60)),
                ("count", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "stream_id"), name="stream_head_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalLoan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends_at", models.DateTimeField()),
                (
                    "borrower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_loans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["borrower", "ends_at"], name="loan_running")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="loan_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lender", models.F("borrower")), _negated=True
                        ),
                        name="loan_between_two",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="Administration",
            name="closed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="adminmoves.move",
            ),
        ),
        migrations.AddField(
            model_name="Move",
            name="proof",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="adminmoves.proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="Move",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            (
                                "AWAITING_APPROVAL",
                                "APPROVED",
                                "RUNNING",
                                "IN_DOUBT",
                                "COMPLETED",
                            ),
                        ),
                        _negated=True,
                    ),
                    ("proof__isnull", False),
                    _connector="OR",
                ),
                name="moved_in_the_package_first",
            ),
        ),
    ]
