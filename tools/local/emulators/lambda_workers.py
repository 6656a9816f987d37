"""Lambda workers that start quickly, and only a few at a time.

ministack unpacks a function's package for every worker, and starts a worker for every call that finds none idle. Sixty
concurrent calls would start sixty Python interpreters at the same time. Here a package is unpacked once, the number of
workers is limited to what the machine can run, and further calls wait for an idle worker.
"""

import compileall
import fcntl
import io
import os
import struct
import termios
import threading
import time
import zipfile
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any

from ministack.core import lambda_runtime

from tools.local.event_api.addresses import without_tls

WORKERS_PER_FUNCTION = max(4, 2 * (os.cpu_count() or 1))
WAIT_SECONDS = 60
# How long log lines of a call may be on their way between the thread that reads them and the caller.
QUIET_SECONDS = 0.02
LOGGED_SECONDS_MAX = 5.0

_EMPTY_PACKAGE = io.BytesIO()
zipfile.ZipFile(_EMPTY_PACKAGE, "w").close()


class SharedPackages:
    """Unpacks and compiles each package once; packages are identified by their hash."""

    def __init__(self) -> None:
        self._directories: dict[str, Path] = {}
        self._lock = threading.Lock()

    def directory(self, sha256: str, package: bytes) -> Path:
        """The directory of the unpacked package."""
        with self._lock:
            if sha256 not in self._directories:
                directory = Path(mkdtemp(prefix="package-"))
                zipfile.ZipFile(io.BytesIO(package)).extractall(directory)
                compileall.compile_dir(directory, quiet=2)
                self._directories[sha256] = directory
            return self._directories[sha256]


_packages = SharedPackages()


class SharedWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """A worker that imports its code from the shared directory instead of its own copy.

    Its environment names the Event API by the URL that works on this machine.
    """

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        package = _packages.directory(config["CodeSha256"], code_zip)
        variables = {
            **{name: without_tls(value) for name, value in config.get("Environment", {}).get("Variables", {}).items()},
            "PYTHONPATH": str(package),
        }
        super().__init__(func_name, {**config, "Environment": {"Variables": variables}}, _EMPTY_PACKAGE.getvalue())
        self._log_pipe: IO[str] | None = None

    def _spawn(self) -> None:
        super()._spawn()
        # ministack forgets the process of a failed call before it asks for the call's log.
        self._log_pipe = self._proc.stderr

    def _drain_stderr_bounded(self) -> str:
        """The log lines of a call, all of which its process has written before it answered.

        ministack waits for a moment only. On a busy machine the lines would come later, be logged with the worker's next
        call, and never if there is none.
        """
        deadline = time.monotonic() + LOGGED_SECONDS_MAX
        while self._log_pipe is not None and _unread_bytes(self._log_pipe) and time.monotonic() < deadline:
            time.sleep(0.001)
        log: str = super()._drain_stderr_bounded(idle_confirm=QUIET_SECONDS, hard_cap=LOGGED_SECONDS_MAX)
        return log


def _unread_bytes(pipe: IO[str]) -> int:
    """How much of a pipe nobody has read yet."""
    [size] = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(size)


class WorkerPool:
    """ministack's pool of workers with a limit: callers wait for a worker."""

    def __init__(self) -> None:
        self._acquire = lambda_runtime.acquire_worker
        self._release = lambda_runtime.release_worker
        self._released = threading.Condition()

    def acquire(self, func_name: str, config: dict[str, Any], code_zip: bytes, **options: Any) -> tuple[Any, str]:
        """An idle worker, a new one, or, at the limit, the next that becomes idle."""
        options["max_concurrency"] = WORKERS_PER_FUNCTION
        deadline = time.monotonic() + WAIT_SECONDS
        with self._released:
            while True:
                worker, reason = self._acquire(func_name, config, code_zip, **options)
                if worker is not None or not self._released.wait(deadline - time.monotonic()):
                    return worker, reason

    def release(self, worker: Any) -> None:
        """Return a worker to the pool and wake the waiting calls."""
        with self._released:
            self._release(worker)
            self._released.notify_all()


def install() -> None:
    """Patch ministack to use these workers; it must not have started any yet."""
    from ministack.services import lambda_svc  # slow to import

    pool = WorkerPool()
    lambda_runtime._worker_class_for = lambda _config: SharedWorker
    lambda_svc.acquire_worker = pool.acquire
    lambda_svc.release_worker = pool.release
