"""Computes the figures from the measurements of a run; a missing one is null."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Raw = Mapping[str, Mapping[str, list[float]]]
Reckon = Callable[[Mapping[str, list[float]]], float]


def middle(name: str) -> Reckon:
    return lambda raw: median(raw[name])


def ratio(ours: str, limit: str) -> Reckon:
    """The median of the ratios per round, because a round has the same machine load."""
    return lambda raw: median(a / b for a, b in zip(raw[ours], raw[limit], strict=True))


def total(*names: str) -> Reckon:
    return lambda raw: sum(median(raw[name]) for name in names)


def worst(*names: str) -> Reckon:
    return lambda raw: max(median(raw[name]) for name in names)


@dataclass(frozen=True, slots=True)
class Figure:
    """``against``: the limit that is measured in the same run, or the goal."""

    part: str
    reckon: Reckon
    unit: str
    against: str


FIGURES: Mapping[str, Figure] = {
    "move_vs_bare": Figure(
        "moves",
        ratio("moves_per_s", "bare_per_s"),
        "moves per second",
        "1 = bare psycopg2, same rows",
    ),
    "move_vs_noop": Figure(
        "moves",
        ratio("moves_per_s", "noops_per_s"),
        "moves per second",
        "1 = empty Celery tasks",
    ),
    "statements_per_move": Figure(
        "statements",
        total("request", "approve", "execute"),
        "statements, form to completed",
        "as few as it can be",
    ),
    "archive_vs_copy": Figure(
        "archive",
        ratio("archive_bytes_per_s", "copy_bytes_per_s"),
        "bytes per second",
        "1 = plain copy with checksum",
    ),
    "archive_peak_mb_1k": Figure(
        "archive", middle("few_peak_mb"), "worker's memory, MB", "-"
    ),
    "archive_peak_mb_1m": Figure(
        "archive", middle("most_peak_mb"), "worker's memory, MB", "as with 1k"
    ),
    "approve_to_start_s": Figure(
        "starts", worst("idle_s", "busy_s"), "seconds, behind others", "as when idle"
    ),
    "approve_500_s": Figure("starts", middle("many_s"), "seconds, at once", "2"),
    "history_first_ms": Figure(
        "pages", middle("history_first_large_ms"), "milliseconds", "25"
    ),
    "history_deep_over_first": Figure(
        "pages",
        ratio("history_deep_large_ms", "history_first_large_ms"),
        "deep page",
        "1.1 x the first page",
    ),
    "history_5m_over_10k": Figure(
        "pages",
        ratio("history_first_large_ms", "history_first_small_ms"),
        "large estate",
        "1.3 x 10 thousand moves",
    ),
    "search_code_ms": Figure(
        "pages", middle("search_code_large_ms"), "milliseconds", "25"
    ),
    "search_text_ms": Figure(
        "pages", middle("search_text_large_ms"), "milliseconds", "150"
    ),
    "list_vs_bare": Figure(
        "pages",
        ratio("list_per_s", "bare_per_s"),
        "requests per second",
        "1 = bare Django page; wanted 0.35",
    ),
}


def reckon(raw: Raw) -> dict[str, float | None]:
    """Every figure by its key; None if its part was not measured."""
    return {
        key: round(figure.reckon(raw[figure.part]), 4) if figure.part in raw else None
        for key, figure in FIGURES.items()
    }


def table(figures: Mapping[str, float | None]) -> str:
    """The figures as lines for the terminal."""
    lines = [f"{'figure':<24} {'found':>12}  {'what':<30} against"]
    for key, figure in FIGURES.items():
        found = figures[key]
        value = "not measured" if found is None else f"{found:.3f}"
        lines.append(f"{key:<24} {value:>12}  {figure.unit:<30} {figure.against}")
    return "\n".join(lines)
