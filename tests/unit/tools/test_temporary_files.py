"""Temporary files are inside the project's folder, and nothing of them stays, whatever ends a command."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import until
from tools.local.errors import CommandFailed
from tools.local.lifecycle import down
from tools.local.processes.command import background_command, run_command
from tools.local.processes.environment import clean_environment
from tools.local.settings import PROJECT, LocalSettings

LEAVES_FILES = "import os, tempfile; tempfile.mkdtemp(); print(tempfile.mkdtemp(dir=os.environ['TEMP']), flush=True);"
STARTED_WITHIN_SECONDS = 60


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, empty."""
    directory = tmp_path / "system"
    directory.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(directory))
    return directory


def files_of(project: Path) -> set[str]:
    """The names of what is in a folder, without logs."""
    return {path.name for path in project.iterdir() if path.suffix != ".log"}


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(1)"])
def test_a_command_leaves_no_temporary_file(ending: str, system: Path, tmp_path: Path) -> None:
    local = tmp_path / "local"
    local.mkdir()

    try:
        run_command(
            "sam build",
            [sys.executable, "-c", LEAVES_FILES + ending],
            log=local / "sam.log",
            directory=tmp_path,
            environment=clean_environment({}),
        )
    except CommandFailed:
        assert ending != "pass"

    made = (local / "sam.log").read_text().splitlines()[0]
    assert made.startswith(str(local)) and not Path(made).exists()
    assert files_of(local) == files_of(system) == set()


def test_a_command_that_is_interrupted_leaves_no_temporary_file(system: Path, tmp_path: Path) -> None:
    log = tmp_path / "sam.log"

    with (
        pytest.raises(KeyboardInterrupt),
        background_command(
            "sam build",
            [sys.executable, "-c", LEAVES_FILES + "import time; time.sleep(60)"],
            log=log,
            directory=tmp_path,
            environment=clean_environment({}),
        ),
    ):
        until(lambda: has_line(log), "the start", within_seconds=STARTED_WITHIN_SECONDS)
        raise KeyboardInterrupt

    assert not Path(log.read_text().strip()).exists()
    assert files_of(tmp_path) == {"system"} and files_of(system) == set()


def test_a_command_that_is_terminated_tidies_up(system: Path, tmp_path: Path) -> None:
    log = tmp_path / "sam.log"
    program = f"""
import sys
from pathlib import Path
from tools.local.processes.command import run_command
from tools.local.processes.environment import clean_environment
from tools.local.processes.interruption import interrupt_on_termination
interrupt_on_termination()
command = [sys.executable, "-c", {LEAVES_FILES + "import time; time.sleep(60)"!r}]
run_command("sam", command, log=Path({str(log)!r}), directory=Path("."), environment=clean_environment({{}}))
"""
    command = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT, stderr=subprocess.DEVNULL)
    until(lambda: has_line(log), "the start", within_seconds=STARTED_WITHIN_SECONDS)

    command.send_signal(signal.SIGTERM)
    command.wait(STARTED_WITHIN_SECONDS)

    assert not Path(log.read_text().strip()).exists()
    assert files_of(tmp_path) == {"system"} and files_of(system) == set()


def test_the_end_removes_what_a_killed_local_aws_left(tmp_path: Path) -> None:
    settings = LocalSettings(directory=tmp_path / ".local", project=tmp_path)
    for remains in (".local/tmp/emulators", ".local/build/unfinished-a", ".local/page/unfinished-b", ".local/build/c"):
        (tmp_path / remains).mkdir(parents=True)
    (settings.directory / "stack.json").touch()

    assert not down(settings)

    assert {path.name for path in settings.directory.iterdir()} == {"build", "page", "build.lock", "page.lock"}
    assert [path.name for path in (settings.directory / "build").iterdir()] == ["c"]
    assert list((settings.directory / "page").iterdir()) == []


def has_line(path: Path) -> bool:
    """Whether a file has a complete line."""
    return path.exists() and path.read_text().endswith("\n")
