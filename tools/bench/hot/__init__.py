"""One hot product, simulated in virtual time: how many orders a second it takes, and what a crowd does to them."""

from rich.table import Table

from tools.bench.hot.measure import CROWDS, SMALL_CROWDS, measure_all, show


def figures(*, is_small: bool = False) -> dict[str, float]:
    """Simulate the crowds of the table.

    Returns:
        For each `hot.{shards}.{offered}` its orders_per_second, p99_seconds, given_up, turned_away and the others of
        the table.
    """
    return measure_all(SMALL_CROWDS if is_small else CROWDS, seeds=1)


def table(found: dict[str, float]) -> Table:
    """The figures as a table."""
    return show(found)
