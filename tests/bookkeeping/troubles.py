"""The table of troubles: what can be the matter with a package, and what we make of it.

``docs/packages/README.md`` shows it to people; a test holds the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict
from rehearsal.world import Status
from tests.bookkeeping.world import CODES, Consented, Packages

V, P = Verdict, Package


class Hidden(str):
    """Why a package cannot show this trouble at all."""

    __slots__ = ()


NO_STATUS = Hidden("its list has no documented status")
NO_LICENCE = Hidden("no answer names the licence")
NO_REASON = Hidden("it gives no reason; see 403")
NO_DIVISIONS = Hidden("it has no divisions")
NO_ERROR = Hidden("its errors have a status of their own")
Expected = Verdict | Hidden


@dataclass(frozen=True)
class Scene:
    """A connection with a consent, before its trouble begins."""

    packages: Packages
    consented: Consented
    connection: BookkeepingConnection

    @property
    def package(self) -> Package:
        return Package(self.connection.package)

    def set(self, status: Status) -> None:
        self.packages.organisation(self.connection).administrations[0].status = status


@dataclass(frozen=True)
class Trouble:
    """How it comes about, and the verdict per package.

    ``codes``: what is asked for; the one administration that is there unless told.
    ``reason``: of all packages alike, where that is a promise. ``list_size``: so too.
    """

    cause: Callable[[Scene], None]
    verdicts: Mapping[Package, Expected]
    codes: Mapping[Package, str] | None = None
    reason: str | None = None
    list_size: int | None = None

    def code(self, package: Package) -> str:
        return (self.codes or CODES)[package]


def everywhere(verdict: Verdict, **others: Expected) -> dict[Package, Expected]:
    return {package: others.get(package.name, verdict) for package in Package}


def fault(name: str, **options: object) -> Callable[[Scene], None]:
    return lambda scene: scene.packages.befall(scene.connection, name, **options)  # type: ignore[arg-type] # each fault has options of its own


def status(wanted: Status) -> Callable[[Scene], None]:
    return lambda scene: scene.set(wanted)


def only_exact(verdict: Verdict, why: Hidden = NO_STATUS) -> dict[Package, Expected]:
    return {**dict.fromkeys(Package, why), P.EXACT_ONLINE: verdict}


def sign_in_elsewhere(scene: Scene) -> None:
    """The right code is there, and it is another office's."""
    other = scene.packages.connection(scene.package, "KANTOOR-B")
    scene.packages.add(other, CODES[scene.package])
    scene.consented(scene.connection, at=scene.packages.key(other))


def no_division(scene: Scene) -> None:
    scene.packages.organisation(scene.connection).administrations.clear()


def add_with_zeros(scene: Scene) -> None:
    scene.packages.add(scene.connection, ZEROS[scene.package])


def add_many(scene: Scene) -> None:
    for number in range(601, 730):
        scene.packages.add(scene.connection, f"{PREFIX.get(scene.package, '')}{number}")


def refuse_in_html(scene: Scene) -> None:
    """Of a token that is new: a renewal is no way out."""
    scene.packages.grow_old(scene.connection)
    scene.packages.befall(scene.connection, "unauthorised_html")


def renewing(name: str, **options: Any) -> Callable[[Scene], None]:
    """A fault of the token endpoint, where an old token is to be renewed."""

    def cause(scene: Scene) -> None:
        scene.packages.grow_old(scene.connection)
        scene.packages.befall(scene.connection, name, kind="token", **options)

    return cause


def spend(scene: Scene) -> None:
    """Somebody else renewed with our token, and we do not know the new one."""
    scene.packages.grow_old(scene.connection)
    for grant in scene.packages.rehearsal.world.grants:
        grant.spent, grant.refresh = [grant.refresh], ""


def revoke(scene: Scene) -> None:
    scene.packages.grow_old(scene.connection)
    scene.packages.revoke(scene.connection)


def err_in_200(scene: Scene) -> None:
    own = {P.ACCOUNTVIEW: "error_in_200", P.TWINFIELD: "business_error"}
    scene.packages.befall(scene.connection, own[scene.package])


ZEROS, BARE = dict.fromkeys(Package, "007"), dict.fromkeys(Package, "7")
PREFIX = {P.TWINFIELD: "NL", P.ACCOUNTVIEW: "K"}
LAST = {package: f"{PREFIX.get(package, '')}729" for package in Package}

TROUBLES: Mapping[str, Trouble] = {
    "nothing the matter": Trouble(lambda _scene: None, everywhere(V.FOUND_ACTIVE)),
    "another environment": Trouble(
        sign_in_elsewhere,
        everywhere(V.WRONG_ENVIRONMENT, UNIT4=NO_LICENCE, ACCOUNTVIEW=NO_LICENCE),
    ),
    "archived": Trouble(status(Status.ARCHIVED), only_exact(V.FOUND_NOT_USABLE)),
    "inactive": Trouble(status(Status.INACTIVE), only_exact(V.FOUND_NOT_USABLE)),
    "blocked": Trouble(status(Status.BLOCKED), only_exact(V.FOUND_NOT_USABLE)),
    "conversion busy": Trouble(
        status(Status.CONVERSION), only_exact(V.FOUND_NOT_USABLE)
    ),
    "two with the same code": Trouble(fault("dup"), everywhere(V.AMBIGUOUS)),
    "the same one twice": Trouble(fault("twice"), everywhere(V.FOUND_ACTIVE)),
    "a control character in a name": Trouble(
        fault("control"), everywhere(V.FOUND_ACTIVE)
    ),
    "one row without a list": Trouble(
        fault("lone"),
        everywhere(V.FOUND_ACTIVE, TWINFIELD=Hidden("its list is always XML")),
    ),
    "a list that is compressed": Trouble(fault("gzip"), everywhere(V.FOUND_ACTIVE)),
    "leading zeros": Trouble(add_with_zeros, everywhere(V.FOUND_ACTIVE), ZEROS),
    "leading zeros left out": Trouble(
        add_with_zeros,
        everywhere(V.NOT_FOUND_OR_NO_ACCESS, EXACT_ONLINE=V.FOUND_ACTIVE),
        BARE,
    ),
    "130 administrations": Trouble(
        add_many, everywhere(V.FOUND_ACTIVE), LAST, list_size=130
    ),
    "not shown": Trouble(fault("forget"), everywhere(V.NOT_FOUND_OR_NO_ACCESS)),
    "expired token": Trouble(
        lambda scene: scene.packages.grow_old(scene.connection),
        everywhere(V.FOUND_ACTIVE),
    ),
    "token that ended early": Trouble(
        lambda scene: scene.packages.expire(scene.connection),
        everywhere(V.FOUND_ACTIVE, EXACT_ONLINE=V.RATE_LIMITED),
    ),
    "revoked consent": Trouble(revoke, everywhere(V.AUTH_REQUIRED)),
    "the refresh token was used before": Trouble(
        spend, everywhere(V.AUTH_REQUIRED, TWINFIELD=Hidden("its token stays the same"))
    ),
    "renewing: temporarily_unavailable": Trouble(
        renewing("token_error", error="temporarily_unavailable"),
        everywhere(V.UNAVAILABLE),
    ),
    "renewing: an error that is new": Trouble(
        renewing("token_error", error="something_new", status=401),
        everywhere(V.UNAVAILABLE),
    ),
    "renewing: asked too early": Trouble(
        renewing("token_error", error="access_denied"),
        everywhere(V.UNAVAILABLE, EXACT_ONLINE=V.RATE_LIMITED),
    ),
    "renewing: 401 without a word": Trouble(
        renewing("answer", status=401), everywhere(V.AUTH_REQUIRED)
    ),
    "401 as HTML": Trouble(refuse_in_html, everywhere(V.AUTH_REQUIRED)),
    "403": Trouble(fault("forbidden"), everywhere(V.AUTH_REQUIRED)),
    "403 with a reason": Trouble(
        fault("forbidden", reason="BlockedUser"),
        everywhere(V.AUTH_REQUIRED, UNIT4=NO_REASON, ACCOUNTVIEW=NO_REASON),
    ),
    "403: no access to the division": Trouble(
        fault("forbidden", reason="NoDivisionAccess"),
        only_exact(V.AUTH_REQUIRED, NO_DIVISIONS),
        reason="no_division_access",
    ),
    "403: the division in use is outside the consent": Trouble(
        fault("outside_consent"), only_exact(V.AUTH_REQUIRED, NO_DIVISIONS)
    ),
    "403 as a page, not in UTF-8": Trouble(
        fault("html", status=403, charset="latin-1"),
        everywhere(V.UNAVAILABLE),
        reason="html",
    ),
    "403 that does not say who refuses": Trouble(
        fault("answer", status=403, body="Request blocked", content_type="text/plain"),
        everywhere(V.UNAVAILABLE),
        reason="turned_away",
    ),
    "no division in use": Trouble(
        no_division,
        only_exact(V.UNAVAILABLE, NO_DIVISIONS),
        reason="no_division",
    ),
    "400": Trouble(
        fault("answer", status=400),
        everywhere(V.CONFIG_ERROR),
        reason="request_refused",
    ),
    "a box unticked at the consent": Trouble(
        fault("without_claim", kind="who"),
        {
            **dict.fromkeys(Package, Hidden("its consent has no boxes")),
            P.TWINFIELD: V.AUTH_REQUIRED,
        },
        reason="claim_missing",
    ),
    "429 with a time": Trouble(
        fault("too_many", after=300), everywhere(V.RATE_LIMITED)
    ),
    "429 without a time": Trouble(fault("too_many"), everywhere(V.RATE_LIMITED)),
    **{
        f"{number}": Trouble(
            fault("server_error", status=number), everywhere(V.UNAVAILABLE)
        )
        for number in (500, 502, 503, 504)
    },
    "page about maintenance": Trouble(
        fault("html"), everywhere(V.UNAVAILABLE), reason="html"
    ),
    "empty answer": Trouble(fault("empty"), everywhere(V.UNAVAILABLE)),
    "time-out": Trouble(fault("hang"), everywhere(V.UNAVAILABLE), reason="timeout"),
    "cut connection": Trouble(
        fault("cut"), everywhere(V.UNAVAILABLE), reason="connection"
    ),
    "answer of 50 MB": Trouble(
        fault("huge"), everywhere(V.UNAVAILABLE), reason="too_large"
    ),
    "DOCTYPE bomb": Trouble(fault("doctype"), everywhere(V.UNAVAILABLE)),
    "redirect to another host": Trouble(
        fault("redirect"), everywhere(V.UNAVAILABLE), reason="redirect"
    ),
    "next page on another host": Trouble(
        fault("next_elsewhere"),
        only_exact(V.UNAVAILABLE, Hidden("its list has one page")),
    ),
    "error in a 200": Trouble(
        err_in_200,
        everywhere(V.UNAVAILABLE, EXACT_ONLINE=NO_ERROR, UNIT4=NO_ERROR),
    ),
}


def drawn() -> str:
    """The table as docs/packages/README.md shows it."""
    head = f"| trouble | {' | '.join(str(package.label) for package in Package)} |"
    lines = [head, "| --- |" + " --- |" * len(Package)]
    for name, trouble in TROUBLES.items():
        cells = (_cell(trouble.verdicts[package]) for package in Package)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(expected: Expected) -> str:
    return f"*cannot: {expected}*" if isinstance(expected, Hidden) else f"`{expected}`"
