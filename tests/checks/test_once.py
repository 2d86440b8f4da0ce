"""What several checks wait for in the same words is said once."""

from dataclasses import dataclass

from adminmoves.templatetags.portal import once


@dataclass(frozen=True)
class Told:
    title: str
    remedy: str
    code: str


def test_the_same_words_stand_once_and_keep_their_order() -> None:
    place = Told("De gewenste plek", "Kies eerst de code.", "place_free")
    again = Told("De gewenste plek", "Kies eerst de code.", "address_free")
    other = Told("De gewenste plek", "Kies een andere plek.", "place_wanted")
    who = Told("Wie vraagt dit", "Vul de naam in.", "requester")

    assert [one.remedy for one in once([place, who, again, other])] == [
        "Kies eerst de code.",
        "Vul de naam in.",
        "Kies een andere plek.",
    ]
