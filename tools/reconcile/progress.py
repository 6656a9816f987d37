"""The progress of a comparison: a line for what takes longer than two seconds, and then every two seconds."""

import time
from collections.abc import Callable

EVERY_SECONDS = 2.0


class Progress:
    """Prints how many rows were read so far. Quick parts print nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._printed_at = clock()

    def __call__(self, what: str, rows: int) -> None:
        now = self._clock()
        if now - self._printed_at >= EVERY_SECONDS:
            self._printed_at = now
            print(f"  {rows:,} {what} read …", flush=True)
