"""`make demo`: real checkouts through every outcome; exit code 0 only if everything held."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from tools.demo.checkout import CheckoutService
from tools.demo.day import Progress, play, problems_of
from tools.demo.history import Histories
from tools.demo.measure import cost_problems, measure, prices
from tools.demo.messages import Subscriber
from tools.demo.report import show_how_to_look_further, show_messages, show_outcomes, show_usage
from tools.demo.scenarios import EVENTS, SCENARIOS, Ending
from tools.demo.shelves import BadCatalogue, Shelves
from tools.local import local_aws, running_stack, usual_directory
from tools.local.errors import LocalAwsError
from tools.local.stack import Stack

PROBLEMS_SHOWN = 20


def main() -> int:
    """Play a day in the shop on a local AWS, the one that runs or one of its own."""
    argparse.ArgumentParser(prog="make demo", description=__doc__).parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        with _aws(console) as (stack, still_running):
            problems = _day(console, stack, still_running=still_running)
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
    console.print("[green]Everything held.[/green]" if not problems else f"[red]{len(problems)} did not hold.[/red]")
    return 1 if problems else 0


@contextmanager
def _aws(console: Console) -> Iterator[tuple[Stack, bool]]:
    """The local AWS that runs already, to be left running; or one of the demo's own."""
    stack = running_stack()
    if stack:
        console.print(f"Playing on the local AWS at {stack.endpoint_url}, which is left running.")
        yield stack, True
        return
    with local_aws(step=_told(console)) as stack:
        yield stack, False


def _told(console: Console) -> Any:
    @contextmanager
    def step(name: str) -> Iterator[None]:
        with _status(console, name) as finished:
            yield
            finished("")

    return step


def _day(console: Console, stack: Stack, *, still_running: bool) -> list[str]:
    shelves, service = Shelves(stack), CheckoutService(stack)
    run = f"DEMO-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with (
        Subscriber(stack, stack.outputs["LowStockTopicArn"]) as low_stock,
        Subscriber(stack, stack.outputs["OperationsTopicArn"]) as operations,
    ):
        with _status(console, "Loading the catalogue") as finished:
            finished(f"{shelves.load(EVENTS / 'catalogue.csv')} levels")
        above = {_key(level) for level in shelves.levels() if not _is_low(level)}
        endings = _play(console, service, run)
        became_low = {_key(level) for level in shelves.levels() if _is_low(level)} & above
        unfulfilled = [ending.reservation_id for ending in endings if ending.status == "UNFULFILLED"]
        with _status(console, "Waiting for the messages") as finished:
            alerts = low_stock.receive_until(lambda received: len(received) >= len(became_low))
            returns = operations.receive_until(lambda received: len(received) >= len(unfulfilled))
            finished(f"{len(alerts)} of low stock, {len(returns)} to ops")
    with _status(console, "Reading the histories"):
        read = Histories(stack, service).read
        histories = {ending.reservation_id: read(ending.reservation_id) for ending in endings}
    console.print()
    show_outcomes(console, SCENARIOS, endings, histories)
    show_messages(console, alerts, returns)
    problems = problems_of(SCENARIOS, endings)
    problems += _alert_problems(alerts, became_low)
    problems += _return_problems(returns, unfulfilled)
    with _status(console, "Measuring one checkout of each outcome"):
        shelves.load(EVENTS / "catalogue.csv")  # so that there is something to sell, and to become low, again
        usages = measure(stack, usual_directory() / "dynamodb.jsonl", run)
    show_usage(console, usages, prices())
    problems += cost_problems(usages)
    with _status(console, "Comparing the books") as finished:
        differences = shelves.differences()
        finished("they agree" if not differences else f"{len(differences)} differences")
    problems += differences
    show_how_to_look_further(
        console, stack, service.execution_arn(endings[0].reservation_id), still_running=still_running
    )
    return problems


def _play(console: Console, service: CheckoutService, run: str) -> Sequence[Ending]:
    """The day with its progress: a line that changes on a terminal, a line now and then elsewhere."""
    total = sum(scenario.buyers for scenario in SCENARIOS)
    console.print(f"{total} checkouts at once, of {len(SCENARIOS)} kinds:")
    if console.is_terminal:
        with console.status("starting") as line:
            return play(SCENARIOS, service, run=run, tell=lambda progress: line.update(_words(progress)))
    last = [-1]

    def tell(progress: Progress) -> None:
        if progress.ended != last[0]:
            console.print(f"  {_words(progress)}", highlight=False)
            last[0] = progress.ended

    return play(SCENARIOS, service, run=run, tell=tell)


def _words(progress: Progress) -> str:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(progress.statuses.items()))
    return f"{progress.ended} of {progress.checkouts} have ended{': ' if statuses else ''}{statuses}"


def _alert_problems(alerts: Sequence[Mapping[str, Any]], became_low: set[tuple[str, str]]) -> list[str]:
    """One alert for each level that became low, and no other."""
    sent = Counter((str(alert["product_id"]), str(alert["warehouse_id"])) for alert in alerts)
    return [
        f"{product_id} in {warehouse_id} became low {int((product_id, warehouse_id) in became_low)} times,"
        f" but was announced {sent[product_id, warehouse_id]} times"
        for product_id, warehouse_id in sorted(became_low | set(sent))
        if sent[product_id, warehouse_id] != int((product_id, warehouse_id) in became_low)
    ]


def _return_problems(returns: Sequence[Mapping[str, Any]], unfulfilled: Sequence[str]) -> list[str]:
    """Ops were told of each payment to return, once."""
    told = Counter(message["reservation_id"] for message in returns)
    return [
        f"ops were told {told[reservation_id]} times of the payment to return for {reservation_id}"
        for reservation_id in sorted(set(told) | set(unfulfilled))
        if told[reservation_id] != int(reservation_id in unfulfilled)
    ]


def _key(level: Mapping[str, Any]) -> tuple[str, str]:
    return level["product_id"], level["warehouse_id"]


def _is_low(level: Mapping[str, Any]) -> bool:
    return bool(level["on_hand"] <= level["low_stock_threshold"])


@contextmanager
def _status(console: Console, name: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done while it is done, then how long it took and what came of it."""
    outcome: list[str] = []
    started = time.monotonic()
    if console.is_terminal:
        with console.status(name):
            yield outcome.append
    else:
        console.print(f"{name} …")
        yield outcome.append
    came = f": {outcome[-1]}" if outcome and outcome[-1] else ""
    console.print(f"✓ {name}{came} [dim]({time.monotonic() - started:.1f} s)[/dim]", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
