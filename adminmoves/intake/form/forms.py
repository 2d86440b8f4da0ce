"""The form of a request: the fields that a type needs, and how an answer is read."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from adminmoves.cleaning import require_coming
from adminmoves.intake.draft.forms import CARRIED_FIELDS
from adminmoves.intake.form.fields import (
    APPROVED,
    FOLLOWING_TICKETS,
    FULL_LABELS,
    OWN,
    PAGE_ORDER,
    TONIGHT,
    TYPED_STATEMENT,
    AnswerFields,
)
from adminmoves.intake.pickers.choices import connection_choices, office_choices
from adminmoves.models import Administration, Move, PackageProfile
from adminmoves.rules.checks.base import (
    CODE_TYPES,
    ENVIRONMENT_TYPES,
    OTHER_CONNECTION_TYPES,
)
from adminmoves.scheduling.queue import next_evening
from adminmoves.vocabulary import MoveState, MoveType, Package

NAME_AND_MAIL = re.compile(r"\s*(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s]+@[^<>\s]+)>\s*")
VERSION = re.compile(r"[0-9]{1,9}")
FOCUSABLE = frozenset(
    {
        "administration",
        "to_environment",
        "to_connection",
        "to_code",
        *CARRIED_FIELDS,
        "consent_on",
        "consent_accepts_costs",
    }
)
"""A new page puts the cursor in the first of these that is empty."""


class AnswersForm(AnswerFields):
    """All answers of a request; a type keeps only the fields that it needs.

    Nothing is refused for being empty: a draft may be saved half filled in, and the
    checks say what is missing.
    """

    use_required_attribute = False
    is_statement_emptied = False

    def __init__(self, *args: Any, move: Move, **options: Any) -> None:
        self.move = move
        options.setdefault("initial", initial_of(move))
        super().__init__(*args, **options)
        for name in left_out_fields(MoveType(move.intent)):
            del self.fields[name]
        self.order_fields(PAGE_ORDER)
        administration = self.chosen("administration")
        self._offer_choices(administration)
        self._show_example_code(administration)
        self._name_the_evening()
        self._mark_required()
        self._focus_first_empty()

    def _offer_choices(self, administration: Administration | None) -> None:
        if "to_environment" in self.fields:
            office = self.chosen("to_environment")
            choices = office_choices(administration)
            self.fields["to_environment"].widget.choices = choices
        else:
            office = administration and administration.environment
        if "to_connection" in self.fields:
            connections = connection_choices(administration, office)
            self.fields["to_connection"].widget.choices = connections

    def _show_example_code(self, administration: Administration | None) -> None:
        if administration is None or "to_code" not in self.fields:
            return
        profile = PackageProfile.objects.filter(pk=administration.package).first()
        if profile:
            self.fields["to_code"].help_text = _(
                "Exactly as in %(package)s, for example %(example)s"
            ) % {
                "package": Package(profile.package).label,
                "example": profile.code_example,
            }

    def _name_the_evening(self) -> None:
        # After 20:00 the next evening is tomorrow's.
        if next_evening().date() != timezone.localdate():
            widget = self.fields["when"].widget
            at_once, _tonight, own = widget.choices
            widget.choices = [at_once, (TONIGHT, _("Tomorrow after 20:00")), own]

    def _mark_required(self) -> None:
        for field in self.fields.values():
            # aria-required belongs on a group of radio buttons, not on each of them.
            if field.required and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["aria-required"] = "true"

    def _focus_first_empty(self) -> None:
        focusable = (name for name in self.fields if name in FOCUSABLE)
        first = next((name for name in focusable if not self[name].value()), None)
        if first and not self.is_bound and self.move.state == MoveState.DRAFT:
            self.fields[first].widget.attrs["autofocus"] = True

    def chosen(self, name: str) -> Any:
        """The value of a field, sent or stored; None if it is left out or wrong."""
        if name not in self.fields:
            return None
        field = self.fields[name]
        try:
            return field.clean(self[name].value())
        except forms.ValidationError:
            return None

    def full_clean(self) -> None:
        super().full_clean()
        # Fields are required, so that the page marks them; a draft is saved without.
        for name, errors in list(self.errors.items()):
            if errors.as_data()[0].code == "required":
                del self.errors[name]
                self.cleaned_data[name] = self.fields[name].to_python("")
        if self.is_bound:
            for party in ("requester", "consent"):
                self._split_contact(f"{party}_name", f"{party}_email")
            self._follow_ticket()

    def _split_contact(self, name: str, email: str) -> None:
        """Name and address in one, as a mail program copies them."""
        both = NAME_AND_MAIL.fullmatch(self.cleaned_data.get(name, ""))
        if not both or self.data.get(email):
            return
        try:
            self.fields[email].clean(both["email"])
        except forms.ValidationError:
            # It stays where it was pasted, to be read there.
            return
        self.put(name, both["name"])
        self.put(email, both["email"])

    def _follow_ticket(self) -> None:
        """One ticket serves for all, where no other is given and none was emptied."""
        ticket = self.cleaned_data.get("requester_ticket", "")
        former = self.move.parties.requester_ticket
        group = FOLLOWING_TICKETS["moved_ticket"]
        is_stated = any(self.cleaned_data.get(name) for name in group)
        wanted = {"consent_ticket", *(["moved_ticket"] if is_stated else [])}
        for name in wanted & self.cleaned_data.keys():
            sent = self.cleaned_data[name]
            follows = sent == former if sent else self._was_never_filled_in(name)
            if follows:
                self.put(name, ticket)

    def _was_never_filled_in(self, name: str) -> bool:
        """Whether a ticket is still to be filled in; a page with scripts did that."""
        parties = self.move.parties
        is_begun = any(getattr(parties, other) for other in FOLLOWING_TICKETS[name])
        was_left_empty = is_begun and bool(parties.requester_ticket)
        has_file = name == "moved_ticket" and (
            self.cleaned_data.get("moved_file") or parties.moved_evidence_id
        )
        return not (
            getattr(parties, name)
            or was_left_empty
            or has_file
            or self.data.get("followed")
        )

    def put(self, name: str, value: str) -> None:
        """Set an answer that follows from another one, as if it was sent."""
        # The data of a request cannot be changed, so it is copied.
        data: MultiValueDict[str, Any] = MultiValueDict()
        data.update(self.data)
        data[name] = value
        self.data = data
        self.cleaned_data[name] = self.fields[name].to_python(value)

    def empty_statement(self, names: Collection[str]) -> None:
        """Empty these: what was sent was about another place."""
        self.is_statement_emptied = True
        for name in names:
            self.put(name, "")

    @property
    def has_answer(self) -> bool:
        """Whether anything was sent that the page did not fill in by itself."""
        sent = self.data.keys() | self.files.keys()
        return any(name in sent for name in self.changed_data if name != "version")

    def full_label(self, name: str) -> str:
        return str(FULL_LABELS.get(name) or self.fields[name].label)

    def in_words(self, name: str) -> str:
        """An answer as people read it, also one that is wrong."""
        value, field = self[name].value(), self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("Yes") if value else _("No")
        if name == "when":
            return str(dict(field.widget.choices).get(value, ""))
        chosen = self.chosen(name)
        if isinstance(chosen, datetime):
            return formats.date_format(timezone.localtime(chosen), "j F Y H:i")
        if isinstance(chosen, date):
            return formats.date_format(chosen, "j F Y")
        return str(value or "") if chosen is None else str(chosen)

    def clean_own_moment(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["own_moment"]
        if self.cleaned_data.get("when") != OWN:
            return None
        if moment is None:
            raise forms.ValidationError(_("Choose the day and the time."))
        require_coming(moment)
        return moment

    @property
    def answers(self) -> dict[str, Any]:
        """The answers that can be saved, by the names of `ANSWER_FIELDS`."""
        left_out = {"version", "when", "own_moment", "moved_file", "drop_file"}
        if "moved_said_by" not in self.data:
            # The page did not ask for it, so what was stated before stays.
            left_out |= set(TYPED_STATEMENT)
        answers = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in left_out
        }
        if "own_moment" in self.cleaned_data:
            answers["not_before"] = self._not_before()
        if self.cleaned_data.get("drop_file"):
            answers["moved_evidence"] = None
        return answers

    def _not_before(self) -> datetime | None:
        if self.cleaned_data.get("when") == TONIGHT:
            return next_evening()
        own: datetime | None = self.cleaned_data["own_moment"]
        return own


def read_version(data: Mapping[str, object]) -> int:
    """The ``draft_version`` that was read: the one that the page showed, or the one
    that it is to be saved over. 0 if none was sent; no draft has that."""
    names = ("over", "take_over", "version")
    version = next((str(data[name]) for name in names if data.get(name)), "")
    return int(version) if VERSION.fullmatch(version) else 0


def left_out_fields(intent: MoveType) -> list[str]:
    """The fields that a type does not ask, since their answers follow by themselves."""
    names = []
    if intent not in ENVIRONMENT_TYPES:
        names += ["to_environment", "consent_name", "consent_email", "consent_on"]
        names += ["consent_ticket", "consent_accepts_costs"]
    if intent not in CODE_TYPES:
        names.append("to_code")
    if intent not in OTHER_CONNECTION_TYPES:
        names.append("to_connection")
    return names


def initial_of(move: Move) -> dict[str, Any]:
    """The answers of a draft as the form's initial values."""
    # Only the moment is stored, so which of the choices it was follows from it.
    when = APPROVED
    if move.not_before is not None:
        when = TONIGHT if move.not_before == next_evening() else OWN
    party_answers = {
        name: getattr(move.parties, name)
        for name in AnswersForm.base_fields
        if hasattr(move.parties, name)
    }
    return {
        "administration": move.administration,
        "to_environment": move.to_environment,
        "to_connection": move.to_connection,
        "to_code": move.to_code,
        **party_answers,
        "when": when,
        "own_moment": move.not_before,
        "version": str(move.draft_version),
    }
