"""What goes wrong, drawn from the seed: at each call to AWS, and with each process and execution."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"}


class Fault(StrEnum):
    """What goes wrong with one call."""

    STOPPED_BEFORE = "the process stops before"
    STOPPED_AFTER = "the process stops after"
    REQUEST_LOST = "the request is lost"
    ANSWER_LOST = "the answer is lost"
    LATE = "no answer in time, takes effect later"
    SLOW = "slow"
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    CONFLICT = "conflict"
    UNPROCESSED = "partly unprocessed"


# How often each occurs, in relation to the others.
WEIGHTS = {
    Fault.STOPPED_BEFORE: 3,
    Fault.STOPPED_AFTER: 4,
    Fault.REQUEST_LOST: 2,
    Fault.ANSWER_LOST: 4,
    Fault.LATE: 2,
    Fault.SLOW: 3,
    Fault.THROTTLED: 3,
    Fault.SERVER_ERROR: 2,
    Fault.CONFLICT: 6,
    Fault.UNPROCESSED: 2,
}
FAULTS = tuple(WEIGHTS)
CUMULATED = tuple(accumulate(WEIGHTS.values()))


@dataclass(frozen=True)
class Weather:
    """How bad it is in one world."""

    fault_rate: float  # of calls to AWS
    repeat_rate: float  # of invocations that happen twice
    lost_rate: float  # of invocations whose answer does not arrive
    stop_rate: float  # of executions that somebody stops
    clock_error_seconds: float
    lag_seconds: float  # of indexes and eventually consistent reads
    page_items: int
    unreadable_rows: int  # reservations that another tool wrote in another form
    outages: int  # times at which a service refuses every call
    settings_change: bool

    @classmethod
    def drawn(cls, draw: random.Random) -> "Weather":
        fault_rate = draw.choice((0.0, 0.02, 0.05, 0.12))
        return cls(
            fault_rate=fault_rate,
            repeat_rate=draw.choice((0.0, 0.02, 0.1)),
            lost_rate=draw.choice((0.0, 0.02, 0.1)) if fault_rate else 0.0,
            stop_rate=draw.choice((0.0, 0.0, 0.03, 0.1)),
            clock_error_seconds=draw.choice((0.0, 0.0, 2.0, 300.0)),
            lag_seconds=draw.choice((0.0, 0.2, 2.0, 20.0)),
            page_items=draw.choice((7, 30, 100)),
            unreadable_rows=draw.choice((0, 0, 1, 3)),
            outages=draw.choice((0, 0, 1, 3)) if fault_rate else 0,
            settings_change=draw.random() < 0.2,
        )

    def cleared(self) -> "Weather":
        """The same without anything that goes wrong."""
        return replace(
            self, fault_rate=0.0, repeat_rate=0.0, lost_rate=0.0, stop_rate=0.0, clock_error_seconds=0.0, outages=0
        )

    @property
    def is_fine(self) -> bool:
        """Whether nothing goes wrong, so that what may happen at least once happens exactly once."""
        return not (self.fault_rate or self.repeat_rate or self.stop_rate or self.clock_error_seconds)

    @property
    def is_punctual(self) -> bool:
        """Whether nothing delays the jobs."""
        return not (self.fault_rate or self.lost_rate or self.clock_error_seconds)


class Faults:
    """Draws what goes wrong, until the weather clears up."""

    def __init__(self, draw: random.Random, weather: Weather) -> None:
        self.weather = weather
        self.is_over = False
        self.down: set[str] = set()  # the services that refuse every call
        self.counted: Counter[str] = Counter()
        self._draw = draw

    def at_call(self, service: str, operation: str) -> Fault | None:
        """What goes wrong with one call to AWS."""
        if service in self.down:
            return Fault.THROTTLED
        if not self.happens(self.weather.fault_rate):
            return None
        [fault] = self._draw.choices(FAULTS, cum_weights=CUMULATED)
        if fault is Fault.CONFLICT and operation not in WRITES:
            fault = Fault.THROTTLED
        if fault is Fault.UNPROCESSED and operation != "BatchGetItem":
            fault = Fault.SLOW
        self.counted[fault] += 1
        return fault

    def happens(self, rate: float) -> bool:
        """Whether something of this rate happens now."""
        return not self.is_over and rate > 0 and self._draw.random() < rate

    def clock_error(self) -> float:
        """By how much the clock of a new process is wrong."""
        most = self.weather.clock_error_seconds
        return 0.0 if self.is_over or not most else self._draw.uniform(-most, most)

    def lag(self) -> float:
        """After how long a write is visible in a secondary index."""
        most = 0.1 if self.is_over else self.weather.lag_seconds
        return self._draw.random() * most

    def latency(self) -> float:
        """How long one call takes."""
        return 0.002 + self._draw.expovariate(120)

    def pause(self, most: float) -> float:
        """Any time up to `most` seconds."""
        return self._draw.uniform(0, most)

    def pick(self, count: int) -> int:
        """One of so many."""
        return self._draw.randrange(count)
