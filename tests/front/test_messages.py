"""The Dutch texts come from several files and make one catalogue."""

from pathlib import Path

from adminmoves.management import translations

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_two_texts_for_one_sentence_are_told_with_their_files(tmp_path: Path) -> None:
    fragments = tmp_path / "fragments"
    fragments.mkdir()
    for name, text in (("a", "Sluiten"), ("b", "Dicht"), ("c", "Sluiten")):
        words = f'{HEAD}msgid "Close"\nmsgstr "{text}"\n'
        (fragments / f"{name}.po").write_text(words)

    assert translations.contradictions(tmp_path) == [
        "a.po, b.po: two texts for 'Close'"
    ]
