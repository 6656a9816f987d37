"""Simulates checkouts in many worlds, each with everything that can go wrong, drawn from its seed."""

import argparse
import os
import sys
from collections.abc import Sequence

from tests.simulation.bugs import BUGS
from tests.simulation.runs import COMMAND, hunt_all, simulate_all, story

CHECKOUTS = 100
PROCESSES = 2
MISSED_MAX = 2  # of all bugs
STOPPED = 130  # by Ctrl-C


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 if nothing is wrong, or if enough bugs are found; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "--seeds", default="100", help="the worlds: so many, or from-to, for example 7-7 (default: 100)"
    )
    parser.add_argument("--checkouts", type=int, default=CHECKOUTS, help=f"in each world (default: {CHECKOUTS})")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"at a time (default: {PROCESSES})")
    parser.add_argument("--story", action="store_true", help="print everything that happens in these worlds")
    parser.add_argument("--bugs", action="store_true", help="look for each of the seeded bugs instead")
    parser.add_argument("--bug", type=int, action="append", help="look for this one only, counted from 1")
    options = parser.parse_args(arguments)
    try:
        seeds = _seeds(options.seeds)
    except ValueError:
        parser.error(f"SEEDS is a number of worlds, like 100, or from-to, like 7-7, and not {options.seeds!r}")
    if min(options.checkouts, options.processes) < 1:
        parser.error("CHECKOUTS and processes must be at least 1")
    try:
        return _run(options, seeds)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def _run(options: argparse.Namespace, seeds: range) -> int:
    if options.bugs or options.bug:
        chosen = [number - 1 for number in options.bug] if options.bug else list(range(len(BUGS)))
        return 1 if hunt_all(chosen, options.checkouts, options.processes) > MISSED_MAX else 0
    if options.story:
        print("\n\n".join(story(seed, options.checkouts) for seed in seeds))
        return 0
    return 1 if simulate_all(seeds, options.checkouts, options.processes) else 0


def _seeds(text: str) -> range:
    """`1000` is 1 to 1000; `5-7` is 5, 6 and 7.

    Raises:
        ValueError: it is none of both, or there is no world in it.
    """
    first, dash, last = text.partition("-")
    seeds = range(int(first), int(last) + 1) if dash else range(1, int(first) + 1)
    if not seeds:
        raise ValueError(text)
    return seeds


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets must not differ from run to run
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])
    sys.exit(main(sys.argv[1:]))
