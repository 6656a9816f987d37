"""Runs a command of another tool. Its output goes to a log file, and the end of the log into the error message."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.local.errors import CommandFailed
from tools.local.processes.temporary import DIRECTORY, temporary_directory, with_temporary_files_in

TIMEOUT_SECONDS = 600  # on a busy machine
ERROR_LINES = 15


def run_command(
    name: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]
) -> None:
    """Run a command and wait for its end.

    Raises:
        CommandFailed: the command does not exist, failed, or took too long. The message calls it by `name`.
    """
    with background_command(name, command, log=log, directory=directory, environment=environment) as wait:
        wait()


@contextmanager
def background_command(
    name: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]
) -> Iterator[Callable[[], None]]:
    """Run a command during the block, which gets a function that waits for its end.

    The function raises CommandFailed as `run_command` does. At the end of the block the command is killed, together with
    the processes that it started, and its temporary files are removed.
    """
    with temporary_directory(log.parent / DIRECTORY) as temporary:
        environment = with_temporary_files_in(temporary, environment)
        process = _started(name, command, log=log, directory=directory, environment=environment)
        try:
            yield lambda: _wait(name, process, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(
    name: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        try:
            return subprocess.Popen(
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its own processes can be killed with it
            )
        except OSError as error:
            raise CommandFailed(f"{name} cannot be started: {error}") from error


def _wait(name: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    try:
        problem = "failed" if process.wait(TIMEOUT_SECONDS) else None
    except subprocess.TimeoutExpired:
        problem = f"took longer than {TIMEOUT_SECONDS} s"
    if problem:
        raise CommandFailed(f"{name} {problem}:\n{_last_lines(log)}\n(complete output: {log})")


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-ERROR_LINES:])
