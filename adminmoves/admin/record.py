"""Moves, proofs and events in the admin; nobody changes them here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from adminmoves.admin.base import ReadAdmin, WordedFilter, shown
from adminmoves.admin.site import site
from adminmoves.models import Event, Move, Proof


@admin.register(Move, site=site)
class MoveAdmin(ReadAdmin[Move]):
    called = shown("number", _("number"))
    status = shown("state", _("status"))
    since = shown("state_since", _("since"))
    kind = shown("move_type", _("type"))
    administration_shown = shown("administration", _("administration"))
    left = shown("from_connection", _("connection before"))
    left_code = shown("from_code", _("code before"))
    left_address = shown("from_address", _("address before"))
    wanted = shown("to_connection", _("wanted connection"))
    wanted_code = shown("to_code", _("wanted code"))
    wanted_address = shown("to_address", _("wanted address"))
    asked_by = shown("requested_by", _("asked by"))
    asked_at = shown("submitted_at", _("submitted at"))
    agreed_by = shown("approved_by", _("approved by"))
    agreed_at = shown("approved_at", _("approved at"))
    begun_at = shown("started_at", _("started at"))
    done_at = shown("ended_at", _("ended at"))

    fields = (
        "called",
        "status",
        "since",
        "kind",
        "administration_shown",
        "left",
        "left_code",
        "left_address",
        "wanted",
        "wanted_code",
        "wanted_address",
        "asked_by",
        "asked_at",
        "agreed_by",
        "agreed_at",
        "begun_at",
        "done_at",
    )
    readonly_fields = fields
    list_display = ("called", "status", "since", "kind", "administration_shown")
    list_select_related = ("administration__environment",)
    list_filter = (("state", WordedFilter), ("move_type", WordedFilter))
    search_fields = ("from_code", "to_code", "administration__name")


@admin.register(Proof, site=site)
class ProofAdmin(ReadAdmin[Proof]):
    about = shown("move", _("migration"))
    connection_shown = shown("connection", _("connection"))
    seen_code = shown("code", _("code"))
    sort = shown("kind", _("kind of proof"))
    answer = shown("verdict", _("answer"))
    asked_at = shown("checked_at", _("given at"))
    said_by = shown("attested_by", _("attested by"))
    done_on = shown("moved_on", _("moved on"))
    in_place = shown("overrules_package", _("in place of the package"))

    fields = (
        "about",
        "connection_shown",
        "seen_code",
        "sort",
        "answer",
        "asked_at",
        "said_by",
        "done_on",
        "in_place",
    )
    readonly_fields = fields
    list_display = (
        "about",
        "connection_shown",
        "seen_code",
        "sort",
        "answer",
        "asked_at",
    )
    list_select_related = ("move", "connection")
    list_filter = (("kind", WordedFilter), ("verdict", WordedFilter))
    search_fields = ("code",)


@admin.register(Event, site=site)
class EventAdmin(ReadAdmin[Event]):
    moment = shown("at", _("moment"))
    who = shown("actor_name", _("who"))
    as_role = shown("actor_role", _("role"))
    what = shown("code", _("what"))
    about = shown("subject", _("about"))
    facts = shown("params", _("facts"))
    chain = shown("stream", _("chain"))
    chain_id = shown("stream_id", _("id"))
    position_shown = shown("position", _("place in the chain"))
    seal = shown("digest", _("digest"))

    fields = (
        "moment",
        "who",
        "as_role",
        "what",
        "about",
        "facts",
        "chain",
        "chain_id",
        "position_shown",
        "seal",
    )
    readonly_fields = fields
    list_display = ("moment", "who", "what", "about")
    list_filter = (("code", WordedFilter), ("actor_role", WordedFilter))
    search_fields = ("subject", "actor_name")
