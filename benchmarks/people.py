"""The people of the benchmarks, who cannot log in."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from adminmoves.access import Actor, actor_for
from adminmoves.vocabulary import Role


@dataclass(frozen=True, slots=True)
class People:
    agent: Actor
    lead: Actor


def make_people() -> People:
    """An agent and a team lead who cannot log in; call it as the owner."""
    return People(_person("agent", Role.SUPPORT_AGENT), _person("lead", Role.TEAM_LEAD))


def _person(name: str, role: Role) -> Actor:
    user = User.objects.create(username=name, password=make_password(None))
    user.groups.add(Group.objects.get(name=role))
    return actor_for(user)
