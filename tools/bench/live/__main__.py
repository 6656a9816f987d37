"""Measures how soon pages show changes of stock, with so many subscribers and changes, for so long."""

import argparse
import json
import sys
from collections.abc import Sequence

from tools.bench.live import figures, table
from tools.bench.live.plan import SOAK_MINUTES_MIN, Plan
from tools.bench.part import CannotRun, Progress
from tools.console import new_console, run_and_exit
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 if it could not be measured."""
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tools.bench.live", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=plan.subscribers, help="WebSocket connections (%(default)s)")
    parser.add_argument("--changes-per-minute", type=int, default=plan.changes_per_minute, help="(%(default)s)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=plan.minutes,
        help=f"how long the crowd watches (%(default)s); from {SOAK_MINUTES_MIN:g} on also the growth of the memory",
    )
    parser.add_argument("--json", action="store_true", help="print the figures instead of the table")
    chosen = parser.parse_args(arguments)
    if min(chosen.subscribers, chosen.changes_per_minute) < 1 or chosen.minutes <= 0:
        parser.error("every number must be above 0")
    forget_account_of_caller()
    interrupt_on_termination()
    try:
        with Progress.of("live"):
            found = figures(Plan(chosen.subscribers, chosen.changes_per_minute, chosen.minutes))
    except (CannotRun, LocalAwsError, OSError, RuntimeError) as error:
        print(f"live cannot be measured: {error}", file=sys.stderr)
        return 1
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        new_console().print(table(found))
    return 0


if __name__ == "__main__":
    run_and_exit(main)
