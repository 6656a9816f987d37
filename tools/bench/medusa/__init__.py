"""Reservations per second beside Medusa's inventory module on PostgreSQL, in turns in one run."""

from functools import reduce
from operator import add

from rich.console import Group
from rich.table import Table

from tools.bench.medusa.ours import our_shop
from tools.bench.medusa.result import Round
from tools.bench.medusa.theirs import their_shop
from tools.bench.part import step

CASES = ("spread", "hot")
PRODUCTS = 1_000
CONCURRENCY = 16
ROUNDS = 4
SECONDS = 4.0
WARM_UP_SECONDS = 4.0
DIFFERENCES = (
    "Not the same: ours runs on an emulator in memory, Medusa on PostgreSQL with fsync. The emulator answers one call after "
    "the other, so transactions never conflict as they do in DynamoDB. Medusa's lock is one of its process. Ours also keeps "
    "an idempotent id, an end of the hold, all lines or none, indexes, a log line and a metric. The CPU time is that of the "
    "process that reserves, without its database."
)


def figures(
    rounds: int = ROUNDS, seconds: float = SECONDS, warm_up_seconds: float = WARM_UP_SECONDS
) -> dict[str, float]:
    """For each case the reservations per second and the CPU time of one, of both, and their ratios.

    Raises:
        CannotRun: Medusa or PostgreSQL is not installed, and cannot be.
    """
    found: dict[str, float] = {}
    step("starting PostgreSQL and Medusa")
    with their_shop(PRODUCTS, CONCURRENCY) as medusa, our_shop(PRODUCTS) as shop:
        for case in CASES:
            step(f"{case}: 16 shoppers, {'one product' if case == 'hot' else f'{PRODUCTS:,} products'}")
            shop.run(case, warm_up_seconds, CONCURRENCY)
            medusa.run(case, warm_up_seconds)
            # In turns, so that a slow moment of the machine affects both.
            turns = [(shop.run(case, seconds, CONCURRENCY), medusa.run(case, seconds)) for _ in range(rounds)]
            found |= compared(case, reduce(add, (turn[0] for turn in turns)), reduce(add, (turn[1] for turn in turns)))
    return found


def compared(case: str, own: Round, other: Round) -> dict[str, float]:
    """The figures of one case."""
    return {
        f"medusa.{case}.our_reserves_per_second": own.per_second,
        f"medusa.{case}.medusa_reserves_per_second": other.per_second,
        f"medusa.{case}.reserves_ratio": own.per_second / other.per_second,
        f"medusa.{case}.our_cpu_milliseconds": own.cpu_milliseconds,
        f"medusa.{case}.medusa_cpu_milliseconds": other.cpu_milliseconds,
        f"medusa.{case}.cpu_ratio": own.cpu_milliseconds / other.cpu_milliseconds,
    }


def table(figures: dict[str, float]) -> Group:
    """A row for each figure, a column for each case; what differs is said below."""
    title = "Reservations of one unit, 16 at once, beside Medusa 2.21.2 on PostgreSQL"
    table = Table("", title=title, title_justify="left")
    for case in CASES:
        table.add_column(case, justify="right")
    for name in dict.fromkeys(key.rpartition(".")[2] for key in figures):
        table.add_row(name.replace("_", " "), *(f"{figures[f'medusa.{case}.{name}']:.2f}" for case in CASES))
    return Group(table, DIFFERENCES)
