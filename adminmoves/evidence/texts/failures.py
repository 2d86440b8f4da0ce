"""Per FailureReason: why a package gave no answer, and what helps, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Package

W = FailureReason
CONVERTED = _("The package is converting it. That passes.")
NOT_LET_IN = _(
    "The package does not let our user in. Have the office look at that user there."
)
REFUSED = _("The package does not accept our consent any more.")
OWN_FAULT = _("The package has a fault of its own.")
ADDRESS = _("The address of this connection is not one we may ask.")
NOT_UNDERSTOOD = _("The package does not accept what the portal asks of it.")
BOX_UNTICKED = _(
    "A right is missing in the consent: a box was not ticked on the page of Twinfield."
)
UNREADABLE = _("The answer was not in the form that the package documents.")

UNREADABLES = (
    *(W.COMPANY_ID, W.EMPTY, W.NOT_JSON, W.NOT_TEXT, W.NOT_XML),
    *(W.NO_CLAIMS, W.NO_CODE, W.NO_LIST, W.NO_OFFICES, W.NO_RESULT),
    *(W.NO_RESULTS, W.NO_ROW, W.NO_TABLE, W.NO_TOKEN, W.NO_USER),
    *(W.PAGE_REPEATED, W.STRANGE_NEXT),
)
WHYS: Mapping[str, Promise] = {
    W.ARCHIVED: _("It is archived there."),
    W.INACTIVE: _("It is inactive there."),
    W.BLOCKED: _("It is blocked there."),
    W.BACKUP: _("The package is making a back-up of it. That passes."),
    W.CONVERSION: CONVERTED,
    W.COPY: _("The package is copying it. That passes."),
    W.DELETION: _("It is being deleted there."),
    W.STATUS_UNKNOWN: _("It has a status there that we do not know."),
    W.OWNER_UNKNOWN: _("The package does not say whose administration it is."),
    W.CODES_UNKNOWN: _(
        "The list tells no codes. Ask for the number of the database, such as MVL00001."
    ),
    W.CODES_UNREAD: _(
        "The list shows an administration whose code we cannot read. It may be the one "
        "that is looked for."
    ),
    W.NO_COMPANY: _("The AccountView of the office does not show this company."),
    W.OTHER_CODE: _("The list and the database itself name different codes."),
    W.YEARLY_ADMINISTRATION: _(
        "This is the code of one year. Give the code of the company."
    ),
    W.CERTIFICATE: _("The certificate of the package is not right, so we stopped."),
    W.CONNECTION: _("The connection was cut before the whole answer was there."),
    W.HTML: _("A page for people came back, such as one about maintenance."),
    W.QUIET: _("We leave the package alone for a while, since it had trouble before."),
    W.REDIRECT: _("The package sent us to another address. We do not follow that."),
    W.TIMEOUT: _("The answer did not come in time."),
    W.LIMITED: _("The package told us to wait."),
    W.TOKENS_LIMITED: _("The package gives no new access for a moment."),
    W.TOO_EARLY: _("The package gives new access only after some minutes."),
    W.BUSINESS_ERROR: _("The package answered with a fault of its own."),
    W.DIVISION_BLOCKED: _("The administration of our user is blocked there."),
    W.FAULT_100: OWN_FAULT,
    W.FAULT_107: OWN_FAULT,
    W.FAULT_110: _("Twinfield lets nobody in on this server now."),
    W.FAULT_122: _("Twinfield does not allow the software of the portal."),
    W.FAULT_168: _("Somebody else signed in at Twinfield as our user."),
    W.FAULT_186: NOT_UNDERSTOOD,
    W.FAULT_187: NOT_UNDERSTOOD,
    W.FAULT_358: OWN_FAULT,
    W.FAULT_OTHER: _("The package answered with a fault that we do not know."),
    W.PACKAGE_ERROR: _("The package answered with a fault of its own."),
    W.SERVER_FAULT: OWN_FAULT,
    W.STRANGE_STATUS: _("The package answered in a way that we do not know."),
    W.TOKEN_ENDPOINT: _("The package could not renew our access just now."),
    W.TURNED_AWAY: _(
        "We were refused, and the answer does not say by whom: the package, or a "
        "firewall before it."
    ),
    W.WRONG_CLUSTER: _(
        "The organisation was moved to another server of Twinfield, and Twinfield does "
        "not say which one yet."
    ),
    W.CONSENT_ENDED: _("The consent has ended, or was taken back in the package."),
    W.CUSTOMER_BLOCKED: _("The package has blocked the office's account."),
    **dict.fromkeys(
        (*(W.FAULT_102, W.FAULT_104, W.FAULT_105, W.FAULT_106),),
        NOT_LET_IN,
    ),
    **dict.fromkeys(
        (W.CLAIM_MISSING, W.FAULT_351, W.FAULT_352, W.FAULT_353), BOX_UNTICKED
    ),
    **dict.fromkeys((W.FAULT_103, W.FAULT_354), REFUSED),
    W.FORBIDDEN: _("Our user may not ask this there."),
    W.LICENCE_EXPIRED: _("The office's licence for the package has ended."),
    W.NO_CONSENT: _("Nobody has given consent yet, or the consent has ended."),
    W.NO_DIVISION: _(
        "Our user has no administration open there, so no list can be asked for."
    ),
    W.NO_DIVISION_ACCESS: _(
        "Our user has no rights on the administration that it works in there."
    ),
    W.NO_OFFICE: _("Our user may not see any administration there."),
    W.REFRESHED_ELSEWHERE: _("Somebody connected again just now. That passes."),
    W.RENEWAL_REFUSED: _(
        "The package keeps refusing to renew our access, so the consent has probably "
        "ended. We keep it and try again every hour."
    ),
    W.REQUEST_REFUSED: NOT_UNDERSTOOD,
    W.TOKEN_INVALID: REFUSED,
    W.TOKEN_REFUSED: _(
        "The package refuses to renew our access, and does not say why. We keep the "
        "consent and try again."
    ),
    W.TOKEN_USED: _(
        "The package says that our access was renewed already. The same user gave "
        "consent for another connection, or a renewal was lost on its way."
    ),
    W.UNAUTHORISED: REFUSED,
    W.USER_BLOCKED: _("Our user is blocked in the package."),
    W.USER_INACTIVE: _("Our user is not active in the package."),
    W.ADDRESS_NOT_ALLOWED: ADDRESS,
    W.BASE_URL: ADDRESS,
    W.CLIENT_MISSING: _("The portal is not registered at this package yet."),
    W.CLIENT_REFUSED: _(
        "The package does not accept the id or the secret of the portal."
    ),
    W.COMPANY_MISSING: _("The package asks for an administration that we do not name."),
    W.COUNTRY: _("We know no site of Exact for the country of this connection."),
    W.KEY_MISSING: _("The portal cannot open the stored consent: a key is missing."),
    W.NOT_FOUND: _(
        "What we ask for is not at the address of this connection. The address or its "
        "version may be wrong."
    ),
    W.SCOPE_MISSING: _(
        "The registration of the portal at the package lacks a right that this needs."
    ),
    W.STRANGE_CLUSTER: _(
        "The package named a server that is not its own. We do not send our access "
        "there."
    ),
    W.DOCTYPE: _("The answer held something that we refuse to read."),
    W.TOO_LARGE: _("The answer was far too large, so we stopped reading."),
    W.TOO_MANY_PAGES: _("The list has more pages than we read."),
    **dict.fromkeys(UNREADABLES, UNREADABLE),
}


def why_of(reason: str) -> str:
    # A stored reason may be one that an older version knew.
    return str(WHYS.get(reason, ""))


CONNECT_AGAIN = _("Have an administrator connect it again.")
EVERY_BOX = _(
    "Have an administrator connect it again, and leave every box ticked on the page "
    "of Twinfield."
)
LOOK_AT_USER = _("Have the office look at our user in the package.")
LOOK_AT_LICENCE = _("Have the office look at its licence for the package.")
OTHER_DIVISION = _(
    "Have the office open another administration as our user in Exact, or connect "
    "again and tick the one that is open."
)
OPEN_DIVISION = _(
    "Have the office open an administration as our user in Exact. It is asked again by "
    "itself."
)
OWN_USER = _(
    "Have an administrator connect it again, as a user of Exact that serves no other "
    "connection: each new consent of a user ends the one before."
)
REGISTRATION = _(
    "Have whoever runs the portal look at its registration at the package."
)
TELL_RUNNER = _("Tell whoever runs the portal. Asking again does not help.")
RIGHT_ADDRESS = _("Have an administrator look at the address of the connection.")
FRONT_DOOR = _(
    "It is asked again by itself. If it stays so, have whoever runs the portal see "
    "whether the package turns the portal away at its door."
)
BY_ITSELF = _("It is asked again by itself.")
TELL_IF = _("If it stays so, tell whoever runs the portal.")
STAYS = _("If it stays so, have an administrator connect it again.")
REMEDIES: Mapping[str, tuple[Promise, ...]] = {
    **dict.fromkeys(
        (W.CONSENT_ENDED, W.NO_CONSENT, W.TOKEN_INVALID, W.UNAUTHORISED),
        (CONNECT_AGAIN,),
    ),
    **dict.fromkeys((W.FAULT_103, W.FAULT_354), (CONNECT_AGAIN,)),
    **dict.fromkeys(
        (W.CLAIM_MISSING, W.FAULT_351, W.FAULT_352, W.FAULT_353), (EVERY_BOX,)
    ),
    W.TOKEN_USED: (OWN_USER,),
    W.TOKEN_REFUSED: (BY_ITSELF, STAYS),
    W.RENEWAL_REFUSED: (CONNECT_AGAIN,),
    **dict.fromkeys(
        (
            *(W.FORBIDDEN, W.USER_BLOCKED, W.USER_INACTIVE),
            *(W.FAULT_102, W.FAULT_104, W.FAULT_105, W.NO_OFFICE),
        ),
        (LOOK_AT_USER,),
    ),
    W.NO_DIVISION: (OPEN_DIVISION,),
    **dict.fromkeys((W.NO_DIVISION_ACCESS, W.DIVISION_BLOCKED), (OTHER_DIVISION,)),
    **dict.fromkeys(
        (W.CUSTOMER_BLOCKED, W.LICENCE_EXPIRED, W.FAULT_106), (LOOK_AT_LICENCE,)
    ),
    **dict.fromkeys(
        (W.CLIENT_MISSING, W.CLIENT_REFUSED, W.SCOPE_MISSING, W.FAULT_122),
        (REGISTRATION,),
    ),
    **dict.fromkeys(
        (
            *(W.REQUEST_REFUSED, W.COMPANY_MISSING, W.FAULT_186, W.FAULT_187),
            *(W.KEY_MISSING, W.STRANGE_CLUSTER),
        ),
        (TELL_RUNNER,),
    ),
    **dict.fromkeys(
        (W.ADDRESS_NOT_ALLOWED, W.BASE_URL, W.COUNTRY, W.NOT_FOUND), (RIGHT_ADDRESS,)
    ),
    W.HTML: (FRONT_DOOR,),
    W.TURNED_AWAY: (FRONT_DOOR, LOOK_AT_USER),
    **dict.fromkeys(
        (
            *(W.CONNECTION, W.QUIET, W.TIMEOUT),
            *(W.LIMITED, W.TOKENS_LIMITED, W.TOO_EARLY, W.REFRESHED_ELSEWHERE),
            *(W.BUSINESS_ERROR, W.FAULT_100, W.FAULT_107, W.FAULT_110, W.FAULT_168),
            *(W.FAULT_358, W.FAULT_OTHER, W.PACKAGE_ERROR, W.SERVER_FAULT),
            *(W.TOKEN_ENDPOINT, W.WRONG_CLUSTER),
        ),
        (BY_ITSELF,),
    ),
    **dict.fromkeys(
        (
            *(*UNREADABLES, W.DOCTYPE, W.TOO_LARGE, W.TOO_MANY_PAGES),
            *(W.CERTIFICATE, W.REDIRECT, W.STRANGE_STATUS),
        ),
        (BY_ITSELF, TELL_IF),
    ),
}
"""The remedies of a reason, for every package."""
OF_EXACT: Mapping[str, tuple[Promise, ...]] = {
    W.FORBIDDEN: (OTHER_DIVISION, LOOK_AT_USER),
    W.CONSENT_ENDED: (OWN_USER,),
}


def remedies_of(reason: str, package: str) -> tuple[str, ...]:
    """The remedies of a reason; empty where the verdict has them."""
    own = OF_EXACT if package == Package.EXACT_ONLINE else {}
    return tuple(map(str, own.get(reason) or REMEDIES.get(reason, ())))
