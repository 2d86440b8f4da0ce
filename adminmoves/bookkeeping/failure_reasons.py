"""Every reason why a package gave no answer, or cannot use an administration.

``evidence.texts.failures`` has a text for each. The values are stored, so they never
change.
"""

from enum import StrEnum, auto


class FailureReason(StrEnum):
    # an administration that is there, and cannot be used
    ARCHIVED = "archived"
    INACTIVE = "inactive"
    BLOCKED = "blocked"
    BACKUP = "backup"
    CONVERSION = "conversion"
    COPY = "copy"
    DELETION = "deletion"
    STATUS_UNKNOWN = "status_unknown"
    OWNER_UNKNOWN = "owner_unknown"
    # a code that is not what it seems
    CODES_UNKNOWN = "codes_unknown"
    CODES_UNREAD = auto()
    NO_COMPANY = "no_company"
    OTHER_CODE = "other_code"
    YEARLY_ADMINISTRATION = "yearly_administration"
    # no answer came
    CERTIFICATE = "certificate"
    CONNECTION = "connection"
    HTML = "html"
    QUIET = "quiet"
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    # we are to wait
    LIMITED = "limited"
    TOKENS_LIMITED = "tokens_limited"
    TOO_EARLY = "too_early"
    # the package has trouble of its own
    BUSINESS_ERROR = "business_error"
    DIVISION_BLOCKED = "division_blocked"
    FAULT_100 = "fault_100"
    FAULT_107 = "fault_107"
    FAULT_110 = "fault_110"
    FAULT_168 = "fault_168"
    FAULT_358 = "fault_358"
    FAULT_OTHER = "fault_other"
    NO_DIVISION = auto()
    PACKAGE_ERROR = "package_error"
    SERVER_FAULT = "server_fault"
    STRANGE_STATUS = "strange_status"
    TOKEN_ENDPOINT = auto()
    TURNED_AWAY = auto()
    WRONG_CLUSTER = "wrong_cluster"
    # our consent, or the user behind it
    CLAIM_MISSING = auto()
    CONSENT_ENDED = "consent_ended"
    CUSTOMER_BLOCKED = "customer_blocked"
    FAULT_102 = "fault_102"
    FAULT_103 = "fault_103"
    FAULT_104 = "fault_104"
    FAULT_105 = "fault_105"
    FAULT_106 = "fault_106"
    FAULT_351 = "fault_351"
    FAULT_352 = "fault_352"
    FAULT_353 = "fault_353"
    FAULT_354 = "fault_354"
    FORBIDDEN = "forbidden"
    LICENCE_EXPIRED = "licence_expired"
    NO_CONSENT = "no_consent"
    NO_DIVISION_ACCESS = "no_division_access"
    NO_OFFICE = "no_office"
    REFRESHED_ELSEWHERE = "refreshed_elsewhere"
    RENEWAL_REFUSED = auto()
    TOKEN_INVALID = auto()
    TOKEN_REFUSED = auto()
    TOKEN_USED = auto()
    UNAUTHORISED = "unauthorised"
    USER_BLOCKED = "user_blocked"
    USER_INACTIVE = "user_inactive"
    # how the portal or the connection is set up
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    BASE_URL = "base_url"
    CLIENT_MISSING = "client_missing"
    CLIENT_REFUSED = "client_refused"
    COMPANY_MISSING = "company_missing"
    COUNTRY = "country"
    FAULT_122 = "fault_122"
    FAULT_186 = "fault_186"
    FAULT_187 = "fault_187"
    KEY_MISSING = "key_missing"
    NOT_FOUND = "not_found"
    REQUEST_REFUSED = "request_refused"
    SCOPE_MISSING = "scope_missing"
    STRANGE_CLUSTER = "strange_cluster"
    # an answer that cannot be read, or that we refuse to read
    COMPANY_ID = "company_id"
    DOCTYPE = "doctype"
    EMPTY = "empty"
    NO_CLAIMS = "no_claims"
    NO_CODE = "no_code"
    NO_LIST = "no_list"
    NO_OFFICES = "no_offices"
    NO_RESULT = "no_result"
    NO_RESULTS = "no_results"
    NO_ROW = "no_row"
    NO_TABLE = "no_table"
    NO_TOKEN = auto()
    NO_USER = "no_user"
    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    NOT_XML = "not_xml"
    PAGE_REPEATED = "page_repeated"
    STRANGE_NEXT = "strange_next"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
