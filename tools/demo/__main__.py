"""Runs many checkouts at once, with every outcome, on a local AWS. The exit code is 0 only if every check passed."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from tools.demo.checkout import CheckoutService
from tools.demo.checks import alert_problems, is_low, level_key, refund_problems
from tools.demo.costs.measure import measure
from tools.demo.costs.usage import cost_problems, read_prices
from tools.demo.execution_history import HistoryReader
from tools.demo.messages import Subscriber
from tools.demo.progress import run_with_progress, show_step
from tools.demo.report import show_messages, show_next_commands, show_outcomes, show_usage
from tools.demo.runner import outcome_problems
from tools.demo.scenarios import EVENTS, SCENARIOS
from tools.demo.stock_loader import BadCatalogue, StockLoader
from tools.local import local_aws, running_stack, working_directory
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.stack import Stack

CATALOGUE = EVENTS / "catalogue.csv"
PROBLEMS_SHOWN = 20


def main() -> int:
    """Run the demo on the local AWS that is running, or on a new one."""
    argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__).parse_args()
    forget_account_of_caller()
    interrupt_on_termination()
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        with _stack(console) as (stack, keeps_running):
            problems = _run(console, stack, keeps_running=keeps_running)
    except (LocalAwsError, BadCatalogue, TimeoutError, RuntimeError, BotoCoreError, ClientError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    for problem in problems[:PROBLEMS_SHOWN]:
        console.print(f"✗ {problem}", style="red", markup=False, highlight=False)
    if len(problems) > PROBLEMS_SHOWN:
        console.print(f"[red]… and {len(problems) - PROBLEMS_SHOWN} more[/red]", highlight=False)
    console.print("[green]Everything held.[/green]" if not problems else f"[red]{len(problems)} checks failed.[/red]")
    return 1 if problems else 0


@contextmanager
def _stack(console: Console) -> Iterator[tuple[Stack, bool]]:
    """The stack on the local AWS that is running, which keeps running; or on a new one for this demo."""
    stack = running_stack()
    if stack:
        console.print(f"Using the local AWS at {stack.endpoint_url}, which keeps running.")
        yield stack, True
        return

    def step(name: str) -> AbstractContextManager[Any]:
        return show_step(console, name)

    with local_aws(step=step) as stack:
        yield stack, False


def _run(console: Console, stack: Stack, *, keeps_running: bool) -> list[str]:
    """Run all scenarios, show what happened, and return the problems."""
    loader, service = StockLoader(stack), CheckoutService(stack)
    run_id = f"DEMO-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    problems, execution_arn = _run_checkouts(console, stack, loader, service, run_id)
    problems += _measure_costs(console, stack, loader, run_id)
    with show_step(console, "Comparing the stock counters with the reservations and the ledger") as show_result:
        differences = loader.differences()
        show_result("they agree" if not differences else f"{len(differences)} differences")
    show_next_commands(console, stack, execution_arn, keeps_running=keeps_running)
    return problems + differences


def _run_checkouts(
    console: Console, stack: Stack, loader: StockLoader, service: CheckoutService, run_id: str
) -> tuple[list[str], str]:
    """Run all checkouts at once; return the problems and the ARN of one execution."""
    with (
        Subscriber(stack, stack.outputs["LowStockTopicArn"]) as low_stock,
        Subscriber(stack, stack.outputs["OperationsTopicArn"]) as operations,
    ):
        with show_step(console, "Loading the catalogue") as show_result:
            show_result(f"{loader.load(CATALOGUE)} levels")
        not_low_before = {level_key(level) for level in loader.levels() if not is_low(level)}
        outcomes = run_with_progress(console, service, run_id)
        became_low = {level_key(level) for level in loader.levels() if is_low(level)} & not_low_before
        unfulfilled = [outcome.reservation_id for outcome in outcomes if outcome.status == "UNFULFILLED"]
        with show_step(console, "Waiting for the SNS messages") as show_result:
            alerts = low_stock.receive_until(lambda received: len(received) >= len(became_low))
            refunds = operations.receive_until(lambda received: len(received) >= len(unfulfilled))
            show_result(f"{len(alerts)} about low stock, {len(refunds)} about refunds")
    with show_step(console, "Reading the executions' histories"):
        read = HistoryReader(stack, service).read
        histories = {outcome.reservation_id: read(outcome.reservation_id) for outcome in outcomes}
    console.print()
    show_outcomes(console, SCENARIOS, outcomes, histories)
    show_messages(console, alerts, refunds)
    problems = [
        *outcome_problems(SCENARIOS, outcomes),
        *alert_problems(alerts, became_low),
        *refund_problems(refunds, unfulfilled),
    ]
    return problems, service.execution_arn(outcomes[0].reservation_id)


def _measure_costs(console: Console, stack: Stack, loader: StockLoader, run_id: str) -> list[str]:
    """Measure what a checkout of each outcome costs; return the problems."""
    with show_step(console, "Measuring one checkout of each outcome"):
        loader.load(CATALOGUE)  # the checkouts before have changed the stock
        usages = measure(stack, working_directory() / "dynamodb.jsonl", run_id)
    show_usage(console, usages, read_prices())
    return cost_problems(usages)


if __name__ == "__main__":
    sys.exit(main())
