"""The sizes of each part per mode."""

from collections.abc import Mapping

Sizes = dict[str, int]

QUICK: Mapping[str, Sizes] = {
    "moves": {"rounds": 3, "moves": 120, "noops": 1000},
    "statements": {"moves": 10},
    "starts": {"samples": 6, "many": 500, "others": 1000},
    "archive": {
        "rounds": 5,
        "documents": 3000,
        "bytes": 16_384,
        "few": 1000,
        "most": 20_000,
        "most_bytes": 4096,
        "longest": 240,
    },
    "pages": {
        "rounds": 7,
        "administrations": 4000,
        "small": 10_000,
        "times": 100,
        "load_rounds": 3,
        "seconds": 4,
    },
}
FULL: Mapping[str, Sizes] = {
    "moves": {"rounds": 5, "moves": 500, "noops": 5000},
    "statements": {"moves": 10},
    "starts": {"samples": 16, "many": 500, "others": 1000},
    "archive": {
        **QUICK["archive"],
        "documents": 5000,
        "most": 1_000_000,
        "longest": 7200,
    },
    "pages": {**QUICK["pages"], "times": 500, "load_rounds": 7, "seconds": 10},
}
TINY: Mapping[str, Sizes] = {
    "moves": {"rounds": 1, "moves": 4, "noops": 20},
    "statements": {"moves": 2},
    "starts": {"samples": 2, "many": 2, "others": 4},
    "archive": {
        **QUICK["archive"],
        "rounds": 1,
        "documents": 10,
        "few": 5,
        "most": 10,
    },
    "pages": {
        "rounds": 1,
        "administrations": 200,
        "small": 400,
        "times": 2,
        "load_rounds": 1,
        "seconds": 1,
    },
}
"""Only to see that everything runs; its figures mean nothing."""
MODES: Mapping[str, Mapping[str, Sizes]] = {"quick": QUICK, "full": FULL, "tiny": TINY}
SECONDS_PER_PART = {"quick": 900, "full": 4 * 3600, "tiny": 120}
"""The benchmark gives up a part that takes longer; its figures are null."""
