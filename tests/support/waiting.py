"""Waits with a time limit."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.01


def until(condition: Callable[[], bool], what: str, *, within_seconds: float) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within_seconds} s"
        time.sleep(PAUSE_SECONDS)
