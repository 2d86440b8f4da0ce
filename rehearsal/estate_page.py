"""The page that shows the made-up world, and the forms that change it."""

from collections.abc import Mapping
from html import escape

from rehearsal.control import Control
from rehearsal.faults import FAULTS, OF_ONE_PACKAGE
from rehearsal.markup import page
from rehearsal.messages import Answer
from rehearsal.switchboard import Switchboard
from rehearsal.words import Language, translate
from rehearsal.world import Administration, Organisation, Status

BY_FORM = ("move", "rename", "set", "revoke", "fault", "fault/clear")


class EstatePage:
    def __init__(self, switchboard: Switchboard, control: Control) -> None:
        self._world = switchboard.world
        self._control = control

    def show(self, language: Language, wrong: str = "") -> Answer:
        """All organisations; above them what was wrong with the last form."""
        with self._world.lock:
            sections = "".join(
                self._section(each, language)
                for each in self._world.organisations.values()
            )
        alert = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
        status = 400 if wrong else 200
        return page(language, translate(language, "estate"), alert + sections, status)

    def execute(self, form: Mapping[str, str]) -> None:
        """Execute the command of a form. Raises as the control does."""
        command = form.get("command", "")
        if command not in BY_FORM:
            raise ValueError(command)
        values = {name: value for name, value in form.items() if value}
        self._control.commands[command](values)

    def _section(self, organisation: Organisation, language: Language) -> str:
        title = f"{organisation.name} {organisation.country}".strip()
        package = organisation.package.replace("_", " ").title()
        rows = "".join(
            self._row(organisation, each, language)
            for each in organisation.administrations
        )
        empty = f'<p class="quiet">{translate(language, "empty")}</p>'
        heads = "".join(
            f'<th scope="col">{translate(language, name)}</th>'
            for name in ("code", "name", "status", "change")
        )
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return (
            f"<section><h2>{escape(title)}</h2>"
            f'<p class="quiet">{escape(package)} - {escape(organisation.title)}</p>'
            f"{table if rows else empty}{self._trouble(organisation, language)}"
            "</section>"
        )

    def _row(
        self, organisation: Organisation, each: Administration, language: Language
    ) -> str:
        summary = f"{translate(language, 'change')} {each.code}"
        return (
            f"<tr><td><code>{escape(each.code)}</code></td><td>{escape(each.name)}</td>"
            f"<td>{translate(language, each.status)}</td><td><details>"
            f"<summary>{escape(summary)}</summary>"
            f"{self._forms(organisation, each, language)}</details></td></tr>"
        )

    def _forms(
        self, organisation: Organisation, each: Administration, language: Language
    ) -> str:
        where = {"organisation": organisation.key, "code": each.id}
        other = _selected(
            translate(language, "to"),
            "to",
            {
                target.key: f"{target.name} {target.country}".strip()
                for target in self._world.organisations.values()
                if target.package == organisation.package and target is not organisation
            },
        )
        states = {status.value: translate(language, status) for status in Status}
        move = {"administration": each.id, "from": organisation.key}
        new_code = _typed(translate(language, "new_code"), "new_code")
        code = _typed(translate(language, "code_there"), "code")
        status = _selected(translate(language, "status"), "status", states, each.status)
        return (
            _form("move", language, move, other + code)
            + _form("rename", language, where, new_code)
            + _form("set", language, where, status)
        )

    def _trouble(self, organisation: Organisation, language: Language) -> str:
        here = {"organisation": organisation.key}
        faults = {
            name: name
            for name in FAULTS
            if OF_ONE_PACKAGE.get(name) in (None, organisation.package)
        }
        chosen = _selected(translate(language, "fault"), "fault", faults)
        times = _typed(translate(language, "times"), "times", kind="number")
        present = ", ".join(
            str(row["name"])
            for row in self._control.queries["fault"]({})
            if row["organisation"] == organisation.key
        )
        waiting = ""
        if present:
            waiting = f"<p>{translate(language, 'present')}: {escape(present)}</p>"
        return (
            f"<details><summary>{translate(language, 'trouble')}</summary>{waiting}"
            + _form("fault", language, here, chosen + times)
            + _form("fault/clear", language, here, "")
            + _form("revoke", language, here, "")
            + "</details>"
        )


def _form(
    command: str, language: Language, hidden: Mapping[str, str], fields: str
) -> str:
    hidden_fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in {"command": command, **hidden}.items()
    )
    return (
        f'<form method="post" action="/?lang={language}">{hidden_fields}{fields}'
        f"<button>{translate(language, command)}</button></form>"
    )


def _typed(label: str, name: str, kind: str = "text") -> str:
    return f'<label>{label}<input type="{kind}" name="{name}"></label>'


def _selected(
    label: str, name: str, choices: Mapping[str, str], chosen: str = ""
) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" * (value == chosen)}>'
        f"{escape(text)}</option>"
        for value, text in choices.items()
    )
    return f'<label>{label}<select name="{name}">{options}</select></label>'
