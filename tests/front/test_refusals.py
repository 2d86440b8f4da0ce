"""How a refusal looks: never a fault, always with a reason and a way on."""

from typing import cast

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from adminmoves.access import actor_for
from adminmoves.errors import DomainError, NotAllowed, StepRefused
from adminmoves.models import Preferences
from adminmoves.vocabulary import Action, Right
from adminmoves.web.guards import portal_view
from adminmoves.web.http import PortalRequest

pytestmark = pytest.mark.django_db
FROM = "http://testserver/migraties/M-2026-00001/"


def request_of(user: User, method: str = "post", **headers: str) -> PortalRequest:
    made = getattr(RequestFactory(), method)("/akkoord/", headers=headers)
    request = cast("PortalRequest", made)
    request.user = user
    request.actor = actor_for(user)
    request.request_id = "1234-5678"
    request.preferences = Preferences(user=user)
    request.waiting = 0
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined] # noqa: SLF001 - as the middleware of messages does
    return request


@portal_view(Right.READ_MOVES)
def not_now(_request: PortalRequest) -> HttpResponse:
    raise DomainError("Kies eerst een kantoor.")


@portal_view(Right.READ_MOVES)
def too_late(_request: PortalRequest) -> HttpResponse:
    raise StepRefused("Teamleider 2 gaf om 10:45 akkoord.")


@portal_view(Action.APPROVE)
def leads_only(_request: PortalRequest) -> HttpResponse:
    return HttpResponse("ok")


def text_of(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.text


def message_texts(request: HttpRequest) -> list[str]:
    return [str(message) for message in get_messages(request)]


def test_a_refused_form_leads_back_with_the_reason(agent: User) -> None:
    request = request_of(agent, referer=FROM)

    answer = not_now(request)

    assert (answer.status_code, answer["Location"]) == (302, FROM)
    assert message_texts(request) == ["Kies eerst een kantoor."]


def test_a_refused_form_of_another_site_leads_home(agent: User) -> None:
    answer = not_now(request_of(agent, referer="https://example.com/"))

    assert answer["Location"] == "/"


def test_htmx_is_told_to_load_the_whole_page(agent: User) -> None:
    answer = not_now(request_of(agent, referer=FROM, hx_request="true"))

    assert (answer.status_code, answer["HX-Redirect"]) == (200, FROM)


def test_a_page_that_cannot_be_shown_does_not_lead_round_in_circles(
    agent: User,
) -> None:
    answer = not_now(request_of(agent, "get", referer=FROM))

    assert answer.status_code == 409


def test_who_comes_second_reads_who_and_what(agent: User) -> None:
    answer = too_late(request_of(agent, referer=FROM))

    assert answer.status_code == 409
    assert "Teamleider 2 gaf om 10:45 akkoord." in text_of(answer)
    assert f'href="{FROM}"' in text_of(answer)


def test_the_wrong_role_is_refused_before_the_page_runs(agent: User) -> None:
    with pytest.raises(NotAllowed):
        leads_only(request_of(agent))


def test_the_right_role_gets_the_page(lead: User) -> None:
    assert text_of(leads_only(request_of(lead))) == "ok"
