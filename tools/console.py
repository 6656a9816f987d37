"""The console of commands that show tables and progress."""

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

PROGRESS_EVERY_SECONDS = 2.0


def new_console() -> Console:
    """A console that is plain in a pipe and with NO_COLOR (https://no-color.org): no colours, nothing that moves."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an encoding without our symbols is no reason to end
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return Console(color_system=None, force_terminal=False, highlight=False)
    return Console(highlight=False)


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Print a step when it begins, and its time when it ends."""
    print(f"{step} ... ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


class Progress:
    """Prints how far a command is, at most every two seconds. What is quick prints nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._printed_at = clock()

    def __call__(self, sentence: str) -> None:
        now = self._clock()
        if now - self._printed_at >= PROGRESS_EVERY_SECONDS:
            self._printed_at = now
            print(f"  {sentence} …", flush=True)
