"""Measures an import and an export in a process of their own, with DynamoDB Local beside it.

Seconds are those of this machine. Processor time is what decides how long a run takes on Lambda with one processor.
"""

from collections.abc import Iterable

from tools.bench.part import step
from tools.bench.sizes import measured_by_worker

ROWS = (2_000, 20_000)
HEAP_GIGABYTES_A_MILLION_ROWS = 8


def figures(sizes: Iterable[int] = ROWS) -> dict[str, float]:
    """Of each size what an import that creates all levels, one that changes them all, and an export take."""
    found: dict[str, float] = {}
    for rows in sizes:
        step(f"a catalogue of {rows:,} rows goes in and out")
        heap_gigabytes = 1 + rows * HEAP_GIGABYTES_A_MILLION_ROWS // 1_000_000
        measured = measured_by_worker("tools.bench.files.worker", rows, heap_gigabytes=heap_gigabytes)
        found |= {f"files.{rows}.{name}": value for name, value in measured.items()}
    return found
