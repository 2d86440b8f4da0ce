"""Moves, proofs and events: to be read here, changed by nobody."""

from django.contrib import admin

from adminmoves.admin.base import ReadAdmin
from adminmoves.admin.site import site
from adminmoves.models import Event, Move, Proof


@admin.register(Move, site=site)
class MoveAdmin(ReadAdmin[Move]):
    fields = (
        "number",
        "state",
        "move_type",
        "administration",
        "from_connection",
        "from_code",
        "from_address",
        "to_connection",
        "to_code",
        "to_address",
        "requested_by",
        "submitted_at",
        "approved_by",
        "approved_at",
        "started_at",
        "ended_at",
    )
    list_display = ("number", "state", "move_type", "administration", "state_since")
    list_select_related = ("administration__environment",)
    list_filter = ("state", "move_type")
    search_fields = ("from_code", "to_code", "administration__name")


@admin.register(Proof, site=site)
class ProofAdmin(ReadAdmin[Proof]):
    fields = (
        "move",
        "connection",
        "code",
        "kind",
        "verdict",
        "checked_at",
        "attested_by",
        "moved_on",
        "overrules_package",
    )
    list_display = ("move", "connection", "code", "kind", "verdict", "checked_at")
    list_select_related = ("move", "connection")
    list_filter = ("kind", "verdict")
    search_fields = ("code",)


@admin.register(Event, site=site)
class EventAdmin(ReadAdmin[Event]):
    fields = (
        "at",
        "actor_name",
        "actor_role",
        "code",
        "subject",
        "params",
        "stream",
        "stream_id",
        "position",
        "digest",
    )
    list_display = ("at", "actor_name", "code", "subject")
    list_filter = ("code", "actor_role")
    search_fields = ("subject", "actor_name")
