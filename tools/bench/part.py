"""What the parts of `make bench` share: their progress, and how a part that cannot run here says so."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

IN_A_PIPE_EVERY_SECONDS = 10.0
ON_A_TERMINAL_EVERY_SECONDS = 2.0
STDOUT = 1


class CannotRun(Exception):
    """A part needs what this machine does not have: one sentence that names it."""


class Progress:
    """Prints each step of a part, and meanwhile how long it has taken: in one line on a terminal, seldom in a pipe.

    Log lines and metrics, which the functions print, are not shown, but they are written as on AWS: they cost time.
    """

    _running: "Progress | None" = None

    def __init__(self, part: str) -> None:
        self._part = part
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._console = os.dup(STDOUT)
        self._is_terminal = os.isatty(STDOUT)
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @classmethod
    @contextmanager
    def of(cls, part: str) -> Iterator[None]:
        """Show the progress of a part while it runs."""
        sys.stdout.flush()
        progress = cls._running = cls(part)
        progress._print(f"{part} …")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDOUT)
        progress._thread.start()
        try:
            yield
        finally:
            progress._ended.set()
            progress._thread.join()
            cls._running = None
            sys.stdout.flush()
            os.dup2(progress._console, STDOUT)
            os.close(nowhere)
            os.close(progress._console)

    @classmethod
    def show(cls, text: str) -> None:
        """Print the next step of the part that runs."""
        if cls._running:
            cls._running._print(f"  {text} …")

    def _tick(self) -> None:
        while not self._ended.wait(ON_A_TERMINAL_EVERY_SECONDS if self._is_terminal else IN_A_PIPE_EVERY_SECONDS):
            passed = f"  {time.monotonic() - self._began:.0f} s"
            if self._is_terminal:
                self._write(f"\r\033[K{passed}\r")
            else:
                self._print(passed)

    def _print(self, text: str) -> None:
        self._write(("\033[K" if self._is_terminal else "") + text + "\n")

    def _write(self, text: str) -> None:
        with suppress(BrokenPipeError):  # nobody reads it any more
            os.write(self._console, text.encode(errors="replace"))


def step(text: str) -> None:
    """Say what is measured next, for example `8 shards, 240 orders/s`."""
    Progress.show(text)
