"""The plot of a load test: latencies and calls per second."""

import os
from collections.abc import Sequence
from pathlib import Path

from tools.load_test.results import Row


def draw(rows: Sequence[Row], title: str, file: Path) -> None:
    """Write a PNG of the rows of `by_second`; the library keeps its cache beside it."""
    os.environ["MPLCONFIGDIR"] = str(file.parent)
    from matplotlib.figure import Figure  # it takes a second to import

    seconds = [int(row.name) for row in rows]
    figure = Figure(figsize=(10, 7), layout="constrained")
    latency, count = figure.subplots(2, 1, sharex=True)
    figure.suptitle(title)
    latency.plot(seconds, [1_000 * row.p99 for row in rows], label="p99", color="tab:orange")
    latency.plot(seconds, [1_000 * row.p50 for row in rows], label="p50", color="tab:blue")
    latency.set_ylabel("milliseconds from the planned moment")
    latency.set_ylim(bottom=0)
    latency.legend(loc="upper left")
    count.step(seconds, [row.calls for row in rows], label="planned calls", color="tab:blue", where="mid")
    count.bar(seconds, [row.errors for row in rows], label="errors", color="tab:red")
    not_held = [row.refused + row.undecided for row in rows]
    count.step(seconds, not_held, label="refused or undecided", color="tab:gray", where="mid")
    count.set_ylabel("per second")
    count.set_xlabel("second in which the calls were planned")
    count.set_ylim(bottom=0)
    count.legend(loc="upper left")
    for axes in (latency, count):
        axes.grid(alpha=0.3)
    figure.savefig(file, dpi=100)
