"""Lambda workers that start quickly and a few at a time.

ministack unpacks a function's package for every worker and starts one for every call that finds none idle: sixty
calls at once are sixty interpreters importing at once. Here a package is unpacked once, and a call waits for a
worker rather than start one beyond a machine's worth, as a function with reserved concurrency would.
"""

import compileall
import io
import os
import threading
import time
import zipfile
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ministack.core import lambda_runtime

WORKERS_PER_FUNCTION = max(4, 2 * (os.cpu_count() or 1))
WAIT_SECONDS = 60

_EMPTY_PACKAGE = io.BytesIO()
zipfile.ZipFile(_EMPTY_PACKAGE, "w").close()


class SharedPackages:
    """Each package unpacked and compiled once, by its hash."""

    def __init__(self) -> None:
        self._directories: dict[str, Path] = {}
        self._lock = threading.Lock()

    def directory(self, sha256: str, package: bytes) -> Path:
        """Where this package is unpacked."""
        with self._lock:
            if sha256 not in self._directories:
                directory = Path(mkdtemp(prefix="package-"))
                zipfile.ZipFile(io.BytesIO(package)).extractall(directory)
                compileall.compile_dir(directory, quiet=2)
                self._directories[sha256] = directory
            return self._directories[sha256]


_packages = SharedPackages()


class SharedWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """A worker whose code is on its path instead of in a copy of its own."""

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        package = _packages.directory(config["CodeSha256"], code_zip)
        variables = {**config.get("Environment", {}).get("Variables", {}), "PYTHONPATH": str(package)}
        super().__init__(func_name, {**config, "Environment": {"Variables": variables}}, _EMPTY_PACKAGE.getvalue())


class WorkerPool:
    """ministack's pool of workers, which callers wait for instead of overflowing it."""

    def __init__(self) -> None:
        self._acquire = lambda_runtime.acquire_worker
        self._release = lambda_runtime.release_worker
        self._released = threading.Condition()

    def acquire(self, func_name: str, config: dict[str, Any], code_zip: bytes, **options: Any) -> tuple[Any, str]:
        """A worker that is idle, or new, or the next that becomes idle."""
        options["max_concurrency"] = WORKERS_PER_FUNCTION
        deadline = time.monotonic() + WAIT_SECONDS
        with self._released:
            while True:
                worker, reason = self._acquire(func_name, config, code_zip, **options)
                if worker is not None or not self._released.wait(deadline - time.monotonic()):
                    return worker, reason

    def release(self, worker: Any) -> None:
        """Give a worker back and let whoever waits try again."""
        with self._released:
            self._release(worker)
            self._released.notify_all()


def install() -> None:
    """Put these workers into ministack, which must not have started any."""
    from ministack.services import lambda_svc  # heavy, and only here

    pool = WorkerPool()
    lambda_runtime._worker_class_for = lambda _config: SharedWorker
    lambda_svc.acquire_worker = pool.acquire
    lambda_svc.release_worker = pool.release
