"""A move with its proof, the people behind it, and its runs."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Upper
from django.utils import timezone
from django_fsm import FSMField, FSMModelMixin

from adminmoves.cleaning import require_calendar, require_code, require_seen
from adminmoves.migrations._tables import ID, create_table
from adminmoves.models.estate import CodeKey, Words, make_public_id
from adminmoves.models.proof import evidence_path
from adminmoves.vocabulary import MoveState

OPEN_STATES = (
    "AWAITING_BOOKKEEPING",
    "AWAITING_APPROVAL",
    "APPROVED",
    "RUNNING",
    "IN_DOUBT",
    "FAILED",
    "STOPPED",
)
CODE_KEY = models.GeneratedField(
    expression=CodeKey(F("package"), F("code")),
    output_field=models.CharField(max_length=100),
    db_persist=True,
)


class Migration(migrations.Migration):
    dependencies = [
        ("adminmoves", "0002_estate"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        # Without its proof, which refers to it and comes below.
        create_table(
            "Move",
            {
                "id": ID,
                "state": FSMField(
                    max_length=50,
                    choices=MoveState.get_choices,
                    default="DRAFT",
                    protected=True,
                    editable=False,
                ),
                "state_since": models.DateTimeField(
                    default=timezone.now, editable=False
                ),
                "revision": models.PositiveIntegerField(
                    default=1, editable=False, validators=[MinValueValidator(1)]
                ),
                "draft_version": models.PositiveIntegerField(
                    default=1, db_default=1, editable=False
                ),
                "has_question": models.BooleanField(default=False, editable=False),
                "intent": models.CharField(max_length=40),
                "move_type": models.CharField(
                    max_length=40, blank=True, editable=False
                ),
                "requested_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "created_at": models.DateTimeField(
                    default=timezone.now, editable=False
                ),
                "edited_at": models.DateTimeField(default=timezone.now, editable=False),
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    null=True,
                    related_name="moves",
                ),
                "package": models.CharField(max_length=20, blank=True),
                "to_environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "to_connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "to_code": models.CharField(
                    max_length=100, blank=True, validators=[require_code]
                ),
                "to_code_key": models.GeneratedField(
                    expression=CodeKey(F("package"), F("to_code")),
                    output_field=models.CharField(max_length=100),
                    db_persist=True,
                ),
                "to_address": models.CharField(
                    max_length=320, blank=True, editable=False
                ),
                "laid_aside": models.JSONField(
                    default=dict, db_default={}, editable=False
                ),
                "from_environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "from_connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "from_code": models.CharField(
                    max_length=100, blank=True, editable=False
                ),
                "from_address": models.CharField(
                    max_length=320, blank=True, editable=False
                ),
                "reverses": models.ForeignKey(
                    "adminmoves.move",
                    models.PROTECT,
                    null=True,
                    db_index=False,
                    editable=False,
                    related_name="reversed_by",
                ),
                "ask_proof_at": models.DateTimeField(null=True, editable=False),
                "submitted_at": models.DateTimeField(null=True, editable=False),
                "not_before": models.DateTimeField(
                    null=True, blank=True, validators=[require_calendar]
                ),
                "urgent": models.BooleanField(
                    default=False, db_default=False, editable=False
                ),
                "outside_windows": models.BooleanField(
                    default=False, db_default=False, editable=False
                ),
                "approved_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    editable=False,
                    related_name="+",
                ),
                "approved_at": models.DateTimeField(null=True, editable=False),
                "plan": models.JSONField(default=dict, editable=False),
                "plan_hash": models.CharField(
                    max_length=64, blank=True, editable=False
                ),
                "warnings_seen": models.JSONField(default=list, editable=False),
                "dispatched_at": models.DateTimeField(null=True, editable=False),
                "started_at": models.DateTimeField(null=True, editable=False),
                "ended_at": models.DateTimeField(null=True, editable=False),
                "reason": models.JSONField(default=dict, editable=False),
            },
            bases=(FSMModelMixin, models.Model),
            verbose_name="migration",
            verbose_name_plural="migrations",
            ordering=("-id",),
            constraints=[
                models.CheckConstraint(
                    condition=Q(
                        state__in=[
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
                        ]
                    ),
                    name="move_state_known",
                ),
                models.UniqueConstraint(
                    fields=("administration",),
                    condition=Q(state__in=OPEN_STATES),
                    name="one_open_move_per_administration",
                ),
                models.UniqueConstraint(
                    fields=("to_connection", "to_code_key"),
                    condition=Q(state__in=OPEN_STATES),
                    name="one_open_move_per_wanted_place",
                ),
                models.UniqueConstraint(
                    fields=("to_address",),
                    condition=Q(state__in=OPEN_STATES),
                    name="one_open_move_per_wanted_address",
                ),
                models.UniqueConstraint(
                    fields=("reverses",),
                    condition=Q(
                        reverses__isnull=False, state__in=["DRAFT", *OPEN_STATES]
                    ),
                    name="one_open_reverse_per_move",
                ),
                models.CheckConstraint(
                    condition=Q(state__in=["DRAFT", "WITHDRAWN"])
                    | (
                        Q(administration__isnull=False)
                        & Q(to_connection__isnull=False)
                        & Q(to_environment__isnull=False)
                        & Q(from_connection__isnull=False)
                        & Q(from_environment__isnull=False)
                        & Q(submitted_at__isnull=False)
                        & Q(
                            move_type__in=[
                                "MOVE_ENVIRONMENT",
                                "CHANGE_CODE",
                                "RELINK_CONNECTION",
                                "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
                                "RELINK_CONNECTION_AND_CHANGE_CODE",
                            ]
                        )
                        & ~Q(to_code="")
                        & ~Q(from_code="")
                    ),
                    name="move_complete_when_submitted",
                ),
                models.CheckConstraint(
                    condition=~Q(
                        state__in=["APPROVED", "RUNNING", "IN_DOUBT", "COMPLETED"]
                    )
                    | (
                        Q(approved_by__isnull=False)
                        & Q(approved_at__isnull=False)
                        & Q(plan_hash__regex="^[0-9a-f]{64}$")
                    ),
                    name="move_approved_by_somebody",
                ),
                models.CheckConstraint(
                    condition=Q(outside_windows=False, urgent=False)
                    | Q(approved_by__isnull=False),
                    name="move_haste_is_approved",
                ),
                models.CheckConstraint(
                    condition=Q(to_code__regex="^\\S{0,100}$"), name="move_code_shape"
                ),
            ],
            indexes=[
                models.Index(
                    fields=["state", "state_since", "id"], name="move_state_since"
                ),
                models.Index(
                    fields=["not_before", "id"],
                    condition=Q(state="APPROVED"),
                    name="move_due",
                ),
                models.Index(
                    fields=["ask_proof_at"],
                    condition=Q(state="AWAITING_BOOKKEEPING"),
                    name="move_ask_proof",
                ),
                models.Index(fields=["-state_since", "-id"], name="move_updated"),
                models.Index(fields=["requested_by", "-id"], name="move_of_person"),
                models.Index(
                    fields=["from_environment", "-id"], name="move_from_office"
                ),
                models.Index(fields=["to_environment", "-id"], name="move_to_office"),
                models.Index(
                    fields=["from_environment", "-started_at"],
                    name="move_office_started",
                ),
                models.Index(fields=["-ended_at"], name="move_ended"),
                models.Index(
                    fields=["-ended_at"],
                    include=("submitted_at",),
                    condition=Q(state="COMPLETED"),
                    name="move_completed",
                ),
                models.Index(
                    fields=["reverses"],
                    condition=Q(reverses__isnull=False),
                    name="move_reverses",
                ),
            ],
        ),
        migrations.AddField(
            "administration",
            "closed_by",
            models.ForeignKey(
                "adminmoves.move",
                models.PROTECT,
                null=True,
                editable=False,
                related_name="+",
            ),
        ),
        create_table(
            "FormerPlace",
            {
                "id": ID,
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    related_name="former_places",
                ),
                "move": models.OneToOneField(
                    "adminmoves.move", models.PROTECT, related_name="place_left"
                ),
                "environment": models.ForeignKey(
                    "adminmoves.environment", models.PROTECT, related_name="+"
                ),
                "connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection", models.PROTECT, related_name="+"
                ),
                "package": models.CharField(max_length=20),
                "office_code": models.CharField(max_length=100),
                "code": models.CharField(max_length=100),
                "code_key": CODE_KEY,
                "mail_address": models.CharField(max_length=320),
                "from_at": models.DateTimeField(),
                "until_at": models.DateTimeField(),
            },
            ordering=("until_at", "pk"),
            indexes=[
                models.Index(Upper("code"), name="former_code_search"),
                models.Index(Upper("office_code"), name="former_office_search"),
                models.Index(fields=["mail_address"], name="former_address_search"),
                models.Index(
                    fields=["connection", "code_key"], name="former_place_search"
                ),
            ],
        ),
        create_table(
            "EvidenceFile",
            {
                "id": ID,
                "public_id": models.CharField(
                    max_length=40, unique=True, default=make_public_id, editable=False
                ),
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="evidence"
                ),
                "name": models.CharField(max_length=200),
                "content_type": models.CharField(max_length=100),
                "size": models.PositiveIntegerField(help_text="bytes"),
                "sha256": models.CharField(max_length=64),
                "file": models.FileField(upload_to=evidence_path),
                "uploaded_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "uploaded_at": models.DateTimeField(default=timezone.now),
            },
        ),
        create_table(
            "Proof",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="proofs"
                ),
                "revision": models.PositiveIntegerField(),
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    null=True,
                    editable=False,
                    related_name="+",
                ),
                "connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection", models.PROTECT, related_name="+"
                ),
                "package": models.CharField(max_length=20),
                "code": models.CharField(max_length=100),
                "code_key": CODE_KEY,
                "kind": models.CharField(max_length=20),
                "verdict": models.CharField(max_length=30),
                "counts": models.BooleanField(default=True),
                "usable": models.GeneratedField(
                    expression=Case(
                        When(
                            Q(counts=True, verdict__in=["FOUND_ACTIVE", "ATTESTED"]),
                            then=Value(True),
                        ),
                        default=Value(False),
                    ),
                    output_field=models.BooleanField(),
                    db_persist=True,
                ),
                "checked_at": models.DateTimeField(default=timezone.now),
                "retry_at": models.DateTimeField(null=True),
                "observed_environment": models.CharField(max_length=200, blank=True),
                "observed_external_id": models.CharField(max_length=100, blank=True),
                "observed_code": models.CharField(max_length=100, blank=True),
                "observed_name": models.CharField(max_length=200, blank=True),
                "observed_kvk_number": models.CharField(max_length=20, blank=True),
                "seen_as": models.CharField(max_length=200, blank=True),
                "endpoint": models.CharField(max_length=60, blank=True),
                "request_id": models.CharField(max_length=100, blank=True),
                "list_size": models.PositiveIntegerField(null=True),
                "raw_status": models.JSONField(default=dict),
                "attested_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "moved_on": models.DateField(null=True, validators=[require_calendar]),
                "overrules_package": models.BooleanField(default=False),
                "evidence": models.ForeignKey(
                    "adminmoves.evidencefile",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
            },
            verbose_name="proof",
            verbose_name_plural="proofs",
            ordering=("-id",),
            constraints=[
                models.UniqueConstraint(
                    fields=(
                        "id",
                        "move",
                        "administration",
                        "connection",
                        "code_key",
                        "usable",
                    ),
                    name="proof_identity",
                ),
                models.CheckConstraint(
                    condition=(
                        Q(kind="ATTESTED")
                        & Q(verdict="ATTESTED")
                        & Q(attested_by__isnull=False)
                    )
                    | (Q(kind="VERIFIED") & ~Q(verdict="ATTESTED")),
                    name="proof_kind_fits_verdict",
                ),
            ],
            indexes=[models.Index(fields=["move", "-id"], name="proof_of_move")],
        ),
        migrations.AddField(
            "move",
            "proof",
            models.ForeignKey(
                "adminmoves.proof",
                models.PROTECT,
                null=True,
                editable=False,
                related_name="+",
            ),
        ),
        migrations.AddConstraint(
            "move",
            models.CheckConstraint(
                condition=~Q(
                    state__in=(
                        "AWAITING_APPROVAL",
                        "APPROVED",
                        "RUNNING",
                        "IN_DOUBT",
                        "COMPLETED",
                    )
                )
                | Q(proof__isnull=False),
                name="moved_in_the_package_first",
            ),
        ),
        create_table(
            "ProofWords",
            {
                "proof": models.OneToOneField(
                    "adminmoves.proof",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="words",
                ),
                "said_by": models.CharField(max_length=200, blank=True),
                "ticket": models.CharField(max_length=100, blank=True),
                "reason": models.TextField(max_length=2000, blank=True),
            },
        ),
        create_table(
            "Parties",
            {
                "move": models.OneToOneField(
                    "adminmoves.move",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="parties",
                ),
                "requester_name": models.CharField(
                    max_length=200, blank=True, validators=[require_seen]
                ),
                "requester_email": models.EmailField(max_length=254, blank=True),
                "requester_ticket": models.CharField(
                    max_length=100, blank=True, validators=[require_seen]
                ),
                "search_key": models.GeneratedField(
                    expression=Words(
                        Concat("requester_name", Value(" "), "requester_ticket")
                    ),
                    output_field=models.TextField(),
                    db_persist=True,
                ),
                "consent_name": models.CharField(
                    max_length=200, blank=True, validators=[require_seen]
                ),
                "consent_email": models.EmailField(max_length=254, blank=True),
                "consent_on": models.DateField(
                    null=True, blank=True, validators=[require_calendar]
                ),
                "consent_ticket": models.CharField(
                    max_length=100, blank=True, validators=[require_seen]
                ),
                "consent_accepts_costs": models.BooleanField(default=False),
                "client_informed": models.BooleanField(default=False),
                "note": models.TextField(max_length=2000, blank=True),
                "moved_said_by": models.CharField(
                    max_length=200, blank=True, validators=[require_seen]
                ),
                "moved_on": models.DateField(
                    null=True, blank=True, validators=[require_calendar]
                ),
                "moved_ticket": models.CharField(
                    max_length=100, blank=True, validators=[require_seen]
                ),
                "moved_evidence": models.ForeignKey(
                    "adminmoves.evidencefile",
                    models.PROTECT,
                    null=True,
                    blank=True,
                    related_name="+",
                ),
            },
            indexes=[
                models.Index(Upper("requester_email"), name="parties_email_search")
            ],
        ),
        create_table(
            "Contributor",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="contributors"
                ),
                "user": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "revision": models.PositiveIntegerField(),
                "part": models.CharField(max_length=20),
                "at": models.DateTimeField(default=timezone.now),
            },
            constraints=[
                models.UniqueConstraint(
                    fields=("move", "user", "revision", "part"), name="contributor_once"
                )
            ],
        ),
        create_table(
            "Attempt",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="attempts"
                ),
                "number": models.PositiveIntegerField(),
                "token": models.UUIDField(default=uuid.uuid4),
                "worker": models.CharField(max_length=200, blank=True),
                "started_at": models.DateTimeField(default=timezone.now),
                "heartbeat_at": models.DateTimeField(default=timezone.now),
                "lease_until": models.DateTimeField(),
                "takeovers": models.PositiveIntegerField(default=0),
                "before_image": models.JSONField(default=dict),
                "undo_outcome": models.CharField(max_length=20, blank=True),
                "undo_reason": models.JSONField(default=dict),
                "documents": models.PositiveIntegerField(default=0),
                "size": models.PositiveBigIntegerField(default=0),
                "copied": models.PositiveIntegerField(default=0),
                "copied_size": models.PositiveBigIntegerField(default=0),
                "cursor": models.PositiveBigIntegerField(default=0),
                "compared": models.PositiveBigIntegerField(default=0),
                "copying_since": models.DateTimeField(null=True),
                "waits_for": models.JSONField(default=dict),
                "stop_asked_at": models.DateTimeField(null=True),
                "stop_asked_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "ended_at": models.DateTimeField(null=True),
                "outcome": models.CharField(max_length=20, blank=True),
            },
            ordering=("number",),
            constraints=[
                models.UniqueConstraint(
                    fields=("move", "number"), name="attempt_number_once"
                ),
                models.UniqueConstraint(
                    fields=("move",),
                    condition=Q(ended_at=None),
                    name="one_open_attempt",
                ),
            ],
            indexes=[
                models.Index(
                    fields=["lease_until"],
                    condition=Q(ended_at=None),
                    name="attempt_lease",
                )
            ],
        ),
        create_table(
            "Effect",
            {
                "id": ID,
                "attempt": models.ForeignKey(
                    "adminmoves.attempt", models.PROTECT, related_name="effects"
                ),
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="effects"
                ),
                "step": models.CharField(max_length=30),
                "undone": models.BooleanField(default=False),
                "worker": models.CharField(max_length=200),
                "done_at": models.DateTimeField(default=timezone.now),
                "facts": models.JSONField(default=dict),
            },
            ordering=("id",),
            constraints=[
                models.UniqueConstraint(
                    fields=("attempt", "step", "undone"), name="effect_once"
                )
            ],
        ),
        create_table(
            "Aftercare",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="aftercare"
                ),
                "position": models.PositiveSmallIntegerField(),
                "code": models.CharField(max_length=40),
                "ticked_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "ticked_at": models.DateTimeField(null=True),
            },
            ordering=("position",),
            constraints=[
                models.UniqueConstraint(fields=("move", "code"), name="aftercare_once")
            ],
        ),
    ]
