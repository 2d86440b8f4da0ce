"""The columns of the three files: their fields, readers and remedies."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.exact import HOSTS as EXACT_HOSTS
from adminmoves.cleaning import (
    clean_line,
    plain_dashes,
    read_moment,
    require_past,
)
from adminmoves.estate.rows import Header
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    PackageProfile,
)
from adminmoves.models.refusals import Refusal

Subject = Environment | BookkeepingConnection | Administration

FLAGS = {"yes": True, "no": False, "ja": True, "nee": False}
IDENTITY = _("Use up to 40 letters, digits and hyphens; it never changes.")
FLAG = _("Write yes or no.")
COUNT = _("Write a whole number, such as 120.")
NAME = _("Write 1 to 200 characters.")
FREE = _("Write at most 100 characters.")
COUNTRIES = ", ".join(sorted(EXACT_HOSTS))
COUNTRY = format_lazy("{} {}.", _("Write one of these, or leave it empty:"), COUNTRIES)


def as_text(cell: str) -> str:
    return cell


def as_identity(cell: str) -> str:
    RegexValidator(r"^[A-Za-z0-9-]{1,40}$", _("This is no id."))(cell)
    return cell


def as_word(cell: str) -> str:
    return cell.upper()


def as_flag(cell: str) -> bool:
    if cell.lower() not in FLAGS:
        raise ValidationError(_("This is not yes or no."))
    return FLAGS[cell.lower()]


def as_count(cell: str) -> str:
    RegexValidator(r"^[0-9]{1,10}$", _("This is no number."))(cell)
    return cell


def as_moment(cell: str) -> datetime:
    moment = read_moment(cell)
    require_past(moment)
    return moment


def as_country(cell: str) -> str:
    if cell.upper() not in EXACT_HOSTS:
        raise ValidationError(_("Exact Online has no site of this country."))
    return cell.upper()


def as_base_url(cell: str) -> str:
    """Refuse a user, a password or a query, which would be stored with the address."""
    where = cell.lower().removeprefix("https://")
    if where == cell.lower() or re.search(r"[@?#\s]", where):
        raise ValidationError(_("This address is not safe, or is none."))
    return cell


def as_domain(cell: str) -> str:
    RegexValidator(
        r"^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$",
        _("This is no mail domain."),
    )(cell)
    return cell.lower()


def as_mail_code(cell: str) -> str:
    cell = plain_dashes(cell)
    RegexValidator(r"^[A-Za-z0-9_-]{1,10}$", _("This cannot be in an address."))(cell)
    return cell.lower()


def as_address(cell: str) -> str:
    """Read office, dot, code; a code may have any sign that encloses no address."""
    RegexValidator(
        r"^[A-Za-z0-9][^@\s<>()\[\],;:\"\\]*@[^@\s]+$", _("This is no address.")
    )(cell)
    ours, _at, domain = cell.partition("@")
    if "." not in ours.strip(".") or ".." in ours or ours.endswith("."):
        raise ValidationError(_("This is no address."))
    as_domain(domain)
    return cell.lower()


def as_kvk_number(cell: str) -> str:
    if re.fullmatch(r"[0-9]{7}", cell):
        raise ValidationError(
            _("This has seven digits: a spreadsheet dropped the zero. Is it 0%(cell)s?")
            % {"cell": cell}
        )
    RegexValidator(r"^[0-9]{8}$", _("This is no KvK number."))(cell)
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """``field``: the name in the model; ``remedy``: a sentence with what is allowed."""

    name: str
    remedy: Promise
    read: Callable[[str], Any] = as_text
    needed: bool = False
    renamed: str = ""

    @property
    def field(self) -> str:
        return self.renamed or self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its name, its model and its columns."""

    name: str
    model: type[Subject]
    columns: tuple[Column, ...]

    @property
    def header(self) -> Header:
        return Header(
            allowed=[column.name for column in self.columns],
            needed=self.needed,
            others={sheet.name: sheet.needed for sheet in SHEETS if sheet is not self},
        )

    @property
    def needed(self) -> list[str]:
        return [column.name for column in self.columns if column.needed]

    def clean(self, column: Column, cell: str) -> Any:
        """Return the value of a cell; raise ValidationError if it is wrong."""
        field = self.model_field(column)
        cell = clean_line(cell)
        if not cell:
            if column.needed:
                raise ValidationError(_("The cell is empty."))
            return field.get_default()
        value = column.read(cell)
        return value if field.is_relation else field.clean(value, None)

    def model_field(self, column: Column) -> "Field[Any, Any]":
        field = self.model._meta.get_field(column.field)  # noqa: SLF001 - Django's documented API
        assert isinstance(field, Field)  # noqa: S101 - no column is a reverse relation
        return field


ENVIRONMENTS = Sheet(
    "environments",
    Environment,
    (
        Column("id", IDENTITY, as_identity, needed=True, renamed="public_id"),
        Column("office_code", _("Use letters and digits, at most 100."), needed=True),
        Column("name", NAME, needed=True),
        Column("subscription", _("Write PREMIUM or TRIAL."), as_word, needed=True),
        Column("active", FLAG, as_flag, renamed="is_active"),
        Column(
            "mail_domain",
            _("Write a domain such as mail.example, or leave it empty."),
            as_domain,
        ),
    ),
)
CONNECTIONS = Sheet(
    "connections",
    BookkeepingConnection,
    (
        Column("id", IDENTITY, as_identity, needed=True, renamed="public_id"),
        Column(
            "environment", _("Write the id of an office."), as_identity, needed=True
        ),
        Column(
            "package",
            _("Write TWINFIELD, EXACT_ONLINE, UNIT4 or ACCOUNTVIEW."),
            as_word,
            needed=True,
        ),
        Column(
            "package_environment",
            _("Write the licence or organisation, at most 100 characters."),
            needed=True,
        ),
        Column("country", COUNTRY, as_country),
        Column(
            "base_url",
            _("Write one such as https://api.multivers.nl/V22, without a user name."),
            as_base_url,
        ),
        Column("active", FLAG, as_flag, renamed="is_active"),
        Column("proof", _("Write API or ATTESTATION."), as_word, renamed="demand"),
    ),
)
ADMINISTRATIONS = Sheet(
    "administrations",
    Administration,
    (
        Column("id", IDENTITY, as_identity, needed=True, renamed="public_id"),
        Column(
            "connection", _("Write the id of a connection."), as_identity, needed=True
        ),
        Column(
            "code",
            _("Write the code as the package does, no spaces."),
            plain_dashes,
            needed=True,
        ),
        Column("name", NAME, needed=True),
        Column("external_id", FREE),
        Column(
            "mail_code",
            _("Use at most 10 letters, digits and hyphens, or leave it empty."),
            as_mail_code,
        ),
        Column(
            "mail_address",
            _("Write the whole address, or leave it empty: it follows the code."),
            as_address,
        ),
        Column(
            "kvk_number", _("Write eight digits, or leave it empty."), as_kvk_number
        ),
        Column("documents", COUNT, as_count),
        Column("documents_unprocessed", COUNT, as_count),
        Column("documents_awaiting_authorisation", COUNT, as_count),
        Column(
            "documents_counted_at",
            _("Write a day or a moment, such as 2026-11-20 or 2026-11-20T09:30."),
            as_moment,
        ),
    ),
)
SHEETS = (ENVIRONMENTS, CONNECTIONS, ADMINISTRATIONS)
COUNTS = (
    "documents",
    "documents_unprocessed",
    "documents_awaiting_authorisation",
    "documents_counted_at",
)


def sheet_of(subject: Model) -> Sheet:
    return next(sheet for sheet in SHEETS if isinstance(subject, sheet.model))


def unfit_code(profile: PackageProfile) -> Refusal:
    """The refusal of a new code that the package cannot have."""
    what = gettext("%(package)s has no such codes.") % {"package": profile}
    remedy = gettext(
        "A code there looks like %(example)s. Does the package have it all the same? "
        "Then widen its pattern under Beheer first."
    )
    return Refusal("code", what, remedy % {"example": profile.code_example})
