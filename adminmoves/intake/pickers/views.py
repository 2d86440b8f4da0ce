"""What the pickers of the form find, asked by a script."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adminmoves.intake.pickers.choices import find_administrations, find_offices
from adminmoves.models import Administration, Environment
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, inputs


@require_safe
@guards.portal_view(Right.DRAFT)
def pick_administration(request: http.PortalRequest) -> HttpResponse:
    value = inputs.text_in(request.GET, "administration")
    query = inputs.text_in(request.GET, "administration_query")
    chosen = Administration.objects.with_place().filter(public_id=value).first()
    page = {
        "name": "administration",
        "value": value,
        "query": query,
        "results": find_administrations(query).with_chosen(chosen),
    }
    return render(request, "partials/picker_results.html", page)


@require_safe
@guards.portal_view(Right.DRAFT)
def pick_office(request: http.PortalRequest) -> HttpResponse:
    value = inputs.text_in(request.GET, "to_environment")
    query = inputs.text_in(request.GET, "to_environment_query")
    chosen = Environment.objects.filter(public_id=value).first()
    offices = find_offices(query).with_chosen(chosen)
    page = {"value": value, "query": query, "offices": offices}
    return render(request, "intake/offices_found.html", page)
