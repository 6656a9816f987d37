"""One hot product, simulated in virtual time: how many orders a second it takes, and what a crowd does to them."""

from rich.console import RenderableType

from tools.bench.hot.measure import CROWDS, SCENARIOS, SMALL_CROWDS, measure_all, show


def figures(*, is_small: bool = False) -> dict[str, float]:
    """Simulate the crowds of the tables.

    Returns:
        For each `hot.{shards}.{offered}` and `hot.{scenario}` its orders_per_second, p99_seconds, given_up, turned_away
        and the others of its table.

    Raises:
        BooksDisagree: something is wrong in a scenario.
    """
    return measure_all(SMALL_CROWDS if is_small else (*CROWDS, *SCENARIOS), seeds=1)


def table(found: dict[str, float]) -> RenderableType:
    """The figures as tables."""
    return show(found)
