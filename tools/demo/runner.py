"""Runs the shoppers of all scenarios at the same time, and checks their outcomes."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError

from tools.demo.checkout import CheckoutService
from tools.demo.findings import Findings
from tools.demo.scenarios import Outcome, Scenario
from tools.demo.shopper import Shopper

PROGRESS_EVERY_SECONDS = 0.5
# What a call of a shopper may end with: the demo goes on, and reports it.
CALL_ERRORS = (TimeoutError, OSError, RuntimeError, ApiError, BotoCoreError, ClientError)


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
    """Run every shopper of every scenario at the same time; on a slow machine they arrive one after the other.

    Args:
        scenarios: the scenarios to run.
        service: the checkout service that the shoppers use.
        run_id: a prefix of the reservations' ids, which must be different in each run.
        on_progress: called regularly until all shoppers have finished.
    """
    checkouts = [
        (scenario, Shopper(service, reservation_id, scenario.request(reservation_id, service.pace)))
        for number, scenario in enumerate(scenarios, start=1)
        for reservation_id in (f"{run_id}-{number}-{shopper}" for shopper in range(1, scenario.shoppers + 1))
    ]
    pool = ThreadPoolExecutor(len(checkouts))
    try:
        futures = [pool.submit(_run, scenario, shopper) for scenario, shopper in checkouts]
        _report_progress(futures, on_progress)
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # after Ctrl-C, nobody waits for shoppers that still wait


def outcome_findings(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> Findings:
    """A sentence for everything that did not end as its scenario requires."""
    findings = Findings()
    for scenario in scenarios:
        own = [outcome for outcome in outcomes if outcome.scenario == scenario.name]
        for outcome in own:
            findings += _findings_of(outcome, scenario)
        problems = [f"{scenario.name}: {problem}" for problem in scenario.check_all(own)]
        # The others of a crowd cannot be judged if one of them came late.
        findings += Findings(delays=problems) if any(outcome.delays for outcome in own) else Findings(problems)
    return findings


def _findings_of(outcome: Outcome, scenario: Scenario) -> Findings:
    name = f"{scenario.name}, {outcome.reservation_id}"
    findings = Findings(
        [f"{name}: {problem}" for problem in outcome.problems], [f"{name}: {delay}" for delay in outcome.delays]
    )
    if outcome.status not in scenario.expected_statuses:
        sentence = f"{name}: ended {outcome.status}, not {' or '.join(scenario.expected_statuses)}"
        (findings.delays if outcome.delays else findings.problems).append(sentence)
    return findings


def _run(scenario: Scenario, shopper: Shopper) -> Outcome:
    findings, reservation_id = shopper.findings, shopper.reservation_id
    time.sleep(random.uniform(0, shopper.service.pace.arrival_seconds))
    try:
        scenario.steps(shopper)
        execution = shopper.service.await_end(reservation_id)
        row = shopper.service.row(reservation_id)
    except CALL_ERRORS as error:
        findings.delays.append(f"{type(error).__name__}: {error}")
        return Outcome(scenario.name, reservation_id, "UNKNOWN", None, False, findings.problems, findings.delays)
    status = row["status"]["S"] if row else execution.status
    if execution.status != "SUCCEEDED" and execution.status not in scenario.expected_statuses:
        findings.delays.append(f"its execution is {execution.status}: {execution.error}: {execution.cause}")
    reason = row["reason"]["S"] if row and "reason" in row else None
    rescued = bool(row and row.get("rescued", {}).get("BOOL"))
    return Outcome(
        scenario.name, reservation_id, status, reason, rescued, findings.problems, findings.delays, shopper.story
    )


def _report_progress(futures: Sequence[Future[Outcome]], on_progress: Callable[[Progress], None]) -> None:
    running = set(futures)
    while running:  # each of them has a deadline
        _, running = wait(running, timeout=PROGRESS_EVERY_SECONDS)
        ended = [future.result() for future in futures if future.done()]
        on_progress(Progress(len(futures), len(ended), Counter(outcome.status for outcome in ended)))
