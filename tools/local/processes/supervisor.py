"""Runs the emulators of one local AWS as a unit: they start together and end together.

The process that starts the supervisor holds its standard input. When that process writes the line `detach`, the
supervisor keeps running without it. When the input closes without that line, the process has ended, even if it was
killed, and the supervisor stops everything.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from tools.local.processes.environment import clean_environment
from tools.local.processes.lock_file import directory_lock
from tools.local.processes.temporary import DIRECTORY, temporary_directory, with_temporary_files_in
from tools.local.settings import LocalSettings

DETACH = "detach\n"
EMULATORS = ("tools.local.emulators.ministack_server", "tools.local.step_functions.engine")
POLL_SECONDS = 0.2


def main() -> None:
    """Run the emulators until a signal arrives, the starting process ends, or one of the emulators ends."""
    directory, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = LocalSettings(port=port, directory=directory)
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signal_number, lambda *_: stop.set())
    threading.Thread(target=_stop_with_starter, args=(sys.stdin, stop), daemon=True).start()
    with directory_lock(directory, port) as is_locked:
        if is_locked:
            _run(settings, stop)


def _run(settings: LocalSettings, stop: threading.Event) -> None:
    stack_json = settings.directory / "stack.json"
    stack_json.unlink(missing_ok=True)  # a supervisor that was killed leaves its file
    with temporary_directory(settings.directory / DIRECTORY) as temporary:
        emulators = [_start(module, settings, temporary) for module in EMULATORS]
        try:
            while not stop.wait(POLL_SECONDS) and all(emulator.poll() is None for emulator in emulators):
                pass
        finally:
            for emulator in emulators:
                _kill(emulator)
            stack_json.unlink(missing_ok=True)


def _start(module: str, settings: LocalSettings, temporary: Path) -> subprocess.Popen[bytes]:
    log_name = module.removeprefix("tools.local.")
    with (settings.directory / f"{log_name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(settings.directory), str(settings.port)],
            stdin=subprocess.PIPE,  # closes when this process ends: see parent_watchdog
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=with_temporary_files_in(temporary, clean_environment({})),
        )


def _kill(emulator: subprocess.Popen[bytes]) -> None:
    """Kill an emulator and all its children. They need no clean shutdown: their state is in memory only."""
    with suppress(ProcessLookupError):
        os.killpg(emulator.pid, signal.SIGKILL)
    emulator.wait()


def _stop_with_starter(stdin: IO[str], stop: threading.Event) -> None:
    if stdin.readline() != DETACH:
        stop.set()


if __name__ == "__main__":
    main()
