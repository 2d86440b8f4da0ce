"""The words of the rehearsal's own pages, in Dutch and in English."""

from collections.abc import Mapping

Language = str  # "nl" or "en"

PAIRS: Mapping[str, tuple[str, str]] = {
    "world": ("Oefenwereld", "Rehearsal world"),
    "made_up": (
        (
            "Dit is een verzonnen wereld om mee te oefenen. Het is geen echt "
            "boekhoudpakket en er gaat niets het internet op."
        ),
        (
            "This is a made-up world to practise with. It is no real bookkeeping "
            "package, and nothing goes out to the internet."
        ),
    ),
    "consent_title": ("Toegang geven tot {package}", "Give access to {package}"),
    "asks": (
        (
            "De toepassing {client} vraagt toegang. Kies namens welke organisatie je "
            "die geeft."
        ),
        (
            "The application {client} asks for access. Choose the organisation you "
            "give it for."
        ),
    ),
    "organisation": ("Organisatie", "Organisation"),
    "leave_out": (
        "Administraties van {owner} die je niet toont",
        "Administrations of {owner} that you do not show",
    ),
    "scopes": ("Wat de toepassing mag", "What the application may do"),
    "allow": ("Toestaan", "Allow"),
    "refuse": ("Weigeren", "Refuse"),
    "cannot": ("Dit verzoek klopt niet", "This request is not right"),
    "missing": ("Er ontbreekt: {names}.", "Missing: {names}."),
    "unknown_client": (
        "De toepassing {client} is hier niet bekend.",
        "The application {client} is not known here.",
    ),
    "not_loopback": (
        "De oefenwereld stuurt je alleen terug naar deze computer.",
        "The rehearsal world only sends you back to this computer.",
    ),
    "no_organisation": (
        "Er is hier geen organisatie om namens in te loggen.",
        "There is no organisation here to sign in for.",
    ),
    "estate": ("Organisaties en administraties", "Organisations and administrations"),
    "empty": ("Geen administraties.", "No administrations."),
    "code": ("Code", "Code"),
    "name": ("Naam", "Name"),
    "status": ("Status", "Status"),
    "change": ("Wijzigen", "Change"),
    "to": ("Naar", "To"),
    "code_there": ("Code daar (mag leeg)", "Code there (may be empty)"),
    "new_code": ("Nieuwe code", "New code"),
    "move": ("Verplaatsen", "Move"),
    "rename": ("Code wijzigen", "Change the code"),
    "set": ("Status zetten", "Set the status"),
    "trouble": ("Storing en toegang", "Trouble and access"),
    "present": ("Storing die wacht", "Waiting fault"),
    "fault": ("Storing", "Fault"),
    "times": ("Aantal keer (leeg: tot je stopt)", "Times (empty: until stopped)"),
    "fault/clear": ("Stop de storingen", "Stop the faults"),
    "revoke": ("Trek de toegang in", "Take the access back"),
    "active": ("Actief", "Active"),
    "inactive": ("Niet actief", "Inactive"),
    "archived": ("Gearchiveerd", "Archived"),
    "blocked": ("Geblokkeerd", "Blocked"),
    "conversion": ("In conversie", "In conversion"),
    "deleted": ("Verwijderd", "Deleted"),
}


def translate(language: Language, name: str, **parts: str) -> str:
    """The sentence in that language, its parts filled in as they are."""
    dutch, english = PAIRS[name]
    return (english if language == "en" else dutch).format(**parts)


def language_of(query: Mapping[str, str], headers: Mapping[str, str]) -> Language:
    """The language of the address, else of the browser, else Dutch."""
    chosen = query.get("lang", "")
    if chosen in ("nl", "en"):
        return chosen
    for choice in headers.get("accept-language", "").lower().split(","):
        if choice.strip()[:2] in ("nl", "en"):
            return choice.strip()[:2]
    return "nl"
