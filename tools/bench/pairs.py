"""Compares our code with the bare boto3 calls that it makes. Only the ratio of two times of one run means something."""

import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from tools.bench.part import step

Pair = tuple[Callable[[], None], Callable[[], None]]


@dataclass(frozen=True)
class Measured:
    """One comparison: the median times of our code and of the bare calls, in milliseconds."""

    name: str
    ours_milliseconds: float
    bare_milliseconds: float

    @property
    def ratio(self) -> float:
        return self.ours_milliseconds / self.bare_milliseconds


def measured(pairs: Mapping[str, Pair], *, rounds: int) -> list[Measured]:
    """Measure each pair so many times."""
    return [_measured(name, *pair, rounds=rounds) for name, pair in pairs.items()]


def figures_of(part: str, found: Sequence[Measured]) -> dict[str, float]:
    """Of each comparison the times and their ratio, by the name of what was measured."""
    return {
        f"{part}.{re.sub(r'[^a-z0-9]+', '_', row.name.lower())}.{name}": value
        for row in found
        for name, value in (
            ("ours_milliseconds", row.ours_milliseconds),
            ("bare_milliseconds", row.bare_milliseconds),
            ("ratio", row.ratio),
        )
    }


def table_of_pairs(title: str, figures: Mapping[str, float]) -> Table:
    """A row for each comparison."""
    table = Table("operation", title=title, title_justify="left")
    for column in ("ours", "bare boto3 calls", "ours / bare"):
        table.add_column(column, justify="right")
    for row in dict.fromkeys(key.rpartition(".")[0] for key in figures):
        values = (figures[f"{row}.{name}"] for name in ("ours_milliseconds", "bare_milliseconds", "ratio"))
        table.add_row(row.partition(".")[2].replace("_", " "), *(f"{value:.2f}" for value in values))
    return table


def _measured(name: str, ours: Callable[[], None], bare: Callable[[], None], *, rounds: int) -> Measured:
    """Call both alternately, so that a slow moment of the machine affects both."""
    step(name)
    for _ in range(rounds // 10):  # warm-up
        ours()
        bare()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, milliseconds in zip((ours, bare), times, strict=True):
            started = time.perf_counter()
            call()
            milliseconds.append((time.perf_counter() - started) * 1_000)
    return Measured(name, statistics.median(times[0]), statistics.median(times[1]))
