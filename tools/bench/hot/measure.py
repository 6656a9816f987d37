"""Runs sales, each in a process of its own as time and chance are replaced in it, and turns them into figures."""

import multiprocessing
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

PROCESSES = 2
ASSUMPTION = "Transactions hold their items for 5 to 20 ms. 480 buyers a second come to 16 shards in each scenario."


class BooksDisagree(Exception):
    """Something is wrong in a sale: one sentence each."""


@dataclass(frozen=True)
class Crowd:
    """Who comes to a sale.

    Args:
        offered: buyers a second, who come at random.
        shards: over how many the level is spread.
        seconds: how long it is measured.
        warm_up_seconds: before that buyers come, and nothing is measured: the first of them have to pay first.
        scenario: what happens meanwhile, by its name; "": nothing.
        quantity: units that each wants.
        units: that there are; 0: more than anybody wants.
    """

    offered: int
    shards: int = 1
    seconds: float = 60.0
    seed: int = 1
    warm_up_seconds: float = 15.0
    scenario: str = ""
    quantity: int = 1
    units: int = 0

    @property
    def name(self) -> str:
        """The beginning of its figures' names."""
        return f"hot.{self.scenario}" if self.scenario else f"hot.{self.shards}.{self.offered}"


@dataclass(frozen=True)
class Result:
    """What became of the buyers who came while it was measured.

    Args:
        orders_per_second: committed while it was measured.
        p50_seconds, p99_seconds: from a buyer's arrival to the hold.
        commit_p99_seconds: from the payment to the sale.
        busy_share: of the checkouts, those whose first attempt of ReserveStock ended busy.
        retries_per_order: of ReserveStock and CommitStock, by the workflow.
        given_up: paid orders whose execution ended in CommitNeedsAttention.
        turned_away: buyers who were not served within a minute.
    """

    orders_per_second: float
    p50_seconds: float
    p99_seconds: float
    commit_p99_seconds: float
    busy_share: float
    retries_per_order: float
    given_up: float
    turned_away: float


@dataclass(frozen=True)
class Meanwhile:
    """What became of a scenario beside its orders.

    Args:
        refused: buyers whose hold was refused, as there were too few units.
        refusal_p99_seconds: from a buyer's arrival to the refusal.
        changes: by managers and machines, each answered as it should be.
        changes_busy: invocations that changed nothing and were made again, or were continued by another one.
        change_p99_seconds: from the first call of a change to its answer.
        left: units that are available at the end.
    """

    refused: float
    refusal_p99_seconds: float
    changes: float
    changes_busy: float
    change_p99_seconds: float
    left: float


# One shard with more buyers than it can serve is measured for a shorter time: it takes longest to simulate.
CROWDS = (
    *(Crowd(offered) for offered in (10, 25, 40)),
    *(Crowd(offered, seconds=30.0) for offered in (60, 100, 200)),
    *(Crowd(offered, shards) for shards, offered in ((4, 100), (8, 240), (16, 480))),
)
SMALL_CROWDS = (Crowd(5, seconds=5.0),)


def _scenario(name: str, quantity: int = 1) -> Crowd:
    return Crowd(480, 16, seconds=20.0, warm_up_seconds=10.0, scenario=name, quantity=quantity)


def scaled(crowd: Crowd, **given: Any) -> Crowd:
    """The same with other numbers; where not all buyers find units, there are as many in proportion."""
    other = replace(crowd, **given)
    return sold_out(other) if crowd.units else other


def sold_out(crowd: Crowd) -> Crowd:
    """The same with units for half of the buyers, and one more if they want several: nobody wants that one."""
    orders = round(crowd.offered * (crowd.warm_up_seconds + crowd.seconds) / 2)
    return replace(crowd, units=orders * crowd.quantity + min(1, crowd.quantity - 1))


SCENARIOS = (
    *(_scenario(name) for name in ("changes", "growing", "shrinking")),
    sold_out(_scenario("selling_out")),
    sold_out(_scenario("selling_out_in_threes", quantity=3)),
)


def measure(crowd: Crowd) -> dict[str, float]:
    """Live through one sale. Called in a fresh process."""
    from tools.bench.hot.sale import Sale

    return Sale(crowd).run()


def _end_at_ctrl_c() -> None:
    """Let Ctrl-C end a process of the pool at once: the command itself says so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def measure_all(crowds: Iterable[Crowd], seeds: int, processes: int = PROCESSES) -> dict[str, float]:
    """The figures of each crowd, each the median over its seeds; progress goes to the standard error.

    Raises:
        BooksDisagree: something is wrong in a scenario.
    """
    os.environ["PYTHONHASHSEED"] = "0"  # the order of sets is a part of the story
    fresh = multiprocessing.get_context("spawn")
    results: dict[str, list[dict[str, float]]] = defaultdict(list)
    pool = ProcessPoolExecutor(processes, mp_context=fresh, max_tasks_per_child=1, initializer=_end_at_ctrl_c)
    try:
        runs: dict[Future[dict[str, float]], Crowd] = {
            pool.submit(measure, replace(crowd, seed=seed)): crowd for crowd in crowds for seed in range(1, seeds + 1)
        }
        for done in as_completed(runs):
            crowd = runs[done]
            try:
                results[crowd.name].append(done.result())
            except BooksDisagree as wrong:
                raise BooksDisagree(f"{crowd}:\n{wrong}") from None
            what = crowd.scenario.replace("_", " ") + ", " if crowd.scenario else ""
            print(
                f"{sum(map(len, results.values()))} of {len(runs)} sales: {what}{crowd.shards} shards, {crowd.offered}/s",
                file=sys.stderr,
                flush=True,
            )
    finally:
        pool.shutdown(cancel_futures=True)
    return {
        f"{crowd.name}.{figure}": median(result[figure] for result in results[crowd.name])
        for crowd in dict.fromkeys(runs.values())
        for figure in results[crowd.name][0]
    }


COLUMNS = {
    "orders_per_second": ("orders/s", "{:.1f}"),
    "p50_seconds": ("p50 s", "{:.2f}"),
    "p99_seconds": ("p99 s", "{:.2f}"),
    "commit_p99_seconds": ("sale p99 s", "{:.2f}"),
    "busy_share": ("busy", "{:.0%}"),
    "retries_per_order": ("retries", "{:.2f}"),
    "given_up": ("given up", "{:.0f}"),
    "turned_away": ("turned away", "{:.0f}"),
}


COLUMNS_OF_SCENARIOS = {
    name: COLUMNS[name] for name in ("orders_per_second", "p50_seconds", "p99_seconds", "commit_p99_seconds")
} | {
    "given_up": COLUMNS["given_up"],
    "turned_away": COLUMNS["turned_away"],
    "refused": ("refused", "{:.0f}"),
    "refusal_p99_seconds": ("refusal p99 s", "{:.2f}"),
    "changes": ("changes", "{:.0f}"),
    "change_p99_seconds": ("change p99 s", "{:.2f}"),
    "changes_busy": ("busy", "{:.0f}"),
    "left": ("units left", "{:.0f}"),
}


def show(figures: dict[str, float]) -> RenderableType:
    """The figures of sales as tables."""
    names = dict.fromkeys(name.rpartition(".")[0] for name in figures)
    crowds = [name for name in names if name.count(".") == 2]
    scenarios = [name for name in names if name not in crowds]
    tables = [
        _table("One hot product, simulated", ("shards", "offered/s"), crowds, COLUMNS, figures),
        _table("What happens while it sells", ("meanwhile",), scenarios, COLUMNS_OF_SCENARIOS, figures),
    ]
    return Group(ASSUMPTION, *(table for table in tables if table.row_count))


def _table(
    title: str,
    names: Sequence[str],
    sales: Sequence[str],
    columns: dict[str, tuple[str, str]],
    figures: dict[str, float],
) -> Table:
    table = Table(title=title, title_justify="left")
    for column in (*names, *(title for title, _ in columns.values())):
        table.add_column(column, justify="right")
    for sale in sales:
        about = [part.replace("_", " ") for part in sale.split(".")[1:]]
        table.add_row(*about, *(form.format(figures[f"{sale}.{name}"]) for name, (_, form) in columns.items()))
    return table
