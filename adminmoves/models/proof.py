"""Proof that an administration was moved in the package (domain.md par. 5)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import require_calendar
from adminmoves.models.administration import Administration
from adminmoves.models.estate import BookkeepingConnection
from adminmoves.models.keys import CodeKey, make_public_id
from adminmoves.models.move import Move
from adminmoves.models.words import WordField
from adminmoves.vocabulary import Package, ProofKind, Verdict


def evidence_path(evidence: "EvidenceFile", _name: str) -> str:
    """Outside the web root, under a name that nobody can guess or choose."""
    return f"evidence/{evidence.move_id}/{evidence.public_id}"


class EvidenceFile(models.Model):
    """A file that shows what somebody said. Served only to those who may see it."""

    public_id = models.CharField(
        max_length=40, unique=True, default=make_public_id, editable=False
    )
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=evidence_path)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Proof(models.Model):
    """One answer of a package or one attestation. Append-only.

    ``usable`` is what the first rule looks at: a move in the queue refers to a
    usable proof of itself, its administration, its connection and its code by a
    composite foreign key. Age is no part of it.
    """

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="proofs")
    revision = models.PositiveIntegerField()
    # Which one the move was about by then: a trigger fills it in.
    administration = models.ForeignKey(
        Administration,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    connection = models.ForeignKey(
        BookkeepingConnection, on_delete=models.PROTECT, related_name="+"
    )
    package = WordField(max_length=20, choices=Package.choices)
    code = models.CharField(max_length=100)
    code_key = models.GeneratedField(
        expression=CodeKey(F("package"), F("code")),
        output_field=models.CharField(max_length=100),
        db_persist=True,
    )
    kind = WordField(max_length=20, choices=ProofKind.choices)
    verdict = WordField(max_length=30, choices=Verdict.choices)
    # False where our record knows another administration there and nothing
    # in the answer says that it is this one: then a person decides.
    counts = models.BooleanField(default=True)
    usable = models.GeneratedField(
        expression=Case(
            When(
                Q(counts=True)
                & Q(verdict__in=[Verdict.FOUND_ACTIVE, Verdict.ATTESTED]),
                then=Value(True),
            ),
            default=Value(False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    checked_at = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField(null=True)
    # What the package said: never tokens, never lists of users.
    observed_environment = models.CharField(max_length=200, blank=True)
    observed_external_id = models.CharField(max_length=100, blank=True)
    observed_code = models.CharField(max_length=100, blank=True)
    observed_name = models.CharField(max_length=200, blank=True)
    observed_kvk_number = models.CharField(max_length=20, blank=True)
    seen_as = models.CharField(max_length=200, blank=True)
    endpoint = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=100, blank=True)
    list_size = models.PositiveIntegerField(null=True)
    raw_status = models.JSONField(default=dict)
    # An attestation: who stated it here; who said so outside is in `words`.
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    moved_on = models.DateField(null=True, validators=[require_calendar])
    overrules_package = models.BooleanField(default=False)
    evidence = models.ForeignKey(
        EvidenceFile, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints = (
            # The moves' composite foreign key points here.
            models.UniqueConstraint(
                fields=[
                    "id",
                    "move",
                    "administration",
                    "connection",
                    "code_key",
                    "usable",
                ],
                name="proof_identity",
            ),
            models.CheckConstraint(
                condition=Q(kind=ProofKind.ATTESTED, verdict=Verdict.ATTESTED)
                & Q(attested_by__isnull=False)
                | Q(kind=ProofKind.VERIFIED) & ~Q(verdict=Verdict.ATTESTED),
                name="proof_kind_fits_verdict",
            ),
        )
        indexes = (models.Index(fields=["move", "-id"], name="proof_of_move"),)

    def __str__(self) -> str:
        return f"{self.verdict} {self.code} for move {self.move_id}"

    @property
    def is_attested(self) -> bool:
        return self.kind == ProofKind.ATTESTED


class ProofWords(models.Model):
    """People outside and a lead's reason: apart, so that they can be emptied."""

    proof = models.OneToOneField(
        Proof, on_delete=models.PROTECT, related_name="words", primary_key=True
    )
    said_by = models.CharField(max_length=200, blank=True)
    ticket = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True, max_length=2000)

    def __str__(self) -> str:
        return f"Words of proof {self.proof_id}"
