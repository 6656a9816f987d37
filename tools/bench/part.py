"""What the parts of `make bench` share: their progress, and how a part that cannot run here says so."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

IN_A_PIPE_EVERY_SECONDS = 10.0
ON_A_TERMINAL_EVERY_SECONDS = 2.0


class CannotRun(Exception):
    """A part needs what this machine does not have: one sentence that names it."""


class Progress:
    """Prints each step of a part, and meanwhile how long it has taken: in one line on a terminal, seldom in a pipe."""

    _running: "Progress | None" = None

    def __init__(self, part: str) -> None:
        self._part = part
        self._step = ""
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._is_terminal = sys.stdout.isatty()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        Progress._running = self
        print(f"{self._part} …", flush=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        Progress._running = None
        if self._is_terminal:
            print("\r\033[K", end="", flush=True)

    @classmethod
    def show(cls, text: str) -> None:
        """Print the next step of the part that runs."""
        if cls._running:
            cls._running._step = text
        start = "\r\033[K" if cls._running and cls._running._is_terminal else ""
        print(f"{start}  {text} …", flush=True)

    def _tick(self) -> None:
        pause = ON_A_TERMINAL_EVERY_SECONDS if self._is_terminal else IN_A_PIPE_EVERY_SECONDS
        while not self._ended.wait(pause):
            passed = f"  {time.monotonic() - self._began:.0f} s of {self._part}"
            print(
                f"\r\033[K{passed}" if self._is_terminal else passed, end="" if self._is_terminal else "\n", flush=True
            )


def step(text: str) -> None:
    """Say what is measured next, for example `8 shards, 240 orders/s`."""
    Progress.show(text)
