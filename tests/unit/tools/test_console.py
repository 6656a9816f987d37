"""What commands print, on any terminal and in any pipe: a wait shows its progress, and no print ends a command."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.waiting import until
from tools.load.progress import LoadProgress
from tools.local.settings import PROJECT
from tools.progress import Progress, timed

ENDS_WITHIN_SECONDS = 30
PRINTS_AFTER_ITS_READER_HAS_ENDED = """
import sys
from tools.console import run_and_exit

def main():
    print("first", flush=True)
    sys.stdin.read()
    print("second", flush=True)
    sys.stderr.write("cleaned up")
    return 3

run_and_exit(main)
"""


def clock(*seconds: float) -> Iterator[float]:
    """Moments of a clock."""
    return iter(seconds)


def a_command(program: str) -> "subprocess.Popen[str]":
    """A command in a process of its own, on a console that knows ASCII only."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "ascii"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        cwd=PROJECT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_what_takes_long_shows_its_progress_every_two_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    times = clock(0.0, 1.0, 2.5, 2.5, 3.0, 4.5, 4.5)
    progress = Progress(lambda: next(times))

    for rows in (1_000, 2_000, 3_000, 4_000):
        progress(f"{rows:,} movements read")

    assert capsys.readouterr().out == "  2,000 movements read …\n  4,000 movements read …\n"


def test_a_long_silence_is_broken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.progress.TICK_SECONDS", 0.001)
    now = 0.0

    with Progress(lambda: now):
        now = 30.0
        until(lambda: "  30 s so far …\n" in capsys.readouterr().out, "a sentence", within_seconds=10)


def test_a_load_says_how_long_the_other_levels_may_take(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = LoadProgress(lambda: now)

    now = 10.0
    progress(500, 2_000)

    assert capsys.readouterr().out == "  500 of 2,000 levels, about 30 s left …\n"


def test_a_step_in_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with timed("Building"):
        pass

    assert capsys.readouterr().out == "Building ... 0.0 s\n"


@pytest.mark.parametrize(("columns", "ticks"), [("80", True), ("12", False)], ids=["wide", "tiny"])
def test_a_step_on_a_terminal_shows_its_seconds_if_there_is_room(columns: str, ticks: bool) -> None:
    program = "import time, tools.progress as p; p.TICK_SECONDS = 0.01\nwith p.timed('Building'): time.sleep(0.2)\nprint('end')"
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TERM": "xterm", "COLUMNS": columns}
    environment.pop("NO_COLOR", None)
    command = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=PROJECT, stdout=theirs)

    assert command.wait(ENDS_WITHIN_SECONDS) == 0
    printed = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)

    assert ("\rBuilding ... 0 s" in printed) is ticks
    assert "Building ... 0.2 s" in printed.replace("0.3", "0.2") and printed.endswith("end\r\n")


def test_a_command_goes_on_when_nobody_reads_it_any_more() -> None:
    command = a_command(PRINTS_AFTER_ITS_READER_HAS_ENDED)
    assert command.stdout and command.stdout.readline() == "first\n"
    command.stdout.close()  # as `head` does
    command.stdout = None

    _, printed = command.communicate(timeout=ENDS_WITHIN_SECONDS)

    assert (command.returncode, printed) == (3, "cleaned up")


def test_ctrl_c_while_a_command_is_loaded_ends_it_without_a_stack_trace() -> None:
    program = """
import signal, sys
sys.argv = ["-m"]  # as Python has it while it looks for the module of `python -m tools.load`
from tools.console import run_and_exit
while_loaded = signal.getsignal(signal.SIGINT)
run_and_exit(lambda: print(while_loaded.name, signal.getsignal(signal.SIGINT) is signal.default_int_handler))
"""

    printed, _ = a_command(program).communicate(timeout=ENDS_WITHIN_SECONDS)

    assert printed == "SIG_DFL True\n"


def test_a_symbol_that_the_console_lacks_ends_no_command() -> None:
    program = "from tools.console import run_and_exit\nrun_and_exit(lambda: print('Loading …') or 0)"

    printed, _ = a_command(program).communicate(timeout=ENDS_WITHIN_SECONDS)

    assert printed == "Loading ?\n"
