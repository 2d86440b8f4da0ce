"""The people of the portal: one role each, and the events of their changes."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group, User

from adminmoves import access
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.vocabulary import EventCode, Role

ROLES = (Role.SUPPORT_AGENT, Role.TEAM_LEAD, Role.AUDITOR, Role.ADMINISTRATOR)
"""The roles that a person can have; the portal itself has the others."""


def facts_of(user: User) -> dict[str, Any]:
    """The facts of a person that the trail stores."""
    return {
        "username": user.username,
        "name": user.get_full_name(),
        "role": access.role_of(user) or "",
        "active": user.is_active,
    }


def give_role(user: User, role: Role) -> None:
    """Replace all groups of a person by this role."""
    user.groups.set([Group.objects.get(name=role)])


def line_about_person(user: User, params: Mapping[str, object]) -> TrailEntry:
    return trail.about_person(user, EventCode.PERSON_CHANGED, params=params)
