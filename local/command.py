"""Runs one command of another tool: its output goes to a log, and the end of it into the error."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.errors import CommandFailed

TIMEOUT_SECONDS = 300
ERROR_LINES = 15


def run(name: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]) -> None:
    """Run a command to its end; raises CommandFailed, which calls it by its name, when it fails or takes too long."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        failed = process.wait(TIMEOUT_SECONDS) != 0
    except subprocess.TimeoutExpired:
        failed = True
    finally:
        process.kill()
    if failed:
        raise CommandFailed(f"{name} failed:\n{_last_lines(log)}\n(all of it: {log})")


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-ERROR_LINES:])
