"""Command line: python -m tools.mutate [stock.units …] [--minutes 4] [--tests FILE …] [--again] [--list]."""

import argparse
import sys
import time
from math import inf
from pathlib import Path

from tools.console import STOPPED, run_and_exit
from tools.mutate.mutants import mutants_of, source_of
from tools.mutate.results import NOTICED_MIN, Report, Results, listed_survivors

# The modules that decide what is held, sold, given back, alerted and published, in the order in which they run.
CORE = (
    "inventory.stock.units",
    "inventory.stock.sourcing",
    "inventory.reservations.store",
    "inventory.reservations.lifecycle",
    "inventory.reservations.placement",
    "inventory.reservations.spread_holds",
    "inventory.reservations.spread_levels",
    "inventory.reservations.hold_changes",
    "inventory.reservations.repeated_calls",
    "inventory.reservations.payment_result",
    "inventory.reservations.payments",
    "inventory.reservations.refund_store",
    "inventory.reservations.refunds",
    "inventory.reservations.outbox",
    "inventory.reservations.customer_limits",
    "inventory.reservations.checkout",
    "inventory.stock.store",
    "inventory.stock.ledger",
    "inventory.stock.counts",
    "inventory.stock.changes",
    "inventory.stock.repeated_calls",
    "inventory.stock.batch",
    "inventory.stock.low_stock_alerts",
    "inventory.stock.thresholds",
    "inventory.stock.lookup",
    "inventory.stock.shards.parts",
    "inventory.stock.shards.choice",
    "inventory.stock.shards.settled",
    "inventory.stock.shards.history",
    "inventory.stock.shards.crowds",
    "inventory.stock.shards.store",
    "inventory.stock.shards.spreading",
    "inventory.live.products.decisions",
    "inventory.live.reservations.decisions",
    "inventory.after_sale.distribution",
    "inventory.after_sale.movements",
    "inventory.after_sale.sold_units",
    "inventory.after_sale.store",
    "inventory.reconciliation.stranded_holds",
    "inventory.reconciliation.due_queue",
    "inventory.reconciliation.due_refunds",
    "inventory.reconciliation.counter_drift",
    "inventory.reconciliation.counter_store",
    "inventory.reconciliation.findings",
    "inventory.reconciliation.repairs",
    "inventory.model",
    "inventory.items",
    "inventory.index_partitions",
    "inventory.aws.attributes",
    "inventory.aws.changes",
    "inventory.aws.dynamodb",
    "inventory.aws.retries",
    "inventory.aws.task_tokens",
)


def main() -> int:
    """Run the mutants and report.

    Returns:
        1 for a survivor that is not listed, or too many of them; 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="module", help="for example stock.units (default: the core)")
    parser.add_argument("--tests", nargs="+", help="run only the tests in these files, while you write them")
    parser.add_argument("--minutes", type=float, default=inf, help="stop after this time; the next run continues")
    parser.add_argument("--again", action="store_true", help="forget the results of earlier runs")
    parser.add_argument("--list", action="store_true", help="print the mutants, and run none")
    arguments = parser.parse_args()
    modules = [f"inventory.{module.removeprefix('inventory.')}" for module in arguments.modules] or CORE
    for module in modules:
        if not source_of(module).is_file():
            parser.error(f"there is no module {module}: name one as in its import, for example stock.units")
    for file in arguments.tests or ():
        if not Path(file.partition("::")[0]).exists():
            parser.error(f"there is no file {file}")
    mutants = [mutant for module in modules for mutant in mutants_of(module)]
    if arguments.list:
        print("\n".join(mutant.key for mutant in mutants))
        return 0
    results = Results()
    if arguments.again:
        results.forget()
    from tools.mutate.session import SUITES, run  # imports the tests

    try:
        outcomes = run(mutants, results, time.monotonic() + arguments.minutes * 60, arguments.tests or SUITES)
    except KeyboardInterrupt:
        print("Stopped. The next run continues where this one ended.", file=sys.stderr)
        return STOPPED
    report = Report([(mutant, outcomes.get(mutant)) for mutant in mutants], listed_survivors())
    print("\n".join(report.lines()))
    if not report.is_good:
        print(
            f"{len(report.survivors)} survived without a reason, {len(report.outdated)} reasons are out of date,"
            f" {report.noticed_rate:.1%} were noticed ({NOTICED_MIN:.0%} are needed).",
            file=sys.stderr,
        )
    return 0 if report.is_good else 1


if __name__ == "__main__":
    run_and_exit(main)
