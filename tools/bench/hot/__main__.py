"""Simulates sales of one hot product, and prints what became of the buyers."""

import argparse
import json
import sys
from collections.abc import Sequence

from inventory.model import SHARDS_MAX
from tools.bench.hot.measure import CROWDS, PROCESSES, Crowd, measure_all, show
from tools.console import new_console


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.hot", description=__doc__)
    parser.add_argument("--offered", type=int, nargs="+", help="buyers a second (default: those of `make bench`)")
    parser.add_argument("--shards", type=int, default=1, help="over how many the level is spread (default: 1)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it is measured (default: 60)")
    parser.add_argument("--seeds", type=int, default=1, help="the median of so many runs (default: 1)")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"at a time (default: {PROCESSES})")
    parser.add_argument("--json", action="store_true", help="print the figures instead of the table")
    chosen = parser.parse_args(arguments)
    if min(chosen.shards, chosen.seconds, chosen.seeds, chosen.processes, *(chosen.offered or [1])) < 1:
        parser.error("every number must be at least 1")
    if chosen.shards > SHARDS_MAX:
        parser.error(f"a level has at most {SHARDS_MAX} shards")
    crowds = [Crowd(offered, chosen.shards, chosen.seconds) for offered in chosen.offered] if chosen.offered else CROWDS
    found = measure_all(crowds, chosen.seeds, chosen.processes)
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        new_console().print(show(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
