"""The benchmarks run, and say of each figure what was found or nothing at all."""

from collections.abc import Iterator
from itertools import chain

import pytest

from benchmarks.__main__ import NotMeasured, measured
from benchmarks.figures import FIGURES, reckon, table
from benchmarks.part import PARTS
from benchmarks.servers import Servers, throw_away_servers
from benchmarks.sizes import MODES, TINY

KEYS = [
    "move_vs_bare",
    "move_vs_noop",
    "statements_per_move",
    "archive_vs_copy",
    "archive_peak_mb_1k",
    "archive_peak_mb_1m",
    "approve_to_start_s",
    "approve_500_s",
    "history_first_ms",
    "history_deep_over_first",
    "history_5m_over_10k",
    "search_code_ms",
    "search_text_ms",
    "list_vs_bare",
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with throw_away_servers() as started:
        yield started


def test_every_figure_has_its_place_and_its_part() -> None:
    assert list(FIGURES) == KEYS
    assert {figure.part for figure in FIGURES.values()} == set(PARTS)
    assert [set(sizes) for sizes in MODES.values()] == [set(PARTS)] * len(MODES)


def test_what_was_not_measured_is_null_and_said_so() -> None:
    nothing = reckon({})

    assert nothing == dict.fromkeys(KEYS)
    assert table(nothing).count("not measured") == len(KEYS)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    rounds = {
        "moves_per_s": [10.0, 20.0, 30.0],
        "bare_per_s": [100.0, 100.0, 600.0],
        "noops_per_s": [1000.0, 1000.0, 1000.0],
    }

    found = reckon({"moves": rounds})

    assert (found["move_vs_bare"], found["move_vs_noop"]) == (0.1, 0.02)


@pytest.mark.workers
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", PARTS)
def test_each_part_measures_all_its_figures(servers: Servers, part: str) -> None:
    raw = measured(servers, part, TINY[part], 240)

    found = reckon({part: raw})
    own = [key for key, figure in FIGURES.items() if figure.part == part]
    assert all((found[key] or 0) > 0 for key in own)
    assert all(number >= 0 for number in chain.from_iterable(raw.values()))


@pytest.mark.workers
def test_a_part_that_fails_gives_no_figures(servers: Servers) -> None:
    with pytest.raises(NotMeasured, match="KeyError"):
        measured(servers, "statements", {}, 100)
