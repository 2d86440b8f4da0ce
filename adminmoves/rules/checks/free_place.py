"""The wanted place must be free: Basecone never merges two administrations."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from adminmoves.cleaning import MAX_ADDRESS_CHARS
from adminmoves.rules.checks.base import (
    Check,
    Finding,
    Message,
    Target,
    blocking,
    ok,
    problem,
    todo,
    waiting,
    warning,
)
from adminmoves.rules.checks.conflicts import (
    GIVEN_UP,
    HELD,
    HOLDER,
    INHERITED,
    KEPT,
    OTHER_MOVE,
    RING,
    RIVAL,
    TWIN,
    WANTED,
    Conflict,
)
from adminmoves.vocabulary import Moment


def in_use(target: Target) -> Finding:
    if target.administration.retired_by_id is not None:
        return problem("retired", "administration")
    return ok()


def no_other_move(target: Target) -> Finding:
    other = target.conflicts.get(OTHER_MOVE)
    return problem("other", "administration", number=other.number) if other else ok()


def no_other_target(target: Target) -> Finding:
    if not target.is_complete:
        return todo("choose", "to_code")
    rival = target.conflicts.get(RIVAL)
    return problem("rival", "to_code", number=rival.number) if rival else ok()


def place_free(target: Target) -> Finding:
    """Free now, or held by one that is on its way out: then it waits for that move."""
    if not target.is_complete:
        return todo("choose", "to_code")
    holder = target.conflicts.get(HOLDER)
    if holder is None:
        return ok()
    name, number = holder.name, holder.number
    if not number:
        facts = {"name": name, "code": holder.code, "holder": holder.page}
        return problem("taken", "to_code", **facts)
    if RING in target.conflicts:
        return problem("ring", "to_code", number=number)
    return waiting("leaving", Moment.START, number=number, name=name)


def code_and_name(target: Target) -> Finding:
    if not target.is_complete:
        return todo("choose", "to_code")
    return (
        problem("twin", "to_code", code=target.to_code)
        if TWIN in target.conflicts
        else ok()
    )


def address_free(target: Target) -> Finding:
    """Free now, or of one that gives up both it and the code that it is made of."""
    if not target.to_address:
        return todo("choose", "to_code")
    if len(target.to_address) > MAX_ADDRESS_CHARS:
        return problem("long", "to_code")
    return _address_free(target.to_address, target.conflicts)


def _address_free(address: str, conflicts: Mapping[str, Conflict]) -> Finding:
    if GIVEN_UP in conflicts:
        return ok()
    if holder := conflicts.get(HELD):
        name, number = holder.name, holder.number
        if not number:
            facts = {"address": address, "name": name, "holder": holder.page}
            return problem("taken", "to_code", **facts)
        return waiting("leaving", Moment.START, number=number, name=name)
    if wanted := conflicts.get(WANTED):
        return problem("wanted", "to_code", address=address, number=wanted.number)
    return problem("kept", "to_code", address=address) if KEPT in conflicts else ok()


def address_inherited(target: Target) -> Finding:
    """An address that was another's comes along with the code that was another's."""
    if not target.to_address:
        return todo("choose", "to_code")
    if INHERITED in target.conflicts:
        return problem("inherited", "to_code", address=target.to_address)
    return ok()


CHOOSE = Message(_("The wanted place"), _("Choose connection and code first."))

CHECKS = (
    Check(
        "in_use",
        blocking(),
        in_use,
        {
            "retired": Message(
                _("This administration is retired"),
                _(
                    "Choose the one that is in use, or have this one brought back into "
                    "use on its own page."
                ),
            ),
            "ok": Message(_("The administration is in use")),
        },
        fixed=True,
    ),
    Check(
        "no_other_move",
        blocking(),
        no_other_move,
        {
            "other": Message(
                _("Another migration of this administration is under way"),
                _("Finish or withdraw %(number)s first."),
            ),
            "ok": Message(_("No other migration of this administration")),
        },
        fixed=True,
    ),
    Check(
        "no_other_wish",
        blocking(),
        no_other_target,
        {
            "choose": CHOOSE,
            "rival": Message(
                _("Another migration wants the same place"),
                _("Choose another place, or withdraw %(number)s first."),
            ),
            "ok": Message(_("No other migration wants this place")),
        },
        fixed=True,
    ),
    Check(
        "place_free",
        blocking(),
        place_free,
        {
            "choose": CHOOSE,
            "taken": Message(
                _("Another administration is at the wanted place"),
                _(
                    "%(name)s has code %(code)s there. Two are never merged: move that "
                    "one first, or have it retired if it was made by mistake."
                ),
            ),
            "ring": Message(
                _("These migrations wait for each other in a ring"),
                _("It closes with %(number)s. Give one of them an interim code first."),
            ),
            "leaving": Message(
                _("Waits for %(number)s"),
                _("%(name)s is still at the wanted place, and on its way out."),
            ),
            "ok": Message(_("The wanted place is free")),
        },
        fixed=True,
    ),
    Check(
        "code_and_name",
        blocking(),
        code_and_name,
        {
            "choose": CHOOSE,
            "twin": Message(
                _("Code and name exist already in that office"),
                _(
                    "An administration with code %(code)s and this name is there. "
                    "Change the code, or have an administrator change the name."
                ),
            ),
            "ok": Message(_("Code and name are unique in that office")),
        },
        fixed=True,
    ),
    Check(
        "address_free",
        blocking(),
        address_free,
        {
            "choose": CHOOSE,
            "long": Message(
                _("The e-mail address would be longer than 320 characters"),
                _(
                    "Have an administrator give the administration a short own code "
                    "for the address."
                ),
            ),
            "taken": Message(
                _("The e-mail address is in use"),
                _(
                    "%(address)s is of “%(name)s”. Have an administrator give one of "
                    "them a code of its own for the address, or have that one retired "
                    "if it was made by mistake."
                ),
            ),
            "leaving": Message(
                _("The e-mail address waits for %(number)s"),
                _("%(name)s still has it, and is on its way out."),
            ),
            "wanted": Message(
                _("Another migration wants the same e-mail address"),
                _(
                    "%(number)s wants %(address)s. Have an administrator give one of "
                    "them a code of its own for the address."
                ),
            ),
            "kept": Message(
                _("The e-mail address was another administration's"),
                _(
                    "%(address)s keeps leading to that one. Have an administrator give "
                    "this administration a code of its own for the address."
                ),
            ),
            "ok": Message(_("The e-mail address is free")),
        },
        fixed=True,
    ),
    Check(
        "address_inherited",
        warning(),
        address_inherited,
        {
            "choose": CHOOSE,
            "inherited": Message(
                _("The e-mail address was another administration's"),
                _(
                    "What suppliers still send to %(address)s arrives here. Search "
                    "will show both."
                ),
            ),
            "ok": Message(_("The e-mail address was nobody else's")),
        },
    ),
)
