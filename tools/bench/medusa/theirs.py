"""Medusa's reservations: its inventory module in a Node.js process, on PostgreSQL."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.bench.medusa.postgres import postgres
from tools.bench.medusa.result import Round
from tools.bench.part import CannotRun, step
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT

DIRECTORY = Path(__file__).parent
INSTALLED = DIRECTORY / "node_modules" / "installed"
INSTALLS_WITHIN_SECONDS = 600
STOPS_WITHIN_SECONDS = 20


class Theirs:
    """A Medusa with products, all at one location."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log
        self._answer("ready")

    def run(self, case: str, seconds: float) -> Round:
        """Reserve units for so long: `hot` of one product, `spread` of any.

        Raises:
            RuntimeError: Medusa stopped, or a reservation is not in its books.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"case": case, "seconds": seconds}) + "\n")
        self._process.stdin.flush()
        ran = self._answer("reserves")
        if not ran["is_consistent"]:
            raise RuntimeError("Medusa's levels do not have the units that were reserved")
        return Round(ran["reserves"], ran["seconds"], ran["cpu_seconds"])

    def _answer(self, name: str) -> Mapping[str, Any]:
        """The next line that has this; Medusa prints other lines, too."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{") and name in (answer := json.loads(line)):
                return dict(answer)
        errors = [line for line in self._log.read_text().splitlines() if "Error" in line]
        raise RuntimeError(f"Medusa stopped: {errors[-1] if errors else 'it said nothing'}")


@contextmanager
def their_shop(products: int, concurrency: int) -> Iterator[Theirs]:
    """A Medusa of its own.

    Raises:
        CannotRun: Medusa or PostgreSQL is not installed, and cannot be.
    """
    node = install()
    with temporary_directory(PROJECT / ".local" / "bench") as directory, postgres() as url:
        settings, log = directory / "settings.json", directory / "medusa.log"
        settings.write_text(json.dumps({"databaseUrl": url, "products": products, "concurrency": concurrency}))
        with log.open("w") as errors:
            process = subprocess.Popen(
                [node, DIRECTORY / "reserve.mjs", settings],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=DIRECTORY,  # it looks for its modules there
                env=_environment(directory),
            )
            try:
                yield Theirs(process, log)
            finally:
                _stop(process)


def install() -> str:
    """Install Medusa's packages where they are missing or old; the path of Node.js.

    Raises:
        CannotRun: there is no Node.js, or npm cannot install them.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise CannotRun("Node.js is not installed. Install it: make install")
    lock = DIRECTORY / "package-lock.json"
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        step("installing the packages of Medusa")
        # No package of it needs its install scripts here.
        command = [npm, "ci", "--ignore-scripts", "--loglevel=error"]
        try:
            subprocess.run(
                command, cwd=DIRECTORY, check=True, capture_output=True, text=True, timeout=INSTALLS_WITHIN_SECONDS
            )
        except subprocess.CalledProcessError as error:
            first = error.stderr.strip().splitlines()[:1]
            raise CannotRun(f"npm cannot install the packages of Medusa: {' '.join(first)}") from error
        except subprocess.TimeoutExpired as error:
            raise CannotRun(f"npm did not install Medusa within {INSTALLS_WITHIN_SECONDS} s.") from error
        INSTALLED.touch()
    return node


def _environment(directory: Path) -> dict[str, str]:
    """It neither reports anything to Medusa, nor writes to the home directory."""
    return {
        "PATH": os.environ["PATH"],
        "NODE_ENV": "production",
        "MEDUSA_DISABLE_TELEMETRY": "true",
        "XDG_CONFIG_HOME": str(directory),
        "HOME": str(directory),
    }


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
