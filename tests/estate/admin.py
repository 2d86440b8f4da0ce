"""An administrator at work: pages opened and forms sent."""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.forms import BoundField
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from adminmoves.models import Event


def address(model: type[Model], page: str, *args: object) -> str:
    kind = ContentType.objects.get_for_model(model)
    return reverse(f"admin:{kind.app_label}_{kind.model}_{page}", args=args)


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """The errors of a form that came back; {} when it was taken."""
    if response.status_code == 302:
        return {}
    form = response.context["adminform"].form  # type: ignore[attr-defined] # the test client adds to it
    return {name: list(messages) for name, messages in form.errors.items()}


def as_shown(page: Any) -> dict[str, Any]:
    """What a browser sends of a change page where nothing was typed."""
    form = page.context["adminform"].form
    shown = {name: _in_box(form[name]) for name in form.fields}
    sent = {
        name: _as_sent(value) for name, value in shown.items() if value is not False
    }
    return {**sent, "_seen": form.seen}


def _in_box(field: BoundField) -> object:
    """What stands in the box of a field; a moment as its box writes it."""
    value = field.value()
    is_moment = isinstance(value, datetime)
    return field.field.widget.format_value(value) if is_moment else value


def change(client: Client, subject: Model, **answers: object) -> dict[str, list[str]]:
    """Send the change form with some answers changed; the errors."""
    url = address(type(subject), "change", subject.pk)
    typed = {name: _as_sent(value) for name, value in answers.items()}
    sent = {**as_shown(client.get(url)), **typed}
    data = {
        name: value for name, value in sent.items() if answers.get(name) is not False
    }
    return errors_of(client.post(url, data))  # type: ignore[arg-type] # the test client adds to it


def remove(client: Client, subject: Model) -> HttpResponse:
    """Confirm on the page that asks whether it may go."""
    url = address(type(subject), "delete", subject.pk)
    sent = {"post": "yes", "_seen": client.get(url).context["seen"]}
    return client.post(url, sent)  # type: ignore[return-value] # the test client adds to it


def _as_sent(value: object) -> object:
    if value is True:
        return "on"
    if isinstance(value, Model):
        return value.pk
    return "" if value is None else value


def add(client: Client, model: type[Model], **answers: object) -> dict[str, list[str]]:
    sent = {name: _as_sent(value) for name, value in answers.items()}
    return errors_of(client.post(address(model, "add"), sent))  # type: ignore[arg-type] # the test client adds to it


def actor_and_change(event: Event) -> tuple[str, object, object]:
    """Who did it, and what was before and after."""
    return event.actor_name, event.params["before"], event.params["after"]
