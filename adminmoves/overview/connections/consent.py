"""Consent of a package: go to its page, return with a code, store the tokens.

The way there is a link, not a form, so that the content security policy needs no
exception. The state in it is signed, valid for ten minutes, and bound to one person and
one session.
"""

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, celery_tasks
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.bookkeeping import connection_lock, gateway, oauth
from adminmoves.bookkeeping.answers import Evidence, NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.gateway import ConnectionBusy, adapter_of
from adminmoves.bookkeeping.grants import lose, token_columns
from adminmoves.bookkeeping.http import HttpClient
from adminmoves.bookkeeping.list_cache import forget_list
from adminmoves.bookkeeping.oauth import OAuth, Tokens, client_of
from adminmoves.bookkeeping.record import record_call
from adminmoves.errors import ChangedMeanwhile, StepRefused
from adminmoves.evidence.texts.failures import why_of
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
MAX_SECONDS = 30.0
REFUSED_PORTAL = frozenset(
    {
        *("unauthorized_client", "invalid_client", "invalid_request"),
        *("invalid_scope", "unsupported_response_type"),
    }
)
PASSING = frozenset({"server_error", "temporarily_unavailable"})


def consent_page(
    connection: BookkeepingConnection, *, actor: Actor, redirect_uri: str
) -> tuple[str, str]:
    """The address of the package's page, and a nonce for the session to store."""
    access.require(actor, Right.KEEP_ESTATE)
    way, client = _registered(connection)
    nonce = secrets.token_urlsafe(16)
    content = {"connection": connection.pk, "person": actor.person, "nonce": nonce}
    page = oauth.consent_page(
        way,
        client[0],
        redirect_uri=redirect_uri,
        state=signing.dumps(content, salt=SALT),
        nonce=nonce,
    )
    return page, nonce


def connection_of(
    state: str, nonces: Sequence[str], *, actor: Actor
) -> tuple[BookkeepingConnection, str]:
    """The connection of a valid state, and its nonce, which is used up.

    ``nonces``: those of the session. Raises StepRefused for a state that is not ours,
    too old, or of another person or session.
    """
    access.require(actor, Right.KEEP_ESTATE)
    try:
        content: dict[str, Any] = signing.loads(
            state, salt=SALT, max_age=MAX_CONSENT_SECONDS
        )
    except signing.BadSignature as broken:
        raise _strange() from broken
    if content["nonce"] not in nonces or content["person"] != actor.person:
        raise _strange()
    return BookkeepingConnection.objects.get(pk=content["connection"]), content["nonce"]


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
    """Exchange the code for tokens and store them. Raises StepRefused."""
    access.require(actor, Right.KEEP_ESTATE)
    way, client = _registered(connection)
    endpoints = adapter_of(connection).endpoints(connection)
    calls: list[ConnectionCall] = []
    try:
        with (
            connection_lock.connection_lock(connection, MAX_SECONDS),
            HttpClient(endpoints, MAX_SECONDS) as http_client,
        ):
            with record_call(calls, connection, "token", http_client) as sender:
                tokens = oauth.exchange(
                    sender, way, client, code=code, redirect_uri=redirect_uri
                )
            _store(connection, way, tokens, actor=actor, redirect_uri=redirect_uri)
    except ConnectionBusy as busy:
        raise StepRefused(
            _("This connection is being asked at this moment. Connect it again soon.")
        ) from busy
    except NoAnswer as no:
        raise StepRefused(no_tokens_message(no)) from no
    finally:
        gateway.store_calls(connection, calls)


def return_message(error: str) -> str:
    """The message for an error of the consent page (RFC 6749 par. 4.1.2.1)."""
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


def no_tokens_message(no: NoAnswer) -> str:
    if no.reason == FailureReason.CLIENT_REFUSED:
        return _(
            "The package does not accept the id or the secret of the portal. Whoever "
            "runs the portal can look at them."
        )
    if no.verdict == Verdict.CONFIG_ERROR:
        params = {"why": why_of(no.reason)}
        return _("%(why)s Whoever runs the portal can look at that.") % params
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
            **token_columns(way, tokens),
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
    """Make the moves that wait for this connection due now."""
    Move.objects.filter(
        state=MoveState.AWAITING_BOOKKEEPING, to_connection=connection
    ).update(ask_proof_at=timezone.now())
    transaction.on_commit(partial(celery_tasks.send, celery_tasks.ASK))


@transaction.atomic
def disconnect(
    connection: BookkeepingConnection, *, actor: Actor, seen: str | None = None
) -> bool:
    """Delete the tokens; False where there were none.

    ``seen``: the moment of the consent that the page showed; "" where it showed none,
    None where there is no page. Raises ChangedMeanwhile where it was connected again.
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
        raise ChangedMeanwhile(_reconnected_message(grant))
    lose(grant, LostGrant.DISCONNECTED, actor=actor)
    forget_list(connection)
    return True


def _reconnected_message(grant: ConnectionGrant) -> str:
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
    """Fetch the list anew, for the page of the connection. Raises StepRefused."""
    access.require(actor, Right.KEEP_ESTATE)
    try:
        return gateway.check(
            connection,
            None,
            connection.package_environment,
            age=gateway.FRESH,
            seconds=MAX_SECONDS,
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
