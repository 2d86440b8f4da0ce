"""Finding an administration by anything that it is or ever was."""

from django.db.models import Q

from adminmoves.models.estate import Administration, Environment, FormerPlace

LONGEST = 320
FEW = 1000


def known_as(text: str) -> Q:
    """What an Administration is found by: name, code, office, address, also former.

    Codes, office codes and addresses are found by how they begin; names by any part.
    "VKN104.2041" is an office and a code, as the portal writes a place.
    """
    text = text.strip()[:LONGEST]
    former = FormerPlace.objects.filter(_place(text)).values("administration")
    offices = Environment.objects.filter(_office(text)).values("pk")
    return (
        Q(name__icontains=text)
        | Q(code__istartswith=text)
        | Q(mail_address__startswith=text.lower())
        | Q(environment__in=offices)
        | _code_at_office("environment__office_code", text)
        | Q(pk__in=former)
    )


def about(field: str, text: str) -> Q:
    """Whatever is about an administration that is or was known as this.

    Few are named one by one, so that an index finds what is about them; of many,
    a scan finds a page soon enough.
    """
    books = Administration.objects.filter(known_as(text)).order_by()
    few = list(books.values_list("pk", flat=True)[: FEW + 1])
    return Q(**{f"{field}__in": few if len(few) <= FEW else books.values("pk")})


def at_office(code: str, *fields: str) -> Q:
    """Whatever is or was at the office with this code, by any of these fields."""
    offices = Environment.objects.filter(office_code__iexact=code)
    found = list(offices.values_list("pk", flat=True))
    wanted = Q(pk__in=())
    for field in fields:
        wanted |= Q(**{f"{field}__in": found})
    return wanted


def was_known_as(place: FormerPlace, text: str) -> bool:
    """Whether this former place is what somebody looked for."""
    text = text.strip().lower()
    names = (
        place.code,
        place.office_code,
        place.mail_address,
        f"{place.office_code}.{place.code}",
    )
    return any(name.lower().startswith(text) for name in names)


def _place(text: str) -> Q:
    return (
        Q(code__istartswith=text)
        | Q(office_code__istartswith=text)
        | Q(mail_address__startswith=text.lower())
        | _code_at_office("office_code", text)
    )


def _office(text: str) -> Q:
    return Q(office_code__istartswith=text) | Q(name__icontains=text)


def _code_at_office(office_field: str, text: str) -> Q:
    office, dot, code = text.partition(".")
    if not (office and dot and code):
        return Q(pk__in=())
    return Q(**{f"{office_field}__iexact": office}, code__istartswith=code)
