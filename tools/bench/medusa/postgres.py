"""A PostgreSQL server of its own for a benchmark, with the settings that PostgreSQL ships: fsync is on."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from tools.bench.part import CannotRun, step
from tools.local.ports import free_port

SYSTEM_USER = "postgres"  # PostgreSQL refuses to run as root
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 30
INSTALLS_WITHIN_SECONDS = 600
# Debian would start a server at every boot; without it, the packages only bring the programs.
NO_SERVER = "create_main_cluster = false\n"
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")


@contextmanager
def postgres() -> Iterator[str]:
    """Run PostgreSQL on a free port, with its data on a disk. Yields the database's URL.

    Raises:
        CannotRun: PostgreSQL is not installed, and cannot be.
    """
    programs = _programs() or _installed()
    # The user of the server must reach it, so it cannot be in a home directory; /tmp may be memory, where fsync is free.
    directory = Path(mkdtemp(prefix="inventory-bench-", dir="/var/tmp"))
    port = free_port()
    try:
        if _is_root():
            shutil.chown(directory, SYSTEM_USER, SYSTEM_USER)
        data = directory / "data"
        _run([programs / "initdb", "--auth=trust", "--username=bench", "--encoding=UTF8", "--locale=C", "-D", data])
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
            + ["-c", "unix_socket_directories=", "-c", "fsync=on"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=SYSTEM_USER if _is_root() else None,
            cwd=directory,
        )
        try:
            _wait_until_it_answers(programs, port, server)
            yield f"postgres://bench@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(STOPS_WITHIN_SECONDS)
            server.kill()
            server.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _programs() -> Path | None:
    """Where PostgreSQL's programs are: Debian keeps those of a server out of PATH."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((found for found in candidates if (found / "initdb").exists() and (found / "postgres").exists()), None)


def _installed() -> Path:
    """Install PostgreSQL with apt, as root."""
    if not _is_root() or not shutil.which("apt-get"):
        raise CannotRun("PostgreSQL is not installed, and only root on Debian or Ubuntu can install it from here.")
    step("installing PostgreSQL")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    _run(["apt-get", "update"], quiet)
    _run([*install, "postgresql-common"], quiet)
    settings = CLUSTERS.read_text() if CLUSTERS.exists() else ""
    CLUSTERS.write_text(settings + NO_SERVER)
    _run([*install, "postgresql"], quiet)
    found = _programs()
    if not found:
        raise CannotRun("apt installed PostgreSQL, but its programs are not in /usr/lib/postgresql.")
    return found


def _run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> None:
    is_own = environment is not None or not _is_root()
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALLS_WITHIN_SECONDS,
            env=environment,
            user=None if is_own else SYSTEM_USER,
            cwd="/",
        )
    except subprocess.CalledProcessError as error:
        last = (error.stderr or error.stdout).strip().splitlines()[-1:]
        raise CannotRun(f"{Path(command[0]).name} failed: {' '.join(last)}") from error


def _wait_until_it_answers(programs: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise CannotRun("PostgreSQL is installed, but its server did not start.")
        time.sleep(0.1)


def _is_root() -> bool:
    return os.geteuid() == 0
