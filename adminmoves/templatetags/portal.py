"""Tags and filters that more than one page uses."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from lucide.templatetags.lucide import lucide

from adminmoves.detail.comparison import Diff, diff_of, place_now, place_wanted
from adminmoves.detail.stepper import stops
from adminmoves.models import Administration, Move
from adminmoves.models.people import display_name
from adminmoves.rules import reasons
from adminmoves.rules.preflight import Result
from adminmoves.templatetags import events, moments, pieces
from adminmoves.vocabulary import (
    ENDED_STATES,
    MIXES,
    MOVE_TYPES,
    OPEN_STATES,
    STATES,
    Atom,
    Look,
    MoveState,
    MoveType,
    StepCode,
)

register = template.Library()
register.filters.update(moments.register.filters)
register.filters.update(events.register.filters)
register.filter(display_name)
register.tags.update(events.register.tags)
register.tags.update(pieces.register.tags)

MESSAGE_LOOKS: Mapping[str, Look] = {
    "success": Look("circle-check", "green"),
    "warning": Look("triangle-alert", "amber"),
    "error": Look("circle-x", "red"),
    "info": Look("info", "blue"),
    "debug": Look("info", "grey"),
}
URGENT_LOOK = Look("zap", "orange")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 18, cls: str = "") -> SafeString:
    """An icon next to a text, so hidden from screen readers; ``size`` in pixels."""
    attributes = {
        "class": f"icon {cls}".strip(),
        "aria-hidden": "true",
        "focusable": "false",
    }
    svg = lucide(str(name), size=size, **attributes)
    return mark_safe(svg)  # noqa: S308 - the pinned package drew it, nobody typed it


def _badge(look: Look, label: str, size: str) -> SafeString:
    return format_html(
        '<span class="badge {}" data-tone="{}">{}<span>{}</span></span>',
        size,
        look.tone,
        icon(look.icon, 14),
        label,
    )


@register.filter
def state_label(move: Move) -> str:
    """The name of its state; a draft that came back and a later start have another."""
    if move.is_sent_back:
        return _("Changes requested")
    if move.is_scheduled:
        return _("Scheduled")
    return str(MoveState(move.state).label)


@register.filter
def step_name(code: str) -> str:
    return str(StepCode(code).label)


@register.filter
def full_label(field: BoundField) -> str:
    """The label of a field outside its form, where the form may add whose it is."""
    full_label_of = getattr(field.form, "full_label", None)
    return str(full_label_of(field.name) if full_label_of else field.label)


@register.simple_tag
def state(move: Move, size: str = "") -> SafeString:
    return _badge(move.look, state_label(move), size)


@register.simple_tag
def urgent(move: Move) -> SafeString:
    """A badge next to the state in a list; empty once the move is over."""
    if not move.urgent or move.state in ENDED_STATES:
        return SafeString("")
    return _badge(URGENT_LOOK, _("Urgent"), "")


@register.simple_tag
def state_badge(value: str, size: str = "") -> SafeString:
    """A state by its value, where there is no move."""
    move_state = MoveState(value)
    return _badge(STATES[move_state].look, str(move_state.label), size)


@register.filter
def initials(name: str) -> str:
    """Two characters for an avatar: T2 for "Teamleider 2"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:])[: len(words)]).upper()


@register.filter
def keep_end(text: str) -> str:
    """Keep the last word whole where it fits a line: a licence breaks at no hyphen.

    An e-mail address that does not fit breaks behind its @.
    """
    head, space, end = text.rpartition(" ")
    parts = format_html_join(
        mark_safe("@<wbr>"), "{}", ((part,) for part in end.split("@"))
    )
    return format_html('{}{}<span class="nw">{}</span>', head, space, parts)


@register.filter
def message_tone(level: str) -> str:
    return MESSAGE_LOOKS[level].tone


@register.filter
def message_icon(level: str) -> str:
    return MESSAGE_LOOKS[level].icon


@register.filter
def number(value: float) -> str:
    """4.812 in Dutch, 4,812 in English."""
    return number_format(value, force_grouping=True)


@register.filter
def counted(administration: Administration, name: str) -> str:
    """The count of that name, or "unknown" where the administration was not counted."""
    if not administration.is_counted:
        return _("unknown")
    return number(getattr(administration, name))


def _letters() -> tuple[tuple[Atom, str, str], ...]:
    return (
        (Atom.ENVIRONMENT, pgettext("change glyph", "E"), _("environment")),
        (Atom.CODE, pgettext("change glyph", "C"), _("code")),
        (Atom.CONNECTION, pgettext("change glyph", "S"), _("accounting system")),
    )


def _cell(atom: Atom, changes: frozenset[Atom]) -> str:
    if atom in changes:
        return "1"
    comes_along = atom is Atom.CONNECTION and Atom.ENVIRONMENT in changes
    return "half" if comes_along else "0"


@register.simple_tag
def glyph(move_type: str) -> SafeString:
    """Three cells: filled changes, half comes along, grey stays."""
    changes = MIXES[MoveType(move_type)]
    words = _(" and ").join(word for atom, _l, word in _letters() if atom in changes)
    label = _("changes: %(what)s") % {"what": words}
    if Atom.ENVIRONMENT in changes:
        label = _("%(changes)s; the accounting system comes along") % {"changes": label}
    cells = format_html_join(
        "",
        '<i data-on="{}">{}</i>',
        ((_cell(atom, changes), letter) for atom, letter, _w in _letters()),
    )
    return format_html(
        '<span class="glyph" role="img" aria-label="{}">{}</span>', label, cells
    )


@register.filter
def short_type(move_type: str) -> str:
    """A type in a word or two, for a narrow column next to its glyph."""
    return str(MOVE_TYPES[MoveType(move_type)].short)


@register.inclusion_tag("partials/route.html")
def route(move: Move) -> dict[str, object]:
    """From and to in codes; a difference is marked, but not one of capitals alone."""
    now, then = place_now(move), place_wanted(move)
    is_new_office = now.office_code != then.office_code
    is_new_office = now.office_code != then.office_code
    is_new_code = now.code.upper() != then.code.upper()
    goes_to = (then.environment, then.connection) if move.state in OPEN_STATES else ()
    inactive = [str(place) for place in goes_to if place and not place.is_active]
    return {
        "now": now,
        "then": then,
        "is_new_office": is_new_office,
        "is_new_code": is_new_code,
        "inactive": inactive,
    }


@register.inclusion_tag("partials/stepper.html")
def stepper(move: Move, starts_at: datetime | None) -> dict[str, object]:
    return {"stops": stops(move, starts_at)}


@register.simple_tag
def difference(move: Move) -> Diff | None:
    return diff_of(move)


def _parts(address: str) -> tuple[str, ...]:
    local, at, domain = address.partition("@")
    office, dot, code = local.partition(".")
    return (office, dot, code, at, domain)


@register.simple_tag
def address(then: str, now: str = "") -> SafeString:
    """An e-mail address in which the parts that differ from ``now`` are marked."""
    pairs = zip(_parts(then), _parts(now or then), strict=True)
    return format_html_join(
        mark_safe("<wbr>"),
        '<span class="{}">{}</span>',
        (("seg" if new != old else "", new) for new, old in pairs if new),
    )


@register.filter
def outcome(results: Iterable[Result], value: str) -> list[Result]:
    """The checks with that outcome."""
    return [result for result in results if result.outcome == value]


@register.filter
def once(results: Iterable[Any]) -> list[Any]:
    """The checks without those that have the same text as another one."""
    by_text = {(str(check.title), str(check.remedy)): check for check in results}
    return list(by_text.values())


OUTCOMES = ("blocking", "warning", "waiting", "todo", "passed")


@register.simple_tag
def check_meter(results: Iterable[Result]) -> SafeString:
    """One segment per check, what needs work first."""
    kinds = sorted((str(result.outcome) for result in results), key=OUTCOMES.index)
    bars = format_html_join(
        "",
        '<rect class="m-{}" x="{}" y="0" width="0.88" height="1" rx="0.1"/>',
        ((kind, place) for place, kind in enumerate(kinds)),
    )
    return format_html(
        '<svg class="meter" viewBox="0 0 {} 1" preserveAspectRatio="none"'
        ' aria-hidden="true">{}</svg>',
        len(kinds) or 1,
        bars,
    )


@register.filter
def reason_text(stored: Mapping[str, object]) -> reasons.Reason | None:
    """A stored reason as a sentence; None where none is stored."""
    return reasons.tell(stored)
