"""Proof as people read it."""

from datetime import datetime

from django import template
from django.conf import settings

from adminmoves.bookkeeping import gateway
from adminmoves.evidence import records
from adminmoves.evidence.file_kinds import shown_as
from adminmoves.evidence.texts import proofs
from adminmoves.models import BookkeepingConnection, EvidenceFile, Proof
from adminmoves.vocabulary import Right

register = template.Library()


@register.simple_tag
def verdict_text(proof: Proof) -> proofs.VerdictText:
    return proofs.verdict_text(proof)


@register.filter
def proof_facts(proof: Proof) -> list[tuple[str, str]]:
    return proofs.facts_of(proof)


@register.filter
def holds_until(proof: Proof) -> datetime | None:
    return records.holds_until(proof)


@register.filter
def is_stale(proof: Proof) -> bool:
    return records.is_stale(proof)


@register.filter
def is_shown(file: EvidenceFile) -> bool:
    """Whether a browser shows it in place."""
    return bool(shown_as(file.content_type))


@register.filter
def is_picture(file: EvidenceFile) -> bool:
    return shown_as(file.content_type).startswith("image/")


@register.filter
def can_be_asked(connection: BookkeepingConnection) -> bool:
    return gateway.can_ask(connection)


@register.filter
def wants_package(connection: BookkeepingConnection) -> bool:
    """Whether the package can be asked, so that only a lead may attest instead, with a
    reason."""
    return records.attestation_right(connection) == Right.OVERRULE_PROOF


@register.simple_tag
def attested_days() -> int:
    return int(settings.PORTAL_ATTESTED_PROOF_DAYS)


@register.simple_tag
def largest_file() -> int:
    return int(settings.PORTAL_EVIDENCE_MAX_MB)
