"""The colours are measured where they are written: in the style sheet itself."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/portal/css/tokens.css").read_text()
VALUES = dict(re.findall(r"--([\w-]+): (.+?);", TOKENS))
TONES = ("green", "red", "amber", "orange", "blue", "slate", "purple", "grey")
TEXT, CONTROL = 4.5, 3.0

PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink2", "accent", "red")
        for ground in ("bg", "surface", "raise", "sunk")
    ),
    *((tone, f"{tone}-s", TEXT) for tone in TONES),
    *((tone, "surface", TEXT) for tone in TONES),
    *(("ink", f"{tone}-s", TEXT) for tone in TONES),
    *(("accent", f"{tone}-s", TEXT) for tone in TONES),
    ("ink2", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    ("accent", "accent-soft", TEXT),
    ("accent-hov", "surface", TEXT),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-hov", TEXT),
    ("ink", "mark", TEXT),
    ("bg", "ink", TEXT),
    ("bar-ink", "bar", TEXT),
    ("bar-ink2", "bar", TEXT),
    ("spark-ink", "spark", TEXT),
    ("line2", "surface", CONTROL),
    ("line2", "bg", CONTROL),
    ("focus", "surface", CONTROL),
    ("focus", "bg", CONTROL),
    ("spark", "bar", CONTROL),
]


def colour(name: str, theme: int) -> tuple[float, float, float]:
    """Linear red, green and blue of a token; theme 0 is light, 1 is dark."""
    value = VALUES[name]
    both = re.fullmatch(r"light-dark\((.+\)|#\w+), (.+)\)", value)
    value = both[1 + theme] if both else value
    if link := re.fullmatch(r"var\(--(.+)\)", value):
        return colour(link[1], theme)
    if value == "#fff":
        return (1.0, 1.0, 1.0)
    found = re.fullmatch(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value)
    assert found, f"--{name} is written in a way this test does not read: {value}"
    return from_oklch(*map(float, found.groups()))


def from_oklch(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    mixed = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, part)) for part in mixed)
    return (red, green, blue)


def luminance(name: str, theme: int) -> float:
    red, green, blue = colour(name, theme)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: int) -> float:
    lower, higher = sorted((luminance(one, theme), luminance(other, theme)))
    return (higher + 0.05) / (lower + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme: int) -> None:
    weak = {
        f"{ink} on {ground}": round(contrast(ink, ground, theme), 2)
        for ink, ground, least in PAIRS
        if contrast(ink, ground, theme) < least
    }

    assert weak == {}


def test_the_arithmetic_agrees_with_known_figures() -> None:
    white = luminance("surface", 0)
    black = from_oklch(0, 0, 0)

    assert round(white, 3) == 1.0
    assert black == (0.0, 0.0, 0.0)
    # --ink is #10252c on white, of which other tools say 15.9.
    assert round(contrast("ink", "surface", 0), 1) == 15.9
