"""Measures an import and an export in a process of their own, with DynamoDB Local beside it.

Seconds are those of this machine. Processor time is what decides how long a run takes on Lambda with one processor.
"""

import json
import subprocess
import sys
from collections.abc import Iterable

from tests.support.dynamodb_local import dynamodb_local
from tools.bench.part import step

ROWS = (2_000, 20_000)
HEAP_GIGABYTES_A_MILLION_ROWS = 8


def figures(sizes: Iterable[int] = ROWS) -> dict[str, float]:
    """Of each size what an import that creates all levels, one that changes them all, and an export take."""
    found: dict[str, float] = {}
    for rows in sizes:
        step(f"a catalogue of {rows:,} rows goes in and out")
        with dynamodb_local(heap_gigabytes=1 + rows * HEAP_GIGABYTES_A_MILLION_ROWS // 1_000_000) as url:
            worker = subprocess.run(
                [sys.executable, "-m", "tools.bench.files.worker", url, str(rows)],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        found |= {f"files.{rows}.{name}": value for name, value in json.loads(worker.stdout).items()}
    return found
