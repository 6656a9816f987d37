"""Keeps the emulators of one local AWS together: they start, live and end as one.

Whoever starts this process holds its standard input. A line `detach` leaves it running on its own; an end
without that line means that the starter is gone, however it went, and so everything stops.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from tools.local.lock_file import DETACH, claimed
from tools.local.settings import LocalSettings, clean_environment

POLL_SECONDS = 0.2


def main() -> None:
    """Run the emulators until told to stop, or until one of them ends."""
    directory, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = LocalSettings(port=port, directory=directory)
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signal_number, lambda *_: stop.set())
    threading.Thread(target=_stop_with_starter, args=(sys.stdin, stop), daemon=True).start()
    with claimed(directory, port) as free:
        if free:
            _run(settings, stop)


def _run(settings: LocalSettings, stop: threading.Event) -> None:
    temporary, described = settings.directory / "tmp", settings.directory / "stack.json"
    shutil.rmtree(temporary, ignore_errors=True)
    described.unlink(missing_ok=True)  # of one that was killed
    temporary.mkdir()
    servers = [_start(name, settings, temporary) for name in ("emulators.ministack_server", "step_functions.engine")]
    try:
        while not stop.wait(POLL_SECONDS) and all(server.poll() is None for server in servers):
            pass
    finally:
        for server in servers:
            _kill(server)
        described.unlink(missing_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)


def _start(module: str, settings: LocalSettings, temporary: Path) -> subprocess.Popen[bytes]:
    with (settings.directory / f"{module.rpartition('.')[2]}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"tools.local.{module}", str(settings.directory), str(settings.port)],
            stdin=subprocess.PIPE,  # its end tells the server that this process is gone
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=clean_environment({"TMPDIR": str(temporary)}),
        )


def _kill(server: subprocess.Popen[bytes]) -> None:
    """End a server with all its children. Nothing is worth a farewell: their state is in memory."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def _stop_with_starter(stdin: IO[str], stop: threading.Event) -> None:
    if stdin.readline() != DETACH:
        stop.set()


if __name__ == "__main__":
    main()
