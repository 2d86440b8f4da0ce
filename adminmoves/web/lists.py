"""What every list does: filters that live in the URL, and pages by key.

A page begins after (or before) the key of a row, never at a number of rows, so
that page 4,000 costs what page 1 costs and nothing is shown twice.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from adminmoves.web import inputs
from adminmoves.web.http import PortalRequest

M = TypeVar("M", bound=Model)
OLDER, NEWER = "na", "voor"
CAP = 1000
"""Rows that a list counts; it shows "1.000+" for more, since to count all is slow."""
PAGE_SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FilterForm(forms.Form):
    """Filters of a list. An unknown or empty value counts as no filter."""

    use_required_attribute = False

    def chosen(self) -> dict[str, str]:
        """The filters that are set, by their names in the URL."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def offers(self, _name: str) -> Hashable:
        """The choices of a filter that its class does not have, for a cache key."""
        return ()

    def url(self, **changes: str) -> str:
        """The query string of this list with some filters changed or left out."""
        return query({**self.chosen(), **changes})

    def page_links(self, page: "ListPage[Any]") -> dict[str, str]:
        """The addresses of the newer and the older page; empty where there is none."""
        return {
            "newer": self.url(**{NEWER: page.newer}) if page.newer else "",
            "older": self.url(**{OLDER: page.older}) if page.older else "",
        }


def query(facts: Mapping[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in facts.items() if value})


def micros(moment: datetime) -> str:
    """A moment as a key, in microseconds, as exact as the database stores it."""
    return str((moment - EPOCH) // timedelta(microseconds=1))


def moment(text: str) -> datetime:
    return EPOCH + timedelta(microseconds=int(text))


@dataclass(frozen=True, slots=True)
class Order:
    """An order by one field and then by id. Without a field, by id alone."""

    field: str = ""
    descending: bool = True
    read: Callable[[str], Any] = inputs.plain
    write: Callable[[Any], str] = str

    def key(self, row: Model) -> str:
        lead = self.write(getattr(row, self.field)) if self.field else ""
        return f"{row.pk}~{lead}"

    def beyond(self, key: str, *, onwards: bool) -> Q:
        """The rows past a key."""
        number, _sign, lead = key.partition("~")
        way = "lt" if self.descending is onwards else "gt"
        past = Q(**{f"pk__{way}": _row(number)})
        if not self.field:
            return past
        value = self.read(lead)
        # The first condition follows from the second: it is there for the index.
        return Q(**{f"{self.field}__{way}e": value}) & (
            Q(**{f"{self.field}__{way}": value}) | past
        )

    def by(self, *, onwards: bool) -> list[str]:
        sign = "-" if self.descending is onwards else ""
        return [f"{sign}{name}" for name in (self.field, "pk") if name]


def _row(number: str) -> int:
    key = inputs.whole_number(number)
    if key is None:
        raise ValueError("this is the key of no row")
    return key


@dataclass(frozen=True, slots=True)
class ListPage(Generic[M]):
    """Rows, and the keys from which the neighbouring pages begin."""

    rows: list[M]
    newer: str = ""
    older: str = ""


def page_of(
    rows: QuerySet[M], order: Order, params: Mapping[str, str], size: int = PAGE_SIZE
) -> ListPage[M]:
    """The page that a URL asks for; the first one where its key is not valid."""
    onwards = not params.get(NEWER)
    key = params.get(OLDER if onwards else NEWER, "")
    try:
        start = order.beyond(key, onwards=onwards) if key else Q()
    except (ValueError, OverflowError):
        return page_of(rows, order, {}, size)
    # One row more than the page tells whether there is a next page, without a count.
    found = list(rows.filter(start).order_by(*order.by(onwards=onwards))[: size + 1])
    more, found = len(found) > size, found[:size]
    if not onwards:
        # They were read from the key upwards; a page shows them downwards.
        found.reverse()
    if not found:
        return ListPage([])
    has_newer, has_older = (bool(key), more) if onwards else (more, True)
    return ListPage(
        found,
        newer=order.key(found[0]) if has_newer else "",
        older=order.key(found[-1]) if has_older else "",
    )


def show_list(
    request: PortalRequest,
    page: Mapping[str, object],
    *,
    query: str,
    rows: str,
    whole: str,
    around: Callable[[], Mapping[str, object]],
) -> HttpResponse:
    """The rows alone for htmx, with ``query`` as the new address; else the whole page.

    ``rows`` and ``whole`` are templates; ``around`` reads what only ``whole`` shows.
    """
    if request.htmx and not request.htmx.history_restore_request:
        answer = render(request, rows, page)
        # A page that refreshes itself adds no step to the history of the browser.
        if not refreshes(request):
            answer["HX-Push-Url"] = request.path + query
    else:
        answer = render(request, whole, {**page, **around()})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def refreshes(request: PortalRequest) -> bool:
    """Whether the page refreshes itself: ``partials/refresh.html``."""
    return request.htmx.trigger == "refresh"
