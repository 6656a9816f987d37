"""The console of commands that show tables and progress."""

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


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
