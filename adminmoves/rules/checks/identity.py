"""Compares what the package shows with our record; a person looks at a difference."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from adminmoves.models import Administration, Proof
from adminmoves.rules.checks.base import (
    Check,
    Finding,
    Message,
    Target,
    ok,
    problem,
    todo,
    warning,
)
from adminmoves.vocabulary import Moment

LEGAL_FORMS = frozenset({"bv", "nv", "vof", "cv", "bvba", "srl", "gmbh", "ltd"})
SPELLED_OUT = {
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "vennootschap onder firma": "vof",
    "commanditaire vennootschap": "cv",
}


def name_key(name: str) -> str:
    """A name without case, accents, punctuation, and the spelling of a legal form."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = plain.replace("&", " en ").replace(".", "")
    plain = re.sub(r"[^\w]+", " ", plain).strip()
    for long, short in SPELLED_OUT.items():
        plain = re.sub(rf"\b{long}\b", short, plain)
    plain = re.sub(r"\b(b v|n v|v o f|c v)\b", lambda m: m[0].replace(" ", ""), plain)
    words = [word for word in plain.split() if word not in LEGAL_FORMS]
    return " ".join(words or plain.split())


def same_name(seen: str, recorded: str) -> bool:
    return bool(name_key(seen)) and name_key(seen) == name_key(recorded)


def same_kvk(seen: str, recorded: str) -> bool:
    """KvK numbers by their digits; an establishment number after it is left out."""
    first, second = (re.sub(r"\D", "", number)[:8] for number in (seen, recorded))
    return bool(first) and first.zfill(8) == second.zfill(8)


def other_name(proof: Proof, ours: Administration) -> bool:
    return bool(proof.observed_name) and not same_name(proof.observed_name, ours.name)


def other_kvk(proof: Proof, ours: Administration) -> bool:
    seen, recorded = proof.observed_kvk_number, ours.kvk_number
    return bool(seen and recorded) and not same_kvk(seen, recorded)


def recognised(target: Target) -> Finding:
    # Without an answer there is nothing to compare yet.
    proof, ours = target.proof, target.administration
    if proof is None or not proof.usable:
        return ok("attested") if target.has_statement else todo("unseen", "proof")
    name, kvk = other_name(proof, ours), other_kvk(proof, ours)
    if name:
        seen = {"seen": proof.observed_name, "known": ours.name}
        return problem("both" if kvk else "name", "proof", **seen)
    if kvk:
        seen = {"seen": proof.observed_kvk_number, "known": ours.kvk_number}
        return problem("kvk", "proof", **seen)
    if proof.observed_name:
        return ok()
    return ok("attested" if proof.is_attested else "nameless")


CHECKS = (
    Check(
        "recognised",
        warning(),
        recognised,
        {
            "unseen": Message(
                _("The package shows the same company"),
                _("The package has not shown it yet."),
            ),
            "name": Message(
                _("The package shows another name: %(seen)s"),
                _("Our record says %(known)s. Look whether it is the same company."),
            ),
            "kvk": Message(
                _("The package shows another KvK number: %(seen)s"),
                _("Our record says %(known)s. Look whether it is the same company."),
            ),
            "both": Message(
                _("The package shows another name and KvK number: %(seen)s"),
                _("Our record says %(known)s. Look whether it is the same company."),
            ),
            "attested": Message(_("Attested, so there is no name to compare")),
            "nameless": Message(_("The package shows no name to compare")),
            "ok": Message(_("The package shows the same company")),
        },
        holds_from=Moment.APPROVE,
    ),
)
