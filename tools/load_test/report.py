"""Shows what a load test found, and writes it to `.local/load-test/`."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from tools.load_test.plan import Plan
from tools.load_test.plot import draw
from tools.load_test.results import Result, Row, by_call, by_second, csv_lines
from tools.local.processes.temporary import temporary_directory

PLOT, SECONDS, SUMMARY = "plot.png", "seconds.csv", "summary.md"
COLUMNS = ("calls", "refused", "undecided", "errors", "p50 ms", "p99 ms", "longest ms")


def title_of(plan: Plan) -> str:
    """What was offered, in one line."""
    ramp = f" after a ramp of {plan.ramp:g} s" if plan.ramp else ""
    return f"{plan.rate:g} shoppers per second{ramp}, {plan.seconds:g} s, {plan.products} products"


def table_of(plan: Plan, results: Sequence[Result]) -> Table:
    """A row for each kind of call."""
    table = Table("call", title=title_of(plan), title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for row in by_call(results):
        table.add_row(row.name, *_cells(row))
    return table


def write(directory: Path, plan: Plan, results: Sequence[Result]) -> None:
    """Write the plot and the tables; those of the run before are replaced all at once or not at all."""
    seconds = by_second(results)
    with temporary_directory(directory.parent / "tmp") as draft:
        draw(seconds, title_of(plan), draft / PLOT)
        (draft / SECONDS).write_text("\n".join(csv_lines(seconds)) + "\n")
        (draft / SUMMARY).write_text("\n".join(_markdown(plan, results)) + "\n")
        directory.mkdir(exist_ok=True)
        for name in (PLOT, SECONDS, SUMMARY):
            shutil.move(draft / name, directory / name)


def _markdown(plan: Plan, results: Sequence[Result]) -> list[str]:
    lines = [f"# {title_of(plan)}", "", f"| call | {' | '.join(COLUMNS)} |", "| --- |" + " ---: |" * len(COLUMNS)]
    return lines + [f"| {row.name} | {' | '.join(_cells(row))} |" for row in by_call(results)]


def _cells(row: Row) -> list[str]:
    counts = (row.calls, row.refused, row.undecided, row.errors)
    return [*(f"{count}" for count in counts), *(f"{1_000 * part:.0f}" for part in (row.p50, row.p99, row.longest))]
