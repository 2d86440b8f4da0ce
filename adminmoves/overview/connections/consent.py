"""Consent of a package: leave for its own page, come back with a code, store tokens.

The way there is a link, so that the content policy needs no exception; the state that
travels along is signed, holds ten minutes, and belongs to one person and one session.
"""

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.bookkeeping import connection_lock, gateway, oauth
from adminmoves.bookkeeping.answers import Evidence, NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.gateway import ConnectionBusy, adapter_of
from adminmoves.bookkeeping.grants import facts_of, lose
from adminmoves.bookkeeping.http import Wire
from adminmoves.bookkeeping.list_cache import forget_list
from adminmoves.bookkeeping.oauth import OAuth, Tokens, client_of
from adminmoves.bookkeeping.record import recorded
from adminmoves.errors import ChangedMeanwhile, StepRefused
from adminmoves.evidence.failure_texts import why_of
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    Move,
)
from adminmoves.models.people import display_name
from adminmoves.vocabulary import EventCode, LostGrant, MoveState, Right, Verdict

SALT = "adminmoves.consent"
MAX_CONSENT_SECONDS = 600
SECONDS = 30.0
REFUSED_PORTAL = frozenset(
    {
        *("unauthorized_client", "invalid_client", "invalid_request"),
        *("invalid_scope", "unsupported_response_type"),
    }
)
PASSING = frozenset({"server_error", "temporarily_unavailable"})


def leave_for(
    connection: BookkeepingConnection, *, actor: Actor, redirect_uri: str
) -> tuple[str, str]:
    """The package's page, and the nonce that the session keeps until the return."""
    access.require(actor, Right.KEEP_ESTATE)
    way, client = _registered(connection)
    nonce = secrets.token_urlsafe(16)
    said = {"connection": connection.pk, "person": actor.person, "nonce": nonce}
    page = oauth.consent_page(
        way,
        client[0],
        redirect_uri=redirect_uri,
        state=signing.dumps(said, salt=SALT),
        nonce=nonce,
    )
    return page, nonce


def connection_of(
    state: str, nonces: Sequence[str], *, actor: Actor
) -> tuple[BookkeepingConnection, str]:
    """The connection of a state that is ours, fresh, of this person and session.

    ``nonces``: what the session keeps. The one that is returned has been used.
    """
    access.require(actor, Right.KEEP_ESTATE)
    try:
        said: dict[str, Any] = signing.loads(
            state, salt=SALT, max_age=MAX_CONSENT_SECONDS
        )
    except signing.BadSignature as broken:
        raise _strange() from broken
    if said["nonce"] not in nonces or said["person"] != actor.person:
        raise _strange()
    return BookkeepingConnection.objects.get(pk=said["connection"]), said["nonce"]


def _strange() -> StepRefused:
    return StepRefused(
        _(
            "This return from the package does not belong to a consent that you "
            "started less than ten minutes ago. Open the connection and start again."
        )
    )


def connect(
    connection: BookkeepingConnection, code: str, *, actor: Actor, redirect_uri: str
) -> None:
    """Exchange the code and store what it gives. Raises StepRefused in words."""
    access.require(actor, Right.KEEP_ESTATE)
    way, client = _registered(connection)
    doors = adapter_of(connection).doors(connection)
    calls: list[ConnectionCall] = []
    try:
        with (
            connection_lock.connection_lock(connection, SECONDS),
            Wire(doors, SECONDS) as wire,
        ):
            with recorded(calls, connection, "token", wire) as noting:
                tokens = oauth.exchange(
                    noting, way, client, code=code, redirect_uri=redirect_uri
                )
            _store(connection, way, tokens, actor=actor, redirect_uri=redirect_uri)
    except ConnectionBusy as busy:
        raise StepRefused(
            _("This connection is being asked at this moment. Connect it again soon.")
        ) from busy
    except NoAnswer as no:
        raise StepRefused(_told(no)) from no
    finally:
        gateway.keep_calls(connection, calls)


def told_of(error: str) -> str:
    """What an error means that came back from the consent page (RFC 6749 4.1.2.1)."""
    if error == "access_denied":
        return _("No consent was given, so nothing has changed.")
    if error in REFUSED_PORTAL:
        return _(
            "The package does not accept how the portal is registered there, so "
            "nothing has changed. Whoever runs the portal can look at that."
        )
    if error in PASSING:
        return _(
            "The package has trouble of its own, so nothing has changed. Connect it "
            "again in a few minutes."
        )
    return _(
        "The package sent you back without a consent and without a reason that we "
        "know. Nothing has changed. Connect it again; if it stays so, tell whoever "
        "runs the portal."
    )


def _told(no: NoAnswer) -> str:
    """Why there are no tokens, and what to do."""
    if no.reason == FailureReason.CLIENT_REFUSED:
        return _(
            "The package does not accept the id or the secret of the portal. Whoever "
            "runs the portal can look at them."
        )
    if no.verdict == Verdict.CONFIG_ERROR:
        told = {"why": why_of(no.reason)}
        return _("%(why)s Whoever runs the portal can look at that.") % told
    if no.verdict == Verdict.AUTH_REQUIRED:
        return _("The package did not accept the consent. Connect it again.")
    return _(
        "The package did not answer, so nothing has changed. Connect it again in a "
        "few minutes."
    )


@transaction.atomic
def _store(
    connection: BookkeepingConnection,
    way: OAuth,
    tokens: Tokens,
    *,
    actor: Actor,
    redirect_uri: str,
) -> None:
    if not tokens.refresh:
        raise StepRefused(
            _(
                "The package gave access for a short time only. Allow it to go on "
                "without you, and connect again."
            )
        )
    before = ConnectionGrant.objects.filter(connection=connection).first()
    ConnectionGrant.objects.update_or_create(
        connection=connection,
        defaults={
            "consented_by_id": actor.person,
            "consented_at": timezone.now(),
            "redirect_uri": redirect_uri,
            "lost_at": None,
            "lost_why": "",
            "version": before.version + 1 if before else 1,
            **facts_of(way, tokens),
        },
    )
    connection_lock.clear_backoff(connection)
    forget_list(connection)
    _ask_again(connection)
    line = trail.about_connection(
        connection, EventCode.CONNECTION_CONSENTED, params={"again": bool(before)}
    )
    trail.record(actor, [line])


def _ask_again(connection: BookkeepingConnection) -> None:
    """What waits for this connection need not wait for its next time."""
    Move.objects.filter(
        state=MoveState.AWAITING_BOOKKEEPING, to_connection=connection
    ).update(ask_proof_at=timezone.now())
    transaction.on_commit(partial(doorbell.ring, doorbell.ASK))


@transaction.atomic
def disconnect(
    connection: BookkeepingConnection, *, actor: Actor, seen: str | None = None
) -> bool:
    """Forget the tokens; whether there were any.

    ``seen``: when the consent was given that the person saw; "" where their page named
    none, None where there is no page. Raises ChangedMeanwhile: it was connected again.
    """
    access.require(actor, Right.KEEP_ESTATE)
    grant = (
        ConnectionGrant.objects.select_for_update()
        .filter(connection=connection, lost_at=None)
        .first()
    )
    if grant is None:
        return False
    if seen is not None and seen != grant.consented_at.isoformat():
        raise ChangedMeanwhile(_told_of_consent(grant))
    lose(grant, LostGrant.DISCONNECTED, actor=actor)
    forget_list(connection)
    return True


def _told_of_consent(grant: ConnectionGrant) -> str:
    who = grant.consented_by
    return _(
        "This page shows an older state, so nothing was cut: %(who)s connected this on "
        "%(at)s."
    ) % {
        "who": display_name(who),
        "at": formats.date_format(
            timezone.localtime(grant.consented_at), "DATETIME_FORMAT"
        ),
    }


def ask_now(connection: BookkeepingConnection, *, actor: Actor) -> Evidence:
    """Fetch the list anew, for who looks at the connection. Raises StepRefused."""
    access.require(actor, Right.KEEP_ESTATE)
    try:
        return gateway.check(
            connection,
            None,
            connection.package_environment,
            age=gateway.FRESH,
            seconds=SECONDS,
            urgent=True,
        )
    except ConnectionBusy as busy:
        raise StepRefused(
            _("This connection is being asked at this moment. Look again soon.")
        ) from busy


def _registered(connection: BookkeepingConnection) -> tuple[OAuth, tuple[str, str]]:
    client = client_of(connection)
    if client is None:
        raise StepRefused(
            _(
                "The portal is not registered at this package yet. Whoever runs the "
                "portal can give it an id and a secret."
            )
        )
    try:
        return adapter_of(connection).oauth(connection), client
    except NoAnswer as no:
        raise StepRefused(
            _("The country site or the address of this connection is not right.")
        ) from no
