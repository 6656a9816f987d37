"""The parts of `make bench`, in the order in which they run.

The module of a part has `figures() -> dict[str, float]`, with keys that begin with the part's name, for example
`lookup.1000.read_units`. It may have `table(figures)` where a general table does not show them well.
"""

import importlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec

from rich.console import RenderableType
from rich.table import Table

from tools.bench.part import CannotRun
from tools.bench.sizes import BadSizes

MODULES = {
    "overhead": "tools.bench.in_process",
    "http": "tools.bench.deployed",
    "hot": "tools.bench.hot",
    "cold_start": "tools.bench.functions",
    "warm": "tools.bench.functions",
    "lookup": "tools.bench.lookup",
    "files": "tools.bench.files",
    "growth": "tools.bench.growth",
    "live": "tools.bench.live",
    "medusa": "tools.bench.medusa",
}
# Their `figures` takes the sizes to measure.
WITH_SIZES = ("lookup", "files", "growth")
# What a part needs without which its module measures the others only.
NEEDS = {"cold_start": "Instructions are counted by valgrind, which is not installed."}

Figures = dict[str, float]


class UnknownPart(Exception):
    """There is no part with this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no part {name!r}. The parts are {', '.join(PARTS)}.")


def chosen_parts(names: Sequence[str]) -> list[str]:
    """These parts, each once and in the order in which parts run; all without a name.

    Raises:
        UnknownPart: a name is none of a part.
    """
    for name in names:
        if name not in PARTS:
            raise UnknownPart(name)
    return [name for name in PARTS if name in names or not names]


def require_sizes(names: Sequence[str]) -> None:
    """Check that each of these parts can measure in sizes that are given.

    Raises:
        BadSizes: one of them cannot.
    """
    for name in names:
        if name not in WITH_SIZES:
            raise BadSizes(
                f"The part {name} has no sizes. Those that have are {', '.join(WITH_SIZES)}, for example: "
                'make bench PARTS=growth SIZES="500000"'
            )


def measure(name: str, sizes: tuple[int, ...] = ()) -> Figures:
    """The figures of a part, in these sizes or in its own; raises what its module raises.

    Raises:
        CannotRun: this machine lacks what the part needs.
    """
    found = {key: value for key, value in _figures_of(MODULES[name], sizes).items() if key.startswith(f"{name}.")}
    if not found:
        raise CannotRun(NEEDS.get(name, "It measured nothing."))
    return found


@cache
def _figures_of(module: str, sizes: tuple[int, ...]) -> Figures:
    """What a module measures, once: it may be that of several parts."""
    measured = importlib.import_module(module)
    figures: Figures = measured.figures(sizes) if sizes else measured.figures()
    return figures


def table_of(name: str, figures: Figures) -> RenderableType:
    """A part's own table, or one row for each figure with a column for its last name."""
    own = getattr(importlib.import_module(MODULES[name]), "table", None)
    table: RenderableType = own(figures) if own else general_table(name, figures)
    return table


def general_table(title: str, figures: Figures) -> Table:
    """A row for all figures whose keys differ only in their last name, which is the column."""
    columns = list(dict.fromkeys(key.rpartition(".")[2] for key in figures))
    rows = list(dict.fromkeys(key.rpartition(".")[0] for key in figures))
    if len(columns) > len(rows):
        return _list_of(title, figures)
    table = Table("", title=title, title_justify="left")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for row in rows:
        values = (figures.get(f"{row}.{column}") for column in columns)
        table.add_row(row, *("" if value is None else shown(value) for value in values))
    return table


def shown(value: float) -> str:
    """A figure as a person reads it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _list_of(title: str, figures: Figures) -> Table:
    table = Table("", title=title, title_justify="left")
    table.add_column("", justify="right")
    for key, value in figures.items():
        table.add_row(key, shown(value))
    return table


PARTS = tuple(name for name, module in MODULES.items() if find_spec(module))
