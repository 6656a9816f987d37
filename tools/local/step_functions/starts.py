"""Lets an execution be stopped and read as soon as its start is answered.

moto answers before the thread of the execution has prepared it. On a busy machine StopExecution and GetExecutionHistory
failed in this moment.
"""

import time
from typing import Any

from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

PREPARED_WITHIN_SECONDS = 10
PAUSE_SECONDS = 0.001

_start = ExecutionWorker.start


def install() -> None:
    """Patch moto so that a start waits until its execution is prepared."""
    ExecutionWorker.start = start


def start(worker: Any) -> None:
    """Start an execution, and wait until it is prepared."""
    _start(worker)
    deadline = time.monotonic() + PREPARED_WITHIN_SECONDS
    while worker.env is None and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
