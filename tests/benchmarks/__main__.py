"""Command line of the benchmarks: ``python -m tests.benchmarks --help``."""

import argparse
import sys
from pathlib import Path

from tests.benchmarks.events import run as run_events
from tests.benchmarks.overlay import run as run_overlay
from tests.benchmarks.parts import PARTS, Options, say
from tests.benchmarks.picture_health import run as run_health
from tests.benchmarks.records import run as run_records
from tests.benchmarks.results import Result, machine, table, write_json
from tests.benchmarks.soak import run as run_soak
from tests.benchmarks.wall import run as run_wall

# Importing them registers them.
_REGISTERED = (run_wall, run_overlay, run_health, run_events, run_records, run_soak)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measures the program beside its peers and prints one table.",
    )
    about = "; ".join(f"{part.name}: {part.about}" for part in PARTS.values())
    parser.add_argument("--only", choices=sorted(PARTS), help=about)
    parser.add_argument("--quick", action="store_true", help="short windows, fewer repetitions")
    parser.add_argument("--minutes", type=float, help="how long the soak runs (default 30)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    options = parser.parse_args()
    if options.minutes is not None and options.minutes < 1:
        parser.error("--minutes must be at least 1")
    if options.json is not None and not options.json.parent.is_dir():
        parser.error(f"there is no folder {options.json.parent}")
    return options


def main() -> int:
    """Run the parts; 0 if every bar is met, 1 if one is not."""
    arguments = _parse()
    options = Options(arguments.quick, arguments.minutes)
    about = machine() | {"quick": options.quick}
    results: list[Result] = []
    for part in PARTS.values():
        if part.name == arguments.only or (arguments.only is None and part.is_routine):
            say(f"{part.name}: {part.about}")
            results.extend(part.run(options))
    print(f"{about['processor']}, {about['cores']} cores, {about['memory_mb']} MB")
    if options.quick:
        print("QUICK: short windows and few repetitions; a bar missed by little means nothing")
    print(table(results))
    if arguments.json is not None:
        write_json(arguments.json, about, results)
    return 1 if any(result.met is False for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
