"""Measures each size in a process of its own, with DynamoDB Local beside it."""

from collections.abc import Iterable

from rich.table import Table

from tools.bench.part import step
from tools.bench.sizes import measured_by_worker

LEVELS = (1_000, 50_000)
HEAP_GIGABYTES_A_MILLION_ROWS = 5
ROWS_OF_A_LEVEL = 4  # with its reservations and movements


def figures(sizes: Iterable[int] = LEVELS) -> dict[str, float]:
    """For each size and call the read units, and the seconds of the function, when it begins and when it is warm."""
    found: dict[str, float] = {}
    for levels in sizes:
        step(f"a shop with {levels:,} levels and {2 * levels:,} reservations")
        heap_gigabytes = 1 + levels * ROWS_OF_A_LEVEL * HEAP_GIGABYTES_A_MILLION_ROWS // 1_000_000
        measured = measured_by_worker("tools.bench.growth.worker", levels, heap_gigabytes=heap_gigabytes)
        found |= {f"growth.{levels}.{name}": value for name, value in measured.items()}
    return found


def table(figures: dict[str, float]) -> Table:
    """A row for each call, and for each size its units and its seconds."""
    sizes = sorted({int(key.split(".")[1]) for key in figures})
    calls = list(dict.fromkeys(key.split(".")[2] for key in figures))
    shown = Table(
        "", title="Calls of the administrators' page: read units, seconds cold, seconds warm", title_justify="left"
    )
    for size in sizes:
        shown.add_column(f"{size:,} levels", justify="right")
    for call in calls:
        shown.add_row(call.replace("_", " "), *(_cell(figures, size, call) for size in sizes))
    return shown


def _cell(figures: dict[str, float], size: int, call: str) -> str:
    names = ("read_units", "cold_seconds", "seconds")
    values = [figures.get(f"growth.{size}.{call}.{name}") for name in names]
    return "  ".join("" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".") for value in values)
