"""Runs the shoppers of all scenarios at the same time, and checks their outcomes."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import Outcome, Scenario
from tools.demo.shopper import Shopper

PROGRESS_EVERY_SECONDS = 0.5
PROGRESS_ENDS_AFTER_SECONDS = 240


@dataclass(frozen=True)
class Progress:
    """The number of checkouts, how many have ended, and their statuses."""

    checkouts: int
    ended: int
    statuses: Counter[str]


def run_scenarios(
    scenarios: Sequence[Scenario],
    service: CheckoutService,
    *,
    run_id: str,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> list[Outcome]:
    """Run every shopper of every scenario at the same time.

    Args:
        scenarios: the scenarios to run.
        service: the checkout service that the shoppers use.
        run_id: a prefix of the reservations' ids, which must be different in each run.
        on_progress: called regularly until all shoppers have finished.
    """
    checkouts = [
        (scenario, Shopper(service, reservation_id, scenario.request(customer_id=reservation_id)))
        for number, scenario in enumerate(scenarios, start=1)
        for reservation_id in (f"{run_id}-{number}-{shopper}" for shopper in range(1, scenario.shoppers + 1))
    ]
    with ThreadPoolExecutor(len(checkouts)) as pool:
        futures = [pool.submit(_run, scenario, shopper) for scenario, shopper in checkouts]
        _report_progress(futures, on_progress)
        return [future.result() for future in futures]


def outcome_problems(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> list[str]:
    """A sentence for everything that did not end as its scenario requires."""
    problems = []
    for scenario in scenarios:
        own = [outcome for outcome in outcomes if outcome.scenario == scenario.name]
        for outcome in own:
            problems += [f"{scenario.name}, {outcome.reservation_id}: {problem}" for problem in outcome.problems]
            if outcome.status not in scenario.expected_statuses:
                expected = " or ".join(scenario.expected_statuses)
                problems.append(f"{scenario.name}, {outcome.reservation_id}: ended {outcome.status}, not {expected}")
        problems += [f"{scenario.name}: {problem}" for problem in scenario.check_all(own)]
    return problems


def _run(scenario: Scenario, shopper: Shopper) -> Outcome:
    try:
        scenario.steps(shopper)
        execution = shopper.service.await_end(shopper.reservation_id)
    except (TimeoutError, RuntimeError, ClientError, BotoCoreError) as error:
        return Outcome(scenario.name, shopper.reservation_id, "UNKNOWN", None, False, (*shopper.problems, str(error)))
    row = shopper.service.row(shopper.reservation_id)
    status = row["status"]["S"] if row else execution.status
    if execution.status != "SUCCEEDED" and execution.status not in scenario.expected_statuses:
        shopper.problems.append(f"its execution is {execution.status}: {execution.error}: {execution.cause}")
    reason = row["reason"]["S"] if row and "reason" in row else None
    rescued = bool(row and row.get("rescued", {}).get("BOOL"))
    return Outcome(scenario.name, shopper.reservation_id, status, reason, rescued, tuple(shopper.problems))


def _report_progress(futures: Sequence[Future[Outcome]], on_progress: Callable[[Progress], None]) -> None:
    deadline = time.monotonic() + PROGRESS_ENDS_AFTER_SECONDS
    running = set(futures)
    while running and time.monotonic() < deadline:
        _, running = wait(running, timeout=PROGRESS_EVERY_SECONDS)
        ended = [future.result() for future in futures if future.done()]
        on_progress(Progress(len(futures), len(ended), Counter(outcome.status for outcome in ended)))
