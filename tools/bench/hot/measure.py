"""Runs sales, each in a process of its own as time and chance are replaced in it, and turns them into figures."""

import multiprocessing
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, fields, replace
from statistics import median

from rich.table import Table

PROCESSES = 2


@dataclass(frozen=True)
class Crowd:
    """Who comes to a sale.

    Args:
        offered: buyers a second, who come at random.
        shards: over how many the level is spread.
        seconds: how long it is measured.
    """

    offered: int
    shards: int = 1
    seconds: float = 60.0
    seed: int = 1

    @property
    def name(self) -> str:
        """The beginning of its figures' names."""
        return f"hot.{self.shards}.{self.offered}"


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


# One shard with more buyers than it can serve is measured for a shorter time: it takes longest to simulate.
CROWDS = (
    *(Crowd(offered) for offered in (10, 25, 40)),
    *(Crowd(offered, seconds=30.0) for offered in (60, 100, 200)),
    *(Crowd(offered, shards) for shards, offered in ((4, 100), (8, 240), (16, 480))),
)
SMALL_CROWDS = (Crowd(5, seconds=5.0),)


def measure(crowd: Crowd) -> Result:
    """Live through one sale. Called in a fresh process."""
    from tools.bench.hot.sale import Sale

    return Sale(crowd).run()


def measure_all(crowds: Iterable[Crowd], seeds: int, processes: int = PROCESSES) -> dict[str, float]:
    """The figures of each crowd, each the median over its seeds; progress goes to the standard error."""
    os.environ["PYTHONHASHSEED"] = "0"  # the order of sets is a part of the story
    fresh = multiprocessing.get_context("spawn")
    results: dict[str, list[Result]] = defaultdict(list)
    with ProcessPoolExecutor(processes, mp_context=fresh, max_tasks_per_child=1) as pool:
        runs: dict[Future[Result], Crowd] = {
            pool.submit(measure, replace(crowd, seed=seed)): crowd for crowd in crowds for seed in range(1, seeds + 1)
        }
        for done in as_completed(runs):
            crowd = runs[done]
            results[crowd.name].append(done.result())
            print(
                f"{sum(map(len, results.values()))} of {len(runs)} sales: {crowd.shards} shards, {crowd.offered}/s",
                file=sys.stderr,
                flush=True,
            )
    return {
        f"{crowd.name}.{field.name}": median(getattr(result, field.name) for result in results[crowd.name])
        for crowd in dict.fromkeys(runs.values())
        for field in fields(Result)
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


def show(figures: dict[str, float]) -> Table:
    """The figures of sales as a table."""
    table = Table(
        title="One hot product, simulated: transactions hold their items for 5 to 20 ms", title_justify="left"
    )
    for column in ("shards", "offered/s", *(title for title, _ in COLUMNS.values())):
        table.add_column(column, justify="right")
    crowds: Sequence[str] = list(dict.fromkeys(name.rpartition(".")[0] for name in figures))
    for crowd in crowds:
        _, shards, offered = crowd.split(".")
        table.add_row(
            shards, offered, *(form.format(figures[f"{crowd}.{name}"]) for name, (_, form) in COLUMNS.items())
        )
    return table
