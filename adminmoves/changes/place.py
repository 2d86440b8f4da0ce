"""The wanted place must be free: Basecone never merges two administrations."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from adminmoves.changes.near import (
    ADDRESS_FORMER,
    ADDRESS_HELD,
    ADDRESS_WANTED,
    HOLDER,
    OTHER_MOVE,
    RIVAL,
    TWIN,
)
from adminmoves.changes.wish import (
    Check,
    Finding,
    Saying,
    Wish,
    hard,
    ok,
    problem,
    todo,
    waiting,
    warn,
)
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.vocabulary import OPEN_STATES, Moment


def no_other_move(wish: Wish) -> Finding:
    if OTHER_MOVE not in wish.near:
        return ok()
    other = (
        Move.objects.open()
        .filter(administration=wish.administration)
        .exclude(pk=wish.move_id)
        .first()
    )
    return problem("other", "administration", number=other.number) if other else ok()


def no_other_wish(wish: Wish) -> Finding:
    if not wish.is_complete:
        return todo("choose", "to_code")
    rival = _rival(wish) if RIVAL in wish.near else None
    return problem("rival", "to_code", number=rival.number) if rival else ok()


def place_free(wish: Wish) -> Finding:
    """Free now, or held by one that is on its way out: then it waits for that move."""
    if not wish.is_complete:
        return todo("choose", "to_code")
    holder = _holder(wish) if HOLDER in wish.near else None
    if holder is None:
        return ok()
    leaving = Move.objects.open().filter(administration=holder).first()
    if leaving is None:
        return problem("taken", "to_code", name=holder.name, code=holder.code)
    if closes_ring(wish, leaving):
        return problem("ring", "to_code", number=leaving.number)
    return waiting("leaving", Moment.START, number=leaving.number, name=holder.name)


def closes_ring(wish: Wish, leaving: Move) -> bool:
    """Whether the moves ahead lead back to where this administration is now."""
    here = (wish.administration.connection_id, wish.administration.code_key)
    ahead: Move | None = leaving
    passed: set[int] = set()
    while ahead is not None and ahead.pk not in passed:
        passed.add(ahead.pk)
        if (ahead.to_connection_id, ahead.to_code_key) == here:
            return True
        ahead = (
            Move.objects.filter(
                state__in=OPEN_STATES,
                administration__connection_id=ahead.to_connection_id,
                administration__code_key=ahead.to_code_key,
            )
            .exclude(administration_id=wish.administration.pk)
            .first()
        )
    return False


def code_and_name(wish: Wish) -> Finding:
    if not wish.is_complete:
        return todo("choose", "to_code")
    twin = TWIN in wish.near and (
        Administration.objects.filter(
            environment=wish.to_environment,
            code_key=wish.to_code_key,
            name=wish.administration.name,
        )
        .exclude(pk=wish.administration.pk)
        .exclude(connection=wish.to_connection)
        .exists()
    )
    return problem("twin", "to_code", code=wish.to_code) if twin else ok()


def address_free(wish: Wish) -> Finding:
    if not wish.to_address:
        return todo("choose", "to_code")
    other = _address_holder(wish) if ADDRESS_HELD in wish.near else None
    if other:
        return _address_held(wish, other)
    rival = _address_rival(wish) if ADDRESS_WANTED in wish.near else None
    if rival:
        return problem(
            "wanted", "to_code", address=wish.to_address, number=rival.number
        )
    if _formerly_of_another(wish, taken_over=False):
        return problem("kept", "to_code", address=wish.to_address)
    return ok()


def _address_holder(wish: Wish) -> Administration | None:
    others = Administration.objects.filter(mail_address=wish.to_address)
    return others.exclude(pk=wish.administration.pk).first()


def _address_rival(wish: Wish) -> Move | None:
    rivals = Move.objects.open().filter(to_address=wish.to_address)
    return rivals.exclude(administration=wish.administration).first()


def _address_held(wish: Wish, other: Administration) -> Finding:
    """Free only when the other gives up both it and the code that it is made of.

    Where the other is at the wanted place itself, ``place_free`` tells who waits.
    """
    address, office, link = wish.to_address, wish.to_environment, wish.to_connection
    here = (other.environment_id, other.code_key)
    leaving = Move.objects.open().filter(administration=other)
    move = leaving.exclude(to_address=address).first()
    if move is None or here != (office.pk if office else None, wish.to_code_key):
        return problem("taken", "to_code", address=address, name=other.name)
    if link and other.connection_id == link.pk:
        return ok()
    return waiting("leaving", Moment.START, number=move.number, name=other.name)


def address_inherited(wish: Wish) -> Finding:
    """An address that was another's comes along with the code that was another's."""
    if not wish.to_address:
        return todo("choose", "to_code")
    if _formerly_of_another(wish, taken_over=True):
        return problem("inherited", "to_code", address=wish.to_address)
    return ok()


def _holder(wish: Wish) -> Administration | None:
    return (
        Administration.objects.filter(
            connection=wish.to_connection, code_key=wish.to_code_key
        )
        .exclude(pk=wish.administration.pk)
        .first()
    )


def _rival(wish: Wish) -> Move | None:
    assert wish.to_connection is not None  # noqa: S101 - callers asked is_complete
    return (
        Move.objects.wanting(wish.to_connection.pk, wish.to_code_key)
        .exclude(pk=wish.move_id)
        .first()
    )


def _formerly_of_another(wish: Wish, *, taken_over: bool) -> bool:
    if ADDRESS_FORMER not in wish.near:
        return False
    former = FormerPlace.objects.filter(mail_address=wish.to_address).exclude(
        administration=wish.administration
    )
    ours = FormerPlace.objects.filter(
        mail_address=wish.to_address, administration=wish.administration
    )
    same_code = Q(environment=wish.to_environment, code_key=wish.to_code_key)
    kept = former.filter(same_code) if taken_over else former.exclude(same_code)
    return kept.exists() and not ours.exists()


CHOOSE = Saying(_("The wanted place"), _("Choose connection and code first."))

CHECKS = (
    Check(
        "no_other_move",
        hard(),
        no_other_move,
        {
            "other": Saying(
                _("Another migration of this administration is under way"),
                _("Finish or withdraw %(number)s first."),
            ),
            "ok": Saying(_("No other migration of this administration")),
        },
        fixed=True,
    ),
    Check(
        "no_other_wish",
        hard(),
        no_other_wish,
        {
            "choose": CHOOSE,
            "rival": Saying(
                _("Another migration wants the same place"),
                _("Choose another place, or withdraw %(number)s first."),
            ),
            "ok": Saying(_("No other migration wants this place")),
        },
        fixed=True,
    ),
    Check(
        "place_free",
        hard(),
        place_free,
        {
            "choose": CHOOSE,
            "taken": Saying(
                _("Another administration is at the wanted place"),
                _(
                    "%(name)s has code %(code)s there. Two are never merged: move or "
                    "remove that one first."
                ),
            ),
            "ring": Saying(
                _("These migrations wait for each other in a ring"),
                _("It closes with %(number)s. Give one of them an interim code first."),
            ),
            "leaving": Saying(
                _("Waits for %(number)s"),
                _("%(name)s is still at the wanted place, and on its way out."),
            ),
            "ok": Saying(_("The wanted place is free")),
        },
        fixed=True,
    ),
    Check(
        "code_and_name",
        hard(),
        code_and_name,
        {
            "choose": CHOOSE,
            "twin": Saying(
                _("Code and name exist already in that office"),
                _(
                    "An administration with code %(code)s and this name is there. "
                    "Change the code or the name first."
                ),
            ),
            "ok": Saying(_("Code and name are unique in that office")),
        },
        fixed=True,
    ),
    Check(
        "address_free",
        hard(),
        address_free,
        {
            "choose": CHOOSE,
            "taken": Saying(
                _("The e-mail address is in use"),
                _(
                    "%(address)s is of %(name)s. Give one of them a code of its own "
                    "for the address."
                ),
            ),
            "leaving": Saying(
                _("The e-mail address waits for %(number)s"),
                _("%(name)s still has it, and is on its way out."),
            ),
            "wanted": Saying(
                _("Another migration wants the same e-mail address"),
                _(
                    "%(number)s wants %(address)s. Give one of them a code of its own "
                    "for the address."
                ),
            ),
            "kept": Saying(
                _("The e-mail address was another administration's"),
                _(
                    "%(address)s keeps leading to that one. Give this administration "
                    "a code of its own for the address."
                ),
            ),
            "ok": Saying(_("The e-mail address is free")),
        },
        fixed=True,
    ),
    Check(
        "address_inherited",
        warn(),
        address_inherited,
        {
            "choose": CHOOSE,
            "inherited": Saying(
                _("The e-mail address was another administration's"),
                _(
                    "What suppliers still send to %(address)s arrives here. Search "
                    "will show both."
                ),
            ),
            "ok": Saying(_("The e-mail address was nobody else's")),
        },
    ),
)
