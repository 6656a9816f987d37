"""The progress of a load: how many levels are written, and how long the others may take."""

import time
from collections.abc import Callable

from tools.progress import Progress


class LoadProgress:
    """Prints it at most every two seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._print = Progress(clock)

    def __call__(self, done: int, total: int) -> None:
        seconds_left = (self._clock() - self._began) / done * (total - done)
        self._print(f"{done:,} of {total:,} levels, about {seconds_left:.0f} s left")
