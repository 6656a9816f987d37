"""Waits with a time limit."""

import time
from collections.abc import Callable

FIRST_PAUSE_SECONDS = 0.01
PAUSE_SECONDS_MAX = 0.1  # what is waited for may need the processor that asking takes


def until(condition: Callable[[], bool], what: str, *, within_seconds: float) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + within_seconds
    pause_seconds = FIRST_PAUSE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within_seconds} s"
        time.sleep(pause_seconds)
        pause_seconds = min(2 * pause_seconds, PAUSE_SECONDS_MAX)
