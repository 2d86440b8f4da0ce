"""All that the page shows on which a draft is read through."""

from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from adminmoves.detail.reversal import WayBack, way_back_of
from adminmoves.evidence.records import Attestation, usable_proof
from adminmoves.intake.draft.statement import attestation_of, wants_attestation
from adminmoves.intake.form.checks import anchor_of, sentence_of
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.intake.form.package_answer import PackageAnswer, cached_answer
from adminmoves.intake.review.forms import SeenWarningsForm
from adminmoves.models import Move, Proof
from adminmoves.rules.checks.base import ENVIRONMENT_TYPES
from adminmoves.rules.preflight import Report, Result, inspect
from adminmoves.vocabulary import Moment

CLIENT_INFORMED_CHECK = "client_informed"


@dataclass
class ReviewPage:
    """A draft that is read through.

    ``ticked``: the keys of the warnings that were ticked; ``is_informed``: as ticked on
    this page, None if it has no such box. ``refused``: it was submitted and did not
    pass; ``meanwhile``: it was changed after it was read.
    """

    move: Move
    ticked: list[str]
    refused: bool = False
    meanwhile: bool = False
    is_informed: bool | None = None
    report: Report = field(init=False)
    form: SeenWarningsForm = field(init=False)

    def __post_init__(self) -> None:
        # As things are now: what was checked on the form may have changed since.
        self.report = inspect(self.move)
        self.form = SeenWarningsForm({"client_informed": self.client_informed})
        self.form.is_valid()
        for result in self.report.holding(Moment.SUBMIT):
            self.form.add_error(None, self._link(result))
        if not self.report.results:
            self.form.add_error(None, _("Choose the administration first."))
        if self.refused and self.unseen:
            self.form.add_error(None, _link_to(self.unseen))

    @property
    def way_back(self) -> WayBack | None:
        return way_back_of(self.move)

    @property
    def client_informed(self) -> bool:
        """As it was ticked on this page; else as the draft says."""
        ticked = self.is_informed
        return self.move.parties.client_informed if ticked is None else ticked

    def _link(self, result: Result) -> str:
        """A link to the field of the form where it is put right."""
        url = reverse("moves:form", args=[self.move.number])
        anchor = anchor_of(AnswersForm(move=self.move), result)
        return format_html('<a href="{}{}">{}</a>', url, anchor, sentence_of(result))

    @property
    def unseen(self) -> list[Result]:
        return [w for w in self.report.warnings if not self._is_seen(w)]

    def _is_seen(self, warning: Result) -> bool:
        # Ticking that the client knows answers the warning that they do not.
        if warning.code == CLIENT_INFORMED_CHECK and self.client_informed:
            return True
        return warning.key in self.ticked

    @property
    def asks_consent(self) -> bool:
        return self.move.intent in ENVIRONMENT_TYPES

    @property
    def waits_for_proof(self) -> bool:
        return self.attestation is None and self.proof is None

    @cached_property
    def package_answer(self) -> PackageAnswer | None:
        return cached_answer(self.move)

    @cached_property
    def attestation(self) -> Attestation | None:
        return attestation_of(self.move)

    @cached_property
    def proof(self) -> Proof | None:
        return usable_proof(self.move)

    @property
    def wants_attestation(self) -> bool:
        return wants_attestation(self.move.to_connection)


def _link_to(unseen: list[Result]) -> str:
    titles = "; ".join(warning.title for warning in unseen)
    sentence = _("Tick that you have seen this: %(titles)s.") % {"titles": titles}
    return format_html('<a href="#seen">{}</a>', sentence)
