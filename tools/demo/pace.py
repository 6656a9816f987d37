"""How fast this machine is. The demo's clock stretches with it, and what a slow machine explains is no fault."""

import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from tools.demo.checkout import CheckoutService

REFERENCE_SECONDS = 1.0  # how long the slowest of these checkouts takes on a machine with two free processors
CHECKOUTS = 8  # at once
STRETCH_MAX = 4.0
FUNCTION_SECONDS = 15.0  # the timeout of the functions in template.yaml
ARRIVAL_SECONDS = 10.0
STRETCHED_HOLD_SECONDS_MAX = 600  # longer holds do not end during the demo

# Reading one row takes some milliseconds, and while all checkouts begin at once up to a second.
SLOW_READ_SECONDS = 2.0
PAUSE_SECONDS = 0.5


class MachineTooSlow(Exception):
    """This machine is so slow that functions would end by their timeouts. Nothing was judged."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This machine is too slow for the demo: {reason}. Run it again when the machine is less busy."
        )


@dataclass
class Pace:
    """The pace of this machine.

    Attributes:
        stretch: by how much the demo's waits and short holds are longer than on a fast machine, at least 1.
        slowest_read_seconds: the longest time that reading one row took while the demo ran.
    """

    stretch: float = 1.0
    slowest_read_seconds: float = 0.0

    @classmethod
    def of_checkouts(cls, slowest_seconds: float) -> "Pace":
        """The pace of a machine on which the slowest of some checkouts took so long.

        Raises:
            MachineTooSlow: it took longer than a function may.
        """
        if slowest_seconds > FUNCTION_SECONDS:
            raise MachineTooSlow(f"one of {CHECKOUTS} checkouts at once took {slowest_seconds:.0f} s")
        return cls(min(STRETCH_MAX, max(1.0, slowest_seconds / REFERENCE_SECONDS)))

    @property
    def is_too_slow(self) -> bool:
        """Whether this machine explains that something came late."""
        return self.slowest_read_seconds > SLOW_READ_SECONDS or self.stretch >= STRETCH_MAX

    def seconds(self, seconds: float) -> float:
        """A wait at this pace."""
        return seconds * self.stretch

    def hold_seconds(self, seconds: int) -> int:
        """A hold at this pace, so that what a shopper does during the hold is still done during it."""
        return math.ceil(seconds * self.stretch) if seconds <= STRETCHED_HOLD_SECONDS_MAX else seconds

    @property
    def arrival_seconds(self) -> float:
        """Over how many seconds the shoppers arrive: all at once on a fast machine, and the slower the longer."""
        return (self.stretch - 1) * ARRIVAL_SECONDS

    @contextmanager
    def watched(self, service: "CheckoutService") -> Iterator[None]:
        """Note during the block how long reading a row takes."""
        is_over = threading.Event()
        threading.Thread(target=self._watch, args=(service, is_over), daemon=True).start()
        try:
            yield
        finally:
            is_over.set()  # it may wait for an answer for a while, and nobody waits for it

    def _watch(self, service: "CheckoutService", is_over: threading.Event) -> None:
        while not is_over.wait(PAUSE_SECONDS):
            started = time.monotonic()
            try:
                service.row("there-is-no-such-reservation")
            except (BotoCoreError, ClientError):
                pass  # it took its time, too
            self.slowest_read_seconds = max(self.slowest_read_seconds, time.monotonic() - started)


def measured_pace(service: "CheckoutService", run_id: str, request: dict[str, object]) -> Pace:
    """Make some checkouts at once, twice: the first ones start the functions, the second ones are measured.

    Raises:
        MachineTooSlow: they took so long that the demo would only show timeouts.
    """
    with ThreadPoolExecutor(CHECKOUTS) as pool:
        for attempt in ("first", "second"):
            ids = [f"{run_id}-pace-{attempt}-{number}" for number in range(CHECKOUTS)]
            try:
                seconds = list(pool.map(lambda reservation_id: _seconds(service, reservation_id, request), ids))
            except TimeoutError as error:
                raise MachineTooSlow(str(error)) from error
    return Pace.of_checkouts(max(seconds))


def _seconds(service: "CheckoutService", reservation_id: str, request: dict[str, object]) -> float:
    """How long one checkout takes until its units are held and given back."""
    started = time.monotonic()
    service.start(reservation_id, request)
    service.await_status(reservation_id, "HELD", "REJECTED", "RELEASED")
    service.cancel(reservation_id)
    return time.monotonic() - started
