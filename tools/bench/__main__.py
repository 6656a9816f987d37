"""Measures the overhead of our code over the bare boto3 calls, and the effect of many live holds on a reservation."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError
from rich.console import Console
from rich.table import Table

from inventory.errors import InventoryError
from tests.support.dynamodb_local import dynamodb_local
from tools.bench.deployed import Pair, deployed_pairs
from tools.bench.functions import figures
from tools.bench.functions.cold_start import can_count
from tools.bench.in_process import in_process_pairs
from tools.console import new_console
from tools.local import local_aws
from tools.local.errors import LocalAwsError
from tools.local.ports import free_port
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    rounds_over_http: int
    products: int
    live_holds: tuple[int, ...]


COMPLETE = Scale(rounds=200, rounds_over_http=20, products=100, live_holds=(10, 20_000))
SMALL = Scale(rounds=1, rounds_over_http=1, products=2, live_holds=(3,))
ERRORS = (LocalAwsError, OSError, RuntimeError, BotoCoreError, ClientError, InventoryError, ApiError)


@dataclass(frozen=True)
class Measured:
    """One comparison: the median times of our code and of the bare calls, in milliseconds."""

    name: str
    ours_milliseconds: float
    bare_milliseconds: float

    @property
    def ratio(self) -> float:
        return self.ours_milliseconds / self.bare_milliseconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in this process with DynamoDB Local, and over HTTP on a local AWS."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "--small", action="store_true", help="show that it runs: the figures of so few calls mean nothing"
    )
    parser.add_argument("--in-process", action="store_true", help="measure nothing over HTTP")
    chosen = parser.parse_args(arguments)
    forget_account_of_caller()
    interrupt_on_termination()
    console = new_console()
    scale = SMALL if chosen.small else COMPLETE
    try:
        if not chosen.small:
            _bench_functions(console, scale)
        _bench_in_process(console, scale)
        if not chosen.in_process:
            _bench_over_http(console, scale)
    except ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def _bench_functions(console: Console, scale: Scale) -> None:
    found = figures(rounds=scale.rounds, log=console.print)
    if not can_count():
        console.print("valgrind is not installed, so cold starts are not counted. Install it to see them.")
    table = Table(title="Functions compared with bare boto3 and the same calls", title_justify="left")
    for column in ("figure", "ratio"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, ratio in sorted(found.items()):
        table.add_row(name, f"{ratio:.2f}")
    console.print(table)


def _bench_in_process(console: Console, scale: Scale) -> None:
    console.print("Starting DynamoDB Local and loading the products …")
    with dynamodb_local() as url:
        pairs = in_process_pairs(url, scale.products, scale.live_holds)
        measured = _measured(console, pairs, rounds=scale.rounds)
    _show(console, "Medians in milliseconds, in this process with DynamoDB Local", measured)


def _bench_over_http(console: Console, scale: Scale) -> None:
    console.print("Starting a local AWS and deploying to it …")
    with temporary_directory(PROJECT / ".local" / "bench") as directory, local_aws(free_port(), directory) as stack:
        over_http = _measured(console, deployed_pairs(stack, scale.products), rounds=scale.rounds_over_http)
    _show(console, "Medians in milliseconds, complete HTTP calls on a local AWS", over_http)


def _measured(console: Console, pairs: Mapping[str, Pair], *, rounds: int) -> list[Measured]:
    measured = []
    for name, (ours, bare) in pairs.items():
        console.print(f"Measuring: {name} …")
        measured.append(Measured(name, *_medians(ours, bare, rounds=rounds)))
    return measured


def _show(console: Console, title: str, measured: Sequence[Measured]) -> None:
    table = Table(title=title, title_justify="left")
    for column in ("operation", "ours", "bare boto3 calls", "ours / bare"):
        table.add_column(column, justify="left" if column == "operation" else "right")
    for row in measured:
        table.add_row(row.name, f"{row.ours_milliseconds:.2f}", f"{row.bare_milliseconds:.2f}", f"{row.ratio:.2f}")
    console.print(table)


def _medians(ours: Callable[[], None], bare: Callable[[], None], *, rounds: int) -> tuple[float, float]:
    """Call both alternately, so that a slow moment of the machine affects both."""
    for _ in range(rounds // 10):  # warm-up
        ours()
        bare()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, milliseconds in zip((ours, bare), times, strict=True):
            started = time.perf_counter()
            call()
            milliseconds.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    sys.exit(main())
