"""``make bench``: measure, print the table and write benchmarks/latest.json.

``make bench ARGS=full`` measures large estates; names of parts measure only those.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import reckon, table
from benchmarks.part import PARTS
from benchmarks.servers import Servers, throw_away_servers
from benchmarks.sizes import MODES, SECONDS_PER_PART, Sizes
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import CHECKOUT

LATEST = Path(__file__).with_name("latest.json")
Measured = dict[str, list[float]]


def main(arguments: Sequence[str]) -> int:
    """Return 0 if every chosen part was measured."""
    modes = [word for word in arguments if word in MODES] or ["quick"]
    parts = [word for word in arguments if word in PARTS] or list(PARTS)
    if len(arguments) > len({*modes, *parts} & {*arguments}):
        print(f"Choose from: {', '.join((*MODES, *PARTS))}.", file=sys.stderr)
        return 2
    # So that SIGTERM also ends all that was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        results, complete = run(modes[0], parts)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    LATEST.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {LATEST.relative_to(CHECKOUT)}.")
    return int(not complete)


def run(mode: str, parts: Sequence[str]) -> tuple[dict[str, object], bool]:
    """Return the content of the file, and whether every part was measured."""
    began, sizes = time.monotonic(), MODES[mode]
    raw: dict[str, Measured] = {}
    failed: dict[str, dict[str, str]] = {}
    with throw_away_servers() as servers:
        for part in parts:
            print(f"Measuring: {part}", flush=True)
            try:
                raw[part] = measured(servers, part, sizes[part], SECONDS_PER_PART[mode])
            except NotMeasured as reason:
                failed[part] = {"failed": str(reason)}
                print(f"Not measured: {part}: {reason}", file=sys.stderr)
    figures = reckon(raw)
    print(table(figures))
    results: dict[str, object] = {
        **figures,
        "mode": mode,
        "rounds": {part: sizes[part].get("rounds", 1) for part in parts},
        "sizes": {part: sizes[part] for part in parts},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 1),
        "raw": {**raw, **failed},
    }
    return results, not failed


class NotMeasured(Exception):
    """A part failed or took too long; its figures are null."""


def measured(servers: Servers, part: str, sizes: Sizes, seconds: float) -> Measured:
    """Measure a part in its own process, so that no part affects another."""
    file, log = servers.folder / f"{part}.json", servers.folder / f"{part}.log"
    with log.open("w") as lines:
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-m", "benchmarks.part", part, str(file)],
                cwd=CHECKOUT,
                env=servers.env,
                input=json.dumps(sizes),
                stdout=lines,
                stderr=lines,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotMeasured(f"longer than {seconds} seconds") from None
    if done.returncode:
        raise NotMeasured(log.read_text(errors="replace")[-1500:])
    found: Measured = json.loads(file.read_text())
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
