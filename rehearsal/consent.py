"""The page on which a person consents, the same for all four packages."""

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from rehearsal.markup import page
from rehearsal.messages import Answer, Request, see_other
from rehearsal.service import Service
from rehearsal.words import Language, language_of, translate
from rehearsal.world import Organisation, Package, World

LOOPBACK = ("127.0.0.1", "localhost")
NAMES: Mapping[Package, str] = {
    Package.TWINFIELD: "Twinfield",
    Package.EXACT_ONLINE: "Exact Online",
    Package.UNIT4: "Multivers",
    Package.ACCOUNTVIEW: "AccountView",
}


def consent(request: Request, world: World, service: Service) -> Answer:
    """The page, or after its form the way back with a code or with a refusal.

    A request that is not right is told to the person, and leads nowhere: only an
    address on this computer is ever returned to.
    """
    language = language_of(request.query, request.headers)
    if wrong := _wrong(request.query, world, service, language):
        return page(
            language, translate(language, "cannot"), f"<p>{escape(wrong)}</p>", 400
        )
    offered = world.of_package(
        service.package, service.country_of(request.host), request.host
    )
    if request.method == "POST":
        return _decided(request, world, offered)
    return _form(request, service, offered, language)


def _wrong(
    query: Mapping[str, str], world: World, service: Service, language: Language
) -> str:
    missing = [name for name in service.required if not query.get(name)]
    if missing:
        return translate(language, "missing", names=", ".join(missing))
    if query["response_type"] != "code":
        return translate(language, "missing", names="response_type=code")
    if query["client_id"] not in world.applications:
        return translate(language, "unknown_client", client=query["client_id"])
    if not _is_loopback(query["redirect_uri"]):
        return translate(language, "not_loopback")
    return ""


def _is_loopback(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def _form(
    request: Request,
    service: Service,
    offered: list[Organisation],
    language: Language,
) -> Answer:
    title = translate(language, "consent_title", package=NAMES[service.package])
    if not offered:
        return page(
            language, title, f"<p>{translate(language, 'no_organisation')}</p>", 400
        )
    asks = translate(language, "asks", client=request.query["client_id"])
    chosen = _chosen(request.query, offered)
    content = (
        f"<p>{escape(asks)}</p>"
        f'<form class="tall" method="post"><label>{translate(language, "organisation")}'
        f'<select name="organisation">{_options(offered, chosen)}</select></label>'
        f"{_scope_boxes(service, request.query, language)}"
        f"{_boxes(chosen, language)}"
        f'<button class="first" name="decision" value="allow">'
        f"{translate(language, 'allow')}</button>"
        f'<button name="decision" value="refuse">'
        f"{translate(language, 'refuse')}</button>"
        "</form>"
    )
    return page(language, title, content)


def _chosen(query: Mapping[str, str], offered: list[Organisation]) -> Organisation:
    """The one that the address names, else the first."""
    wanted = (query.get("organisation") or query.get("login_hint", "")).casefold()
    for each in offered:
        if wanted in (each.key.casefold(), each.name.casefold()):
            return each
    return offered[0]


def _options(offered: list[Organisation], chosen: Organisation) -> str:
    return "".join(
        f'<option value="{escape(each.key)}"{" selected" * (each is chosen)}>'
        f"{escape(each.name)} ({escape(each.title)})</option>"
        for each in offered
    )


def _boxes(chosen: Organisation, language: Language) -> str:
    """Boxes to leave out administrations of the chosen organisation."""
    boxes = "".join(
        f'<label class="tick"><input type="checkbox" name="left_out" '
        f'value="{escape(each.id)}">{escape(each.code)} {escape(each.name)}</label>'
        for each in chosen.administrations
    )
    legend = translate(language, "leave_out", owner=chosen.name)
    return (
        f"<details><summary>{escape(legend)}</summary>"
        f"<fieldset><legend>{escape(legend)}</legend>{boxes}</fieldset></details>"
    )


def _scope_boxes(service: Service, query: Mapping[str, str], language: Language) -> str:
    """Twinfield asks which rights to give; a box that is unticked is a right less."""
    if not service.asks_scopes:
        return ""
    boxes = "".join(
        f'<label class="tick"><input type="checkbox" name="scope" checked '
        f'value="{escape(each)}">{escape(each)}</label>'
        for each in query.get("scope", "").split()
    )
    legend = translate(language, "scopes")
    return (
        f"<fieldset><legend>{escape(legend)}</legend>"
        f'<input type="hidden" name="scopes" value="asked">{boxes}</fieldset>'
    )


def _ticked(form: Mapping[str, list[str]], requested: str) -> str:
    """The scopes that are given: all, unless the page asked for each."""
    if "scopes" not in form:
        return requested
    ticked = form.get("scope", [])
    return " ".join(each for each in requested.split() if each in ticked)


def _decided(request: Request, world: World, offered: list[Organisation]) -> Answer:
    form = parse_qs(request.body.decode("utf-8", "replace"))
    query = request.query
    if form.get("decision") != ["allow"]:
        return _back(query, {"error": "access_denied"})
    keys = {each.key: each for each in offered}
    organisation = keys.get(form.get("organisation", [""])[0])
    if organisation is None:
        return _back(query, {"error": "server_error"})
    with world.lock:
        code = world.grants.consent(
            organisation.key,
            client_id=query["client_id"],
            host=request.host,
            scope=_ticked(form, query.get("scope", "")),
            user=organisation.user_key,
            redirect_uri=query["redirect_uri"],
            left_out=form.get("left_out", []),
        )
    return _back(query, {"code": code})


def _back(query: Mapping[str, str], answer: dict[str, str]) -> Answer:
    address = query["redirect_uri"]
    if "state" in query:
        answer = answer | {"state": query["state"]}
    sign = "&" if urlsplit(address).query else "?"
    return see_other(f"{address}{sign}{urlencode(answer)}")
