"""A proof in words for people: what it means, what helps, what the package showed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.evidence.texts.failures import remedies_of, why_of
from adminmoves.evidence.texts.verdicts import (
    ACCESS,
    MEANINGS,
    NOT_LET_IN,
    NOT_MOVED,
    NOT_RECOGNISED,
    OF_THE_USER,
    OLD_PLACE,
    SECOND_LOOK,
    Meaning,
)
from adminmoves.models import Proof
from adminmoves.vocabulary import Look, Package, Verdict


@dataclass(frozen=True, slots=True)
class VerdictText:
    """A ``Meaning`` with the names of one proof filled in.

    ``why``: the reason of the package in words, or "". ``old_place``: what the old
    place shows, or "". ``wants_consent``: the text links to the connection.
    """

    look: Look
    head: str
    says: str
    todo: tuple[str, ...]
    why: str = ""
    old_place: str = ""
    wants_consent: bool = False


def verdict_text(proof: Proof) -> VerdictText:
    verdict = Verdict(proof.verdict)
    meaning = _meaning_of(proof)
    names = {
        "connection": str(proof.connection),
        "code": proof.code,
        "seen": proof.observed_environment,
        "user": proof.seen_as or str(_("our user")),
    }
    return VerdictText(
        meaning.look,
        str(meaning.head) % names,
        str(meaning.says) % names,
        _todo(proof, meaning, names),
        why=why_of(str(proof.raw_status.get("reason", ""))),
        old_place=str(_old_place(proof)),
        wants_consent=verdict in {Verdict.AUTH_REQUIRED, Verdict.CONFIG_ERROR},
    )


def _todo(proof: Proof, meaning: Meaning, names: Mapping[str, str]) -> tuple[str, ...]:
    """The remedies of the reason, else of the verdict."""
    reason = str(proof.raw_status.get("reason", ""))
    if proof.verdict in {Verdict.AUTH_REQUIRED, Verdict.CONFIG_ERROR}:
        own = remedies_of(reason, proof.connection.package)
        # The first line is about the connection; a team lead can still attest.
        rest = meaning.todo[1:] if own else meaning.todo
        return (*own, *(str(line) % names for line in rest))
    return tuple(str(line) % names for line in meaning.todo)


def _meaning_of(proof: Proof) -> Meaning:
    if not proof.counts:
        return NOT_RECOGNISED
    if proof.verdict == Verdict.AUTH_REQUIRED:
        user = proof.raw_status.get("reason") in OF_THE_USER
        return NOT_LET_IN if user else MEANINGS[Verdict.AUTH_REQUIRED]
    meaning = MEANINGS[Verdict(proof.verdict)]
    if meaning is not MEANINGS[Verdict.NOT_FOUND_OR_NO_ACCESS]:
        return meaning
    # How an administration becomes visible differs per package.
    seen = SECOND_LOOK.get(proof.raw_status.get("all_divisions", ""))
    access = ACCESS[Package(proof.connection.package)]
    return seen or replace(meaning, todo=meaning.todo + access)


def _old_place(proof: Proof) -> Promise | str:
    # In both places it may be a copy; in the old place only, it was not moved yet.
    shown = proof.raw_status.get("old_place", "")
    if shown == "still_shown" and proof.verdict == Verdict.NOT_FOUND_OR_NO_ACCESS:
        return NOT_MOVED
    return OLD_PLACE.get(shown, "")


def facts_of(proof: Proof) -> list[tuple[str, str]]:
    """(name, value) of what the package showed, without what it did not show."""
    size = "" if proof.list_size is None else str(proof.list_size)
    facts = (
        (_("Code there"), proof.observed_code),
        (_("Name there"), proof.observed_name),
        (_("KvK number there"), proof.observed_kvk_number),
        (_("Id in the package"), proof.observed_external_id),
        (_("Seen as user"), proof.seen_as),
        (_("Licence or organisation"), proof.observed_environment),
        (_("Administrations shown"), size),
        (_("Asked of"), proof.endpoint),
        (_("Number of the request"), proof.request_id),
    )
    return [(str(name), value) for name, value in facts if value]
