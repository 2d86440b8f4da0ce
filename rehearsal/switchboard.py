"""Leads each call to the package it is for, with the faults that befall it."""

from typing import Final

from rehearsal import accountview, exact, multivers, oauth, twinfield
from rehearsal.consent import consent
from rehearsal.faults import ELSEWHERE, Fault, Faults, Refuse, after_all, instead
from rehearsal.grants import Grant
from rehearsal.journal import Entry, Journal
from rehearsal.limits import Limits
from rehearsal.messages import Answer, Kind, Request, in_json
from rehearsal.service import Call, Route, Service
from rehearsal.world import World

SERVICES: Final = (
    twinfield.SERVICE,
    exact.SERVICE,
    multivers.SERVICE,
    accountview.SERVICE,
)


class Switchboard:
    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.limits = Limits()
        self.journal = Journal()

    def service_of(self, host: str) -> Service | None:
        return next((each for each in SERVICES if each.serves(host)), None)

    def answer(self, request: Request) -> tuple[Answer, Entry]:
        """The answer, and the line of the journal to close once it has left."""
        service = self.service_of(request.host)
        if service is None:
            entry = self.journal.begin(request, Kind.ELSEWHERE)
            return _nobody(request.host), entry
        if service.authorize.fullmatch(request.path):
            entry = self.journal.begin(request, Kind.CONSENT)
            return consent(request, self.world, service), entry
        route = service.find(request)
        if route is None:
            entry = self.journal.begin(request, Kind.ELSEWHERE)
            return service.refuse(404, ""), entry
        with self.world.lock:
            return self._api(request, service, route)

    def _api(
        self, request: Request, service: Service, route: Route
    ) -> tuple[Answer, Entry]:
        organisation = self._organisation(request, service, route)
        entry = self.journal.begin(request, route.kind, organisation)
        fault = self.faults.take(organisation, request.host, route.kind)
        entry.fault = fault.name if fault else ""
        grant = self._grant(request, service)
        call = Call(request, self.world, self.limits, service, route, grant, fault)
        return after_all(fault, _answer_of(call, _in_its_place(call, fault))), entry

    def _organisation(self, request: Request, service: Service, route: Route) -> str:
        """The organisation of a call, also when its token is no longer valid."""
        if route.kind == Kind.TOKEN:
            form = request.form
            secret = form.get("code") or form.get("refresh_token") or ""
        else:
            secret = service.token_in(request)
        grant = self.world.grants.behind(secret) if secret else None
        return grant.organisation if grant else ""

    def _grant(self, request: Request, service: Service) -> Grant | None:
        """The consent behind a valid token, where it was given to this package."""
        grant = self.world.grants.of(service.token_in(request))
        if grant is None or not service.serves(grant.host):
            return None
        fits = service.country_of(grant.host) == service.country_of(request.host)
        return grant if fits else None


def _in_its_place(call: Call, fault: Fault | None) -> Answer | None:
    if fault is None:
        return None
    seconds = fault.options.get("after")
    after = {} if seconds is None else call.service.after(float(seconds))
    return instead(fault, _shape(call), after=after)


def _shape(call: Call) -> Refuse:
    return oauth.refuse if call.route.kind == Kind.TOKEN else call.service.refuse


def _answer_of(call: Call, replaced: Answer | None) -> Answer:
    if replaced is not None:
        return replaced
    if call.route.guarded and call.grant is None:
        return call.service.refuse(401, "")
    return call.route.answer(call)


def _nobody(host: str) -> Answer:
    """Whoever follows a redirect ends here; the journal tells it."""
    return in_json({"taken": host}, 200 if host == ELSEWHERE else 421)
