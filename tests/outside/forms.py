"""The forms of a page as a browser reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Values = list[tuple[str, str]]


@dataclass
class Form:
    """What a form sends if nobody touches it; ``files``: the names of file fields."""

    path: str
    method: str
    values: Values = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return sorted({name for name, _value in self.values} | set(self.files))


def forms_of(html: str, path: str) -> list[Form]:
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.select = self.area = ""

    def handle_starttag(
        self, tag: str, attrs: Sequence[tuple[str, str | None]]
    ) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urlsplit(urljoin(self.path, attributes.get("action") or self.path))
            method = attributes.get("method", "get").upper()
            self.forms.append(Form(action.path, method))
        elif self.forms:
            self._field(tag, attributes)

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        form, name = self.forms[-1], attributes.get("name", "")
        if tag == "option" and self.select:
            form.values.append((self.select, attributes.get("value", "")))
        if tag == "select":
            self.select = name
        if tag == "textarea" and name:
            form.values.append((name, ""))
        if tag in {"input", "button"} and name:
            if attributes.get("type") == "file":
                form.files.append(name)
            else:
                form.values.append((name, attributes.get("value", "on")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
