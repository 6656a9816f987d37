"""Simulates sales of one hot product, and prints what became of the buyers."""

import argparse
import json
import sys
from collections.abc import Sequence

from inventory.model import SHARDS_MAX
from tools.bench.hot.measure import (
    CROWDS,
    PROCESSES,
    SCENARIOS,
    BooksDisagree,
    Crowd,
    measure_all,
    scaled,
    show,
)
from tools.console import new_console, run_and_exit

NAMES = [crowd.scenario for crowd in SCENARIOS]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 if something is wrong in a scenario."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.hot", description=__doc__)
    parser.add_argument("--offered", type=int, nargs="+", help="buyers a second (default: those of `make bench`)")
    parser.add_argument("--scenarios", nargs="+", choices=NAMES, default=[], help="only sales in which this happens")
    parser.add_argument("--shards", type=int, help="over how many the level is spread (default: 1)")
    parser.add_argument("--seconds", type=float, help="how long it is measured (default: 60)")
    parser.add_argument("--warm-up", type=float, help="for how long buyers come before that (default: 15)")
    parser.add_argument("--seeds", type=int, default=1, help="the median of so many runs (default: 1)")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"at a time (default: {PROCESSES})")
    parser.add_argument("--json", action="store_true", help="print the figures instead of the tables")
    chosen = parser.parse_args(arguments)
    numbers = (chosen.shards, chosen.seconds, chosen.warm_up, chosen.seeds, chosen.processes, *(chosen.offered or []))
    if any(number is not None and number < 1 for number in numbers):
        parser.error("every number must be at least 1")
    if chosen.shards and chosen.shards > SHARDS_MAX:
        parser.error(f"a level has at most {SHARDS_MAX} shards")
    try:
        found = measure_all(_crowds(chosen), chosen.seeds, chosen.processes)
    except BooksDisagree as wrong:
        print(wrong, file=sys.stderr)
        return 1
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        new_console().print(show(found))
    return 0


def _crowds(chosen: argparse.Namespace) -> list[Crowd]:
    """The crowds of `make bench`, or the chosen ones."""
    given = {"shards": chosen.shards, "seconds": chosen.seconds, "warm_up_seconds": chosen.warm_up}
    given = {name: number for name, number in given.items() if number is not None}
    if chosen.scenarios:
        scenarios = (crowd for crowd in SCENARIOS if crowd.scenario in chosen.scenarios)
        offered = {"offered": chosen.offered[0]} if chosen.offered else {}
        return [scaled(crowd, **given, **offered) for crowd in scenarios]
    if chosen.offered:
        return [scaled(Crowd(offered), **given) for offered in chosen.offered]
    return [*CROWDS, *SCENARIOS]


if __name__ == "__main__":
    run_and_exit(main)
