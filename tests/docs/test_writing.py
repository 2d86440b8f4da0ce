"""Names that are settled stay so (docs/writing.md)."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, read, section, tables

CODE = ("adminmoves", "benchmarks", "migrations_portal")


def test_no_name_of_the_code_is_one_that_was_given_up() -> None:
    [rows] = tables(section(read("docs/writing.md"), "Names that are settled"))
    given_up = {name for _name, old in rows for name in re.findall(r"`(\w+)`", old)}
    assert len(given_up) > len(rows)

    found = sorted(
        f"{file.relative_to(ROOT)}: {name}"
        for folder in CODE
        for file in (ROOT / folder).rglob("*.py")
        for name in _names(ast.parse(file.read_text()))
        if name in given_up
    )

    assert found == []


def _names(tree: ast.AST) -> Iterator[str]:
    """Of classes, functions, parameters, variables and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
