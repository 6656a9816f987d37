"""One day: every scenario's buyers at the same time, then what became of each of them."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import Ending, Scenario, Visit

PROGRESS_EVERY_SECONDS = 0.5
DAY_ENDS_WITHIN_SECONDS = 240


@dataclass(frozen=True)
class Progress:
    """How far the day has come: checkouts in all, those that ended, and how."""

    checkouts: int
    ended: int
    statuses: Counter[str]


def play(
    scenarios: Sequence[Scenario],
    service: CheckoutService,
    *,
    run: str,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> list[Ending]:
    """Let every buyer of every scenario shop at once.

    Args:
        run: what tells this day's reservations from those of another: a prefix of their ids.
        tell: called while it goes on.
    """
    visits = [
        (scenario, Visit(service, f"{run}-{number}-{buyer}", scenario.request(customer_id=f"{run}-{number}-{buyer}")))
        for number, scenario in enumerate(scenarios, start=1)
        for buyer in range(1, scenario.buyers + 1)
    ]
    with ThreadPoolExecutor(len(visits)) as pool:
        futures = [pool.submit(_visit, scenario, visit) for scenario, visit in visits]
        _watch(futures, tell)
        return [future.result() for future in futures]


def problems_of(scenarios: Sequence[Scenario], endings: Sequence[Ending]) -> list[str]:
    """Everything that did not end as its story must."""
    problems = []
    for scenario in scenarios:
        of_it = [ending for ending in endings if ending.scenario == scenario.name]
        for ending in of_it:
            problems += [f"{scenario.name}, {ending.reservation_id}: {problem}" for problem in ending.problems]
            if ending.status not in scenario.ends_as:
                expected = " or ".join(scenario.ends_as)
                problems.append(f"{scenario.name}, {ending.reservation_id}: ended {ending.status}, not {expected}")
        problems += [f"{scenario.name}: {problem}" for problem in scenario.together(of_it)]
    return problems


def _visit(scenario: Scenario, visit: Visit) -> Ending:
    try:
        scenario.story(visit)
        execution = visit.service.await_end(visit.reservation_id)
    except (TimeoutError, RuntimeError, ClientError, BotoCoreError) as error:
        return Ending(scenario.name, visit.reservation_id, "UNKNOWN", None, False, (*visit.problems, str(error)))
    row = visit.service.row(visit.reservation_id)
    status = row["status"]["S"] if row else execution.status
    if execution.status != "SUCCEEDED" and execution.status not in scenario.ends_as:
        visit.problems.append(f"its execution is {execution.status}: {execution.error}: {execution.cause}")
    reason = row["reason"]["S"] if row and "reason" in row else None
    rescued = bool(row and row.get("rescued", {}).get("BOOL"))
    return Ending(scenario.name, visit.reservation_id, status, reason, rescued, tuple(visit.problems))


def _watch(futures: Sequence[Future[Ending]], tell: Callable[[Progress], None]) -> None:
    deadline = time.monotonic() + DAY_ENDS_WITHIN_SECONDS
    waiting = set(futures)
    while waiting and time.monotonic() < deadline:
        _, waiting = wait(waiting, timeout=PROGRESS_EVERY_SECONDS)
        ended = [future.result() for future in futures if future.done()]
        tell(Progress(len(futures), len(ended), Counter(ending.status for ending in ended)))
