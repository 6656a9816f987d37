"""The sizes in which a part of `make bench` measures: a worker in a process of its own for each, with DynamoDB Local."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.support.dynamodb_local import dynamodb_local
from tools.bench.part import CannotRun

SIZES_MAX = 10_000_000
BYTES_OF_A_GIGABYTE = 1 << 30


class BadSizes(Exception):
    """Sizes that are not usable: one sentence that says why."""


def read_sizes(text: str) -> tuple[int, ...]:
    """The sizes in a text, for example `1000 500000`; none in an empty text.

    Raises:
        BadSizes: one of them is not a whole number above 0.
    """
    words = text.split()
    for word in words:
        if not word.isdecimal() or not 1 <= int(word) <= SIZES_MAX:
            raise BadSizes(
                f"A size is a whole number from 1 to {SIZES_MAX}, not {word!r}. Separate several by spaces: "
                'SIZES="1000 50000"'
            )
    return tuple(dict.fromkeys(map(int, words)))


def measured_by_worker(module: str, size: int, *, heap_gigabytes: int) -> dict[str, float]:
    """What a worker measures at one size: it prints its figures as JSON in its last line.

    Raises:
        CannotRun: this machine has too little memory.
        RuntimeError: the worker failed.
    """
    _require_memory(size, heap_gigabytes)
    with dynamodb_local(heap_gigabytes=heap_gigabytes) as url:
        ended = subprocess.run(
            [sys.executable, "-m", module, url, str(size)], check=False, stdout=subprocess.PIPE, text=True
        )
    if ended.returncode:
        raise RuntimeError(f"the worker at {size:,} ended with the code {ended.returncode}; the reason is above.")
    figures: dict[str, float] = json.loads(_last_line_of(ended.stdout.splitlines()))
    return figures


def _require_memory(size: int, heap_gigabytes: int) -> None:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / BYTES_OF_A_GIGABYTE
    if heap_gigabytes > gigabytes:
        raise CannotRun(
            f"DynamoDB Local needs {heap_gigabytes} GB of memory at {size:,}, and this machine has {gigabytes:.0f} GB. "
            f"Choose smaller SIZES."
        )


def _last_line_of(lines: Sequence[str]) -> str:
    return lines[-1] if lines else "{}"
