"""The workers in which the local AWS runs the functions."""

import hashlib
import io
import queue
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

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
        worker._log_pipe = process.stderr
        worker._stderr_queue = queue.Queue()

        def read_late() -> None:
            time.sleep(BUSY_SECONDS)
            worker._read_stderr()

        process.wait(timeout=60)
        threading.Thread(target=read_late, daemon=True).start()
        log = worker._drain_stderr_bounded()

    assert log.splitlines() == [str(line) for line in range(lines)]


def test_a_call_that_fails_is_answered_with_its_error_and_has_its_log() -> None:
    worker = worker_of(
        "import sys\ndef handler(event, context):\n print('before', file=sys.stderr)\n raise ValueError(event)"
    )
    try:
        first, second = (worker.invoke(event, "request-1") for event in ("one", "two"))
    finally:
        worker.kill()

    assert [(answer["status"], answer["error"], answer["log"].splitlines()[0]) for answer in (first, second)] == [
        ("error", "one", "before"),
        ("error", "two", "before"),
    ]


def test_a_function_gets_the_url_of_the_event_api_that_works_on_this_machine() -> None:
    host = "abc.appsync-realtime-api.us-east-1.localhost:4566"
    worker = worker_of(
        "import os\ndef handler(*_):\n return os.environ['URL']", {"URL": f"wss://{host}/event/realtime"}
    )
    try:
        answer = worker.invoke({}, "request-1")
    finally:
        worker.kill()

    assert answer["result"] == f"ws://{host}/event/realtime"


def worker_of(code: str, variables: Mapping[str, str] = MappingProxyType({})) -> SharedWorker:
    """A worker for a function with this code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("app.py", code)
    config = {
        "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:failing",
        "CodeSha256": hashlib.sha256(archive.getvalue()).hexdigest(),
        "Handler": "app.handler",
        "Runtime": f"python3.{sys.version_info.minor}",
        "Timeout": 30,
        "Environment": {"Variables": dict(variables)},
    }
    return SharedWorker("failing", config, archive.getvalue())
