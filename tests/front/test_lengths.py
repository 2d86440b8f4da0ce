"""No form takes a text of any length: how long it may be is looked at first."""

from collections.abc import Iterator

from django import forms

from adminmoves import urls  # noqa: F401 - so that all forms are known

HASHED = {"password1", "password2"}
"""Of a new password: a hash costs the same whatever its length. The samples of the
style guide take nothing."""


def every_form(base: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


def test_every_text_has_a_length() -> None:
    endless = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in every_form(forms.BaseForm)
        if form.__module__.startswith("adminmoves")
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField) and field.max_length is None
        if name not in HASHED and "styleguide" not in form.__module__
    ]

    assert endless == []
