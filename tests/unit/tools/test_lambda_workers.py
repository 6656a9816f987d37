"""The workers in which the local AWS runs the functions."""

import queue
import subprocess
import sys
import threading
import time

import pytest

from tools.local.emulators.lambda_workers import SharedWorker

# Longer than ministack waits for a first line.
BUSY_SECONDS = 0.3
LINES = 3_000


@pytest.mark.parametrize("lines", [0, 1, LINES])
def test_all_lines_of_a_call_are_its_log_although_a_busy_machine_reads_them_late(lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys\nfor line in range({lines}): print(line, file=sys.stderr)"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        worker = SharedWorker.__new__(SharedWorker)  # without a function
        worker._proc = process
        worker._stderr_queue = queue.Queue()

        def read_late() -> None:
            time.sleep(BUSY_SECONDS)
            worker._read_stderr()

        process.wait(timeout=60)
        threading.Thread(target=read_late, daemon=True).start()
        log = worker._drain_stderr_bounded()

    assert log.splitlines() == [str(line) for line in range(lines)]
