"""The frame of every page: the menu, the person, the theme."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from adminmoves.access import MAY, can
from adminmoves.vocabulary import Role
from adminmoves.web.http import PortalRequest, actor_or_none, came_from
from adminmoves.web.menu import Entry, entries


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Without a role there is no menu."""

    language: str
    theme: str
    single_letter_keys: bool
    here: str
    name: str = ""
    role_label: str = ""
    pages: tuple[Entry, ...] = ()

    @property
    def other_theme(self) -> str:
        return "light" if self.theme == "dark" else "dark"

    @property
    def menu(self) -> list[Entry]:
        return [entry for entry in self.pages if entry.page.in_menu]


@dataclass(frozen=True, slots=True)
class FramePart:
    """What a cached part of the frame shows; ``nav`` is the key of the current page."""

    nav: str
    pages: tuple[Entry, ...]
    single_letter_keys: bool
    may_draft: bool
    may_approve: bool

    @property
    def menu(self) -> list[Entry]:
        return [entry for entry in self.pages if entry.page.in_menu]

    @property
    def tabs(self) -> list[Entry]:
        return [entry for entry in self.pages if entry.page.in_tabs]

    @property
    def more(self) -> list[Entry]:
        """Pages of the menu that have no tab on a phone."""
        return [entry for entry in self.menu if not entry.page.in_tabs]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy, since many answers are parts without a frame."""
    return {
        "frame": SimpleLazyObject(partial(_frame, request)),
        "may": SimpleLazyObject(partial(_rights, request)),
    }


def _rights(request: HttpRequest) -> dict[str, bool]:
    actor = actor_or_none(request)
    return {step.value: actor is not None and can(actor, step) for step in MAY}


def _frame(request: HttpRequest) -> PageFrame:
    prefs = cast("PortalRequest", request).preferences
    actor = actor_or_none(request)
    frame = PageFrame(
        language=translation.get_language() or "nl",
        theme=prefs.theme,
        single_letter_keys=prefs.single_letter_keys,
        # The address of a form is no page: return to the page that sent it.
        here=request.get_full_path() if request.method == "GET" else came_from(request),
    )
    if actor is None:
        return frame
    return replace(
        frame,
        name=actor.name,
        role_label=str(Role(actor.role).label),
        pages=tuple(entries(actor, cast("PortalRequest", request).waiting)),
    )
