"""Runs many checkouts at once, with every outcome, on a local AWS.

The exit code is 0 if everything held, 1 if something did not, and 3 if this machine was too slow to say so.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from inventory.errors import InventoryError
from tools.console import new_console, run_and_exit
from tools.demo.checkout import CheckoutService
from tools.demo.checks import alert_findings, is_low, level_key, refund_findings
from tools.demo.costs.calls import measure_calls
from tools.demo.costs.measure import measure
from tools.demo.costs.usage import cost_problems, read_prices
from tools.demo.execution_history import HistoryReader
from tools.demo.findings import DID_NOT_HOLD, EVERYTHING_HELD, TOO_SLOW, Findings, Verdict
from tools.demo.messages import ARRIVES_WITHIN_SECONDS, Subscriber
from tools.demo.pace import MachineTooSlow, measured_pace
from tools.demo.progress import run_with_progress, show_step
from tools.demo.report import show_calls, show_messages, show_next_commands, show_outcomes, show_usage
from tools.demo.runner import CALL_ERRORS, outcome_findings
from tools.demo.scenarios import CATALOGUES, SCENARIOS
from tools.demo.stock_loader import StockLoader
from tools.load.catalogue_file import BadCatalogue
from tools.local import local_aws, running_stack, working_directory
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.stack import Stack

PROBLEMS_SHOWN = 20
COMPARISONS_MAX = 5
COMPARISON_PAUSE_SECONDS = 3.0
STOPPED = 130  # by Ctrl-C


def main() -> int:
    """Run the demo on the local AWS that is running, or on a new one."""
    argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__).parse_args()
    forget_account_of_caller()
    interrupt_on_termination()
    console = new_console()
    try:
        with _stack(console) as (stack, keeps_running):
            verdict = _run(console, stack, keeps_running=keeps_running)
    except MachineTooSlow as error:
        console.print(str(error), style="red", markup=False)
        return TOO_SLOW
    except (LocalAwsError, BadCatalogue, InventoryError, *CALL_ERRORS) as error:
        console.print(f"The demo could not be completed: {error}", style="red", markup=False)
        return DID_NOT_HOLD
    except KeyboardInterrupt:
        console.print("Stopped.")
        return STOPPED
    return _show(console, verdict)


def _show(console: Console, verdict: Verdict) -> int:
    for sentence in verdict.sentences[:PROBLEMS_SHOWN]:
        console.print(f"✗ {sentence}", style="red", markup=False)
    if len(verdict.sentences) > PROBLEMS_SHOWN:
        console.print(f"… and {len(verdict.sentences) - PROBLEMS_SHOWN} more", style="red", markup=False)
    style = "green" if verdict.exit_code == EVERYTHING_HELD else "red"
    console.print(verdict.conclusion, style=style, markup=False)
    return verdict.exit_code


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


def _run(console: Console, stack: Stack, *, keeps_running: bool) -> Verdict:
    """Run all scenarios, and show what happened."""
    loader, service = StockLoader(stack), CheckoutService(stack)
    run_id = f"DEMO-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with show_step(console, "Loading the catalogue") as show_result:
        show_result(f"{sum(loader.load(catalogue) for catalogue in CATALOGUES)} levels")
    with show_step(console, "Measuring how fast this machine is") as show_result:
        service.pace = measured_pace(service, run_id, SCENARIOS[0].request(run_id))
        show_result(f"the demo's waits are stretched by {service.pace.stretch:.1f}")
    with service.pace.watched(service):
        findings, execution_arn = _run_checkouts(console, stack, loader, service, run_id)
        findings += _measure_costs(console, stack, loader, run_id)
    with show_step(console, "Comparing the stock counters with the reservations and the ledger") as show_result:
        differences = _differences(loader, attempts=COMPARISONS_MAX if findings.delays else 1)
        show_result("they agree" if not differences else f"{len(differences)} differences")
    show_next_commands(console, stack, execution_arn, keeps_running=keeps_running)
    findings += Findings(differences)
    return Verdict.of(findings, is_too_slow=service.pace.is_too_slow)


def _differences(loader: StockLoader, *, attempts: int) -> list[str]:
    """The differences at rest: a checkout that was not awaited to its end may still write."""
    while (differences := loader.differences()) and attempts > 1:
        attempts -= 1
        time.sleep(COMPARISON_PAUSE_SECONDS)
    return differences


def _run_checkouts(
    console: Console, stack: Stack, loader: StockLoader, service: CheckoutService, run_id: str
) -> tuple[Findings, str]:
    """Run all checkouts at once; return what was found and the ARN of one execution."""
    with (
        Subscriber(stack, stack.outputs["LowStockTopicArn"]) as low_stock,
        Subscriber(stack, stack.outputs["OperationsTopicArn"]) as operations,
    ):
        not_low_before = {level_key(level) for level in loader.levels() if not is_low(level)}
        outcomes = run_with_progress(console, service, run_id)
        became_low = {level_key(level) for level in loader.levels() if is_low(level)} & not_low_before
        unfulfilled = [outcome.reservation_id for outcome in outcomes if outcome.status == "UNFULFILLED"]
        with show_step(console, "Waiting for the SNS messages") as show_result:
            seconds = service.pace.seconds(ARRIVES_WITHIN_SECONDS)
            alerts = low_stock.receive_until(lambda received: len(received) >= len(became_low), seconds)
            refunds = operations.receive_until(lambda received: len(received) >= len(unfulfilled), seconds)
            show_result(f"{len(alerts)} about low stock, {len(refunds)} about refunds")
    with show_step(console, "Reading the executions' histories"):
        read = HistoryReader(stack, service).read
        histories = {outcome.reservation_id: read(outcome.reservation_id) for outcome in outcomes}
    console.print()
    show_outcomes(console, SCENARIOS, outcomes, histories)
    show_messages(console, alerts, refunds)
    findings = outcome_findings(SCENARIOS, outcomes)
    findings += alert_findings(alerts, became_low)
    findings += refund_findings(refunds, unfulfilled)
    return findings, service.execution_arn(outcomes[0].reservation_id)


def _measure_costs(console: Console, stack: Stack, loader: StockLoader, run_id: str) -> Findings:
    """Measure what a checkout of each outcome costs. A state that is tried again on a slow machine costs, too."""
    with show_step(console, "Measuring one checkout of each outcome"):
        for catalogue in CATALOGUES:  # the checkouts before have changed the stock
            loader.load(catalogue)
        try:
            calls_log = working_directory() / "dynamodb.jsonl"
            usages = measure(stack, calls_log, run_id)
            calls = measure_calls(stack, calls_log, run_id, [level_key(level) for level in loader.levels()])
        except CALL_ERRORS as error:
            return Findings(delays=[f"the costs were not measured: {type(error).__name__}: {error}"])
    show_usage(console, usages, read_prices())
    show_calls(console, calls, read_prices())
    return Findings(delays=cost_problems([*usages, *calls]))


def main_without_waiting() -> int:
    """Run the demo. After Ctrl-C everything is cleaned up, and Python would wait for the shoppers' threads."""
    code = main()
    if code == STOPPED:
        sys.stdout.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    run_and_exit(main_without_waiting)
