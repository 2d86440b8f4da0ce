"""Refusals about moves and retirements."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from adminmoves.models.refusals.refusal import Refusal

OF_MOVES: Mapping[str, Refusal] = {
    "move_code_shape": Refusal(
        "to_code",
        _("A code has 1 to 100 characters and no spaces."),
        _("Write it as the package does."),
    ),
    "one_open_move_per_administration": Refusal(
        "administration",
        _(
            "Another migration of this administration is under way. Finish or "
            "withdraw that one first."
        ),
    ),
    "one_open_move_per_wanted_place": Refusal(
        "to_code",
        _(
            "Another open migration wants the same place. Choose another place or "
            "withdraw that one first."
        ),
    ),
    "one_open_move_per_wanted_address": Refusal(
        "to_code",
        _(
            "Another open migration wants the same e-mail address. Withdraw that one "
            "first, or have an administrator give one of the two a code of its own for "
            "the address."
        ),
    ),
    "move_approver_right": Refusal(
        "",
        _("You may no longer approve. Ask a team lead to approve it."),
    ),
    "move_not_before": Refusal(
        "",
        _("This migration does not start before its moment."),
    ),
    "move_queue_paused": Refusal(
        "",
        _("The queue is paused, so nothing starts."),
    ),
    "move_frozen": Refusal(
        "",
        _("An office of this migration is frozen, so it does not start."),
    ),
    "one_open_reverse_per_move": Refusal(
        "administration",
        _("A request to turn this migration back is open already."),
        _("Go on with that one, or withdraw it first."),
    ),
    "move_four_eyes": Refusal(
        "",
        _("Who worked on this request does not approve it. Ask another team lead."),
    ),
    "move_of_retired": Refusal(
        "administration",
        _(
            "The administration is retired. Have it brought back into use first, or "
            "choose another one."
        ),
    ),
    "retirement_open_move": Refusal(
        "reason",
        _(
            "A migration of this administration has not ended. Finish or withdraw it "
            "first."
        ),
    ),
    "retirement_right": Refusal("reason", _("You may no longer ask or decide this.")),
    "retirement_by_two": Refusal(
        "reason",
        _("You asked for this, so another team lead decides on it."),
    ),
    "retirement_reason": Refusal(
        "reason",
        _("Write the reason: it stays with the administration."),
    ),
    "one_waiting_retirement": Refusal("reason", _("Somebody asked this already.")),
    "move_origin": Refusal(
        "administration",
        _(
            "The administration is no longer where this request says. Open the "
            "request again and check it."
        ),
    ),
}
