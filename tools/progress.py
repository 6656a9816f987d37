"""The progress of a command: a step that takes more than two seconds shows its time."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

EVERY_SECONDS = 2.0
SILENT_SECONDS_MAX = 10.0
TICK_SECONDS = 1.0
ROOM_FOR_SECONDS = 10  # characters beside a step in its line


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Print a step when it begins, and its time when it ends."""
    started = time.monotonic()
    try:
        with ticking(f"{step} ... "):
            yield
    except BaseException as error:
        print("stopped" if isinstance(error, KeyboardInterrupt) else "failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


@contextmanager
def ticking(beginning: str) -> Iterator[None]:
    """Print the beginning of a line. On a terminal, the seconds that have passed are shown behind it during the block."""
    print(beginning, end="", flush=True)
    if not _can_redraw(beginning):
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_tick, args=(beginning, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        print(f"\r\033[K{beginning}", end="", flush=True)


def _tick(beginning: str, ended: threading.Event) -> None:
    started = time.monotonic()
    while not ended.wait(TICK_SECONDS):
        print(f"\r{beginning}{time.monotonic() - started:.0f} s", end="", flush=True)


def _can_redraw(line: str) -> bool:
    """Whether standard output is a terminal that can draw a line again: one that is wrapped cannot be."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in (None, "dumb")
    return sys.stdout.isatty() and not is_plain and len(line) + ROOM_FOR_SECONDS < shutil.get_terminal_size().columns


class Progress:
    """Prints how far a command is, at most every two seconds. What is quick prints nothing.

    As a context manager it also says every ten seconds of silence how long the block has taken.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._printed_at = clock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._break_silence, daemon=True)

    def __call__(self, sentence: str) -> None:
        if self._clock_since_print() >= EVERY_SECONDS:
            self._print(sentence)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _break_silence(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            if self._clock_since_print() >= SILENT_SECONDS_MAX:
                self._print(f"{self._clock() - self._began:.0f} s so far")

    def _clock_since_print(self) -> float:
        return self._clock() - self._printed_at

    def _print(self, sentence: str) -> None:
        self._printed_at = self._clock()
        print(f"  {sentence} …", flush=True)
