"""Makes the two web fonts from their packages: Latin and punctuation, as woff2."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fontpkg
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

FONTS: Mapping[str, str] = {
    "Figtree": "figtree.woff2",
    "JetBrains Mono": "jetbrains-mono.woff2",
}
# Latin-1, general punctuation, the euro, arrows, minus.
CHARACTERS = (
    *range(0x20, 0x100),
    *range(0x2010, 0x2040),
    0x20AC,
    *range(0x2190, 0x2194),
    0x2212,
)
FEATURES = ("kern", "tnum", "zero")


class Command(BaseCommand):
    help = "Subset the fonts into static/fonts; one that is there already is kept."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--force", action="store_true", help="make them again")

    def handle(self, *, force: bool, **_options: object) -> None:
        logging.getLogger("fontTools").setLevel(logging.WARNING)
        folder = Path(settings.BASE_DIR) / "static" / "fonts"
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in FONTS.items():
            if force or not (folder / file).exists():
                build(fontpkg.path(name), folder / file)


def build(source: Path, target: Path) -> None:
    """Subset a font to CHARACTERS, with figures of equal width."""
    options = subset.Options(flavor="woff2", layout_features=list(FEATURES))
    options.drop_tables += ["DSIG"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    # Written to another file and renamed, so that nobody reads half a font.
    draft = target.with_suffix(".part")
    subset.save_font(font, str(draft), options)
    draft.replace(target)
