"""Offers load to the local AWS that `make up` started, and writes a plot and tables to `.local/load-test/`."""

import argparse
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError

from inventory.errors import InventoryError
from tools.console import new_console, run_and_exit
from tools.deployed_stack import NoStack
from tools.load_test.plan import BadPlan, Plan
from tools.load_test.report import PLOT, table_of, write
from tools.load_test.run import BooksDiffer, run
from tools.load_test.stock import NotSettled
from tools.local import running_stack
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.settings import PROJECT

DIRECTORY = PROJECT / ".local" / "load-test"
REFUSED = (BadPlan, LocalAwsError, NoStack)
FAILED = (BooksDiffer, NotSettled, InventoryError, ApiError, BotoCoreError, ClientError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one load test.

    Returns:
        0 if the books agree at its end; 1 for a setting that is not usable, or if it failed; 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.load_test", description=__doc__)
    parser.add_argument("--rate", default="5", help="shoppers per second, each with three calls; default: 5")
    parser.add_argument("--seconds", default="30", help="how long shoppers arrive, with the ramp; default: 30")
    parser.add_argument("--ramp", default="10", help="seconds in which the rate rises from 0; default: 10")
    parser.add_argument("--products", default="20", help="how many products they buy; default: 20")
    chosen = parser.parse_args(arguments)
    forget_account_of_caller()
    interrupt_on_termination()
    try:
        plan = Plan.parse(rate=chosen.rate, seconds=chosen.seconds, ramp=chosen.ramp, products=chosen.products)
        stack = running_stack()
        if stack is None:
            raise LocalAwsError("No local AWS is running. Start it first: make up")
        results = run(stack, plan)
        write(DIRECTORY, plan, results)
    except (*REFUSED, *FAILED) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. No results were written.", file=sys.stderr)
        return 130
    new_console().print(table_of(plan, results))
    print(f"The plot is {(DIRECTORY / PLOT).relative_to(PROJECT)}, and the tables are beside it.")
    return 0


if __name__ == "__main__":
    run_and_exit(main)
