"""Runs a command of another tool. Its output goes to a log file, and the end of the log into the error message."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.local.errors import CommandFailed

TIMEOUT_SECONDS = 300
ERROR_LINES = 15


def run_command(
    name: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]
) -> None:
    """Run a command and wait for its end.

    Raises:
        CommandFailed: the command does not exist, failed, or took too long. The message calls it by `name`.
    """
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise CommandFailed(f"{name} cannot be started: {error}") from error
    try:
        problem = "failed" if process.wait(TIMEOUT_SECONDS) else None
    except subprocess.TimeoutExpired:
        problem = f"took longer than {TIMEOUT_SECONDS} s"
    finally:
        process.kill()
    if problem:
        raise CommandFailed(f"{name} {problem}:\n{_last_lines(log)}\n(complete output: {log})")


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-ERROR_LINES:])
