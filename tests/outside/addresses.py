"""Every address that the portal answers at, from its own map."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """``route``: as Django writes it; ``form``: with %(name)s for what is asked."""

    route: str
    name: str
    form: str
    asks: tuple[str, ...]

    def path(self, values: Mapping[str, str]) -> str:
        given = {name: quote(values[name], safe="/%") for name in self.asks}
        return "/" + self.form % given


def every_address() -> list[Address]:
    return [
        _address(parts, pattern) for parts, pattern in _walk(get_resolver(None), [])
    ]


def _walk(
    resolver: URLResolver, above: Sequence[object]
) -> Iterator[tuple[list[object], URLPattern]]:
    for entry in resolver.url_patterns:
        parts = [*above, entry.pattern]
        if isinstance(entry, URLResolver):
            yield from _walk(entry, parts)
        else:
            yield parts, entry


def _address(parts: Sequence[object], pattern: URLPattern) -> Address:
    forms = [_form(part) for part in parts]
    form = "".join(text for text, _asks in forms)
    asks = tuple(name for _text, names in forms for name in names)
    # Django writes a route without the mark of a beginning in its midst.
    first, *rest = map(str, parts)
    route = first + "".join(part.removeprefix("^") for part in rest)
    return Address(route, pattern.name or "", form, asks)


def _form(part: object) -> tuple[str, tuple[str, ...]]:
    text = str(part)
    if isinstance(part, RoutePattern):
        names = CONVERTED.findall(text)
        return CONVERTED.sub(r"%(\1)s", text.replace("%", "%%")), tuple(names)
    form, names = normalize(text)[0]
    return form, tuple(names)
