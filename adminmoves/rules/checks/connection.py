"""The administration is linked to another connection of the same package."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.rules.checks.base import (
    ALL,
    OTHER_CONNECTION_TYPES,
    Check,
    Finding,
    Message,
    Target,
    blocking,
    ok,
    problem,
    todo,
)

NOTHING_FITS = frozenset({"none_there", "no_other"})
"""Messages about an office that has no connection to choose."""


def fitting_connections(
    now: Administration, office: Environment
) -> QuerySet[BookkeepingConnection]:
    """Connections of that office to which the administration can go."""
    connections = BookkeepingConnection.objects.select_related("environment")
    return connections.filter(environment=office, package=now.package).exclude(
        pk=now.connection_id
    )


def same_package(target: Target) -> Finding:
    connection = target.to_connection
    if connection is None:
        return todo("choose", "to_connection")
    if connection.package != target.administration.package:
        return problem(
            "differs",
            "to_connection",
            now=target.administration.get_package_display(),
            wanted=connection.get_package_display(),
        )
    return ok("ok", package=connection.get_package_display())


def target_connection(target: Target) -> Finding:
    connection, office = target.to_connection, target.to_environment
    if office is None:
        return todo("choose", "to_connection")
    is_elsewhere = connection is None or connection.environment_id != office.pk
    if is_elsewhere and (nothing := nothing_fits(target, office)):
        return nothing
    if connection is None:
        return todo("choose", "to_connection")
    if is_elsewhere:
        return problem(
            "elsewhere", "to_connection", connection=str(connection), office=str(office)
        )
    if not connection.is_active:
        return _inactive(connection)
    return ok("ok", connection=str(connection))


def nothing_fits(target: Target, office: Environment) -> Finding | None:
    """The problem of an office without a connection to choose; None if it has one."""
    now = target.administration
    best = fitting_connections(now, office).order_by("-is_active").first()
    if best is not None:
        return None if best.is_active else _inactive(best)
    params = {"office": str(office), "package": now.get_package_display()}
    if office.pk == now.environment_id:
        return problem("no_other", "to_connection", **params)
    return problem("none_there", "to_environment", **params)


def _inactive(connection: BookkeepingConnection) -> Finding:
    return problem("inactive", "to_connection", connection=str(connection))


def connection_differs(target: Target) -> Finding:
    if target.to_connection is None:
        return todo("choose", "to_connection")
    if target.to_connection.pk == target.administration.connection_id:
        return problem("same", "to_connection", connection=str(target.to_connection))
    return ok()


CHECKS = (
    Check(
        "same_package",
        blocking(ALL),
        same_package,
        {
            "choose": Message(
                _("The package stays the same"), _("Choose the new connection first.")
            ),
            "differs": Message(
                _("The bookkeeping package would change"),
                _(
                    "Not from %(now)s to %(wanted)s, but from one environment of "
                    "%(now)s to another is fine. Choose a connection of %(now)s."
                ),
            ),
            "ok": Message(_("The package stays %(package)s")),
        },
        fixed=True,
    ),
    Check(
        "target_connection",
        blocking(ALL),
        target_connection,
        {
            "choose": Message(
                _("Choose the new connection"),
                _("Choose the connection in the office that will hold it."),
            ),
            "none_there": Message(
                _("%(office)s has no %(package)s"),
                _(
                    "Ask an administrator to connect %(package)s there first, or "
                    "choose another office. A package is never changed by a migration."
                ),
            ),
            "no_other": Message(
                _("%(office)s has no other connection of %(package)s"),
                _(
                    "Ask an administrator to connect the other one first, or choose "
                    "another type."
                ),
            ),
            "elsewhere": Message(
                _("That connection is of another office"),
                _("%(connection)s is not of %(office)s. Choose one that is."),
            ),
            "inactive": Message(
                _("The connection is not active"),
                _("Have %(connection)s activated first, or choose another."),
            ),
            "ok": Message(_("The connection %(connection)s is active")),
        },
    ),
    Check(
        "connection_differs",
        blocking(OTHER_CONNECTION_TYPES),
        connection_differs,
        {
            "choose": Message(
                _("Another connection than now"), _("Choose the new connection.")
            ),
            "same": Message(
                _("The administration is linked to that connection already"),
                _("Choose another connection than %(connection)s, or another type."),
            ),
            "ok": Message(_("The connection differs from the present one")),
        },
    ),
)

AFTERCARE = ("link_package_users", "check_synchronisation", "test_booking")
