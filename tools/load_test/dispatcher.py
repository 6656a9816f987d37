"""Makes calls at their planned moments, whatever became of those before (an open loop)."""

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.load_test.plan import Due

CALLS_AT_ONCE = 500
LATE_SECONDS_MAX = 1.0  # a call that starts later was not offered when it was planned
WAKE_SECONDS = 0.25


class FellBehind(Exception):
    """Calls start later than planned, so the planned rate is not offered."""

    def __init__(self, late: float, started_per_second: float) -> None:
        super().__init__(f"calls started {late:.1f} s late")
        self.late = late
        self.started_per_second = started_per_second


Make = Callable[[Due], Due | None]  # makes a call, and returns the call that its answer leads to


@dataclass
class Dispatcher:
    """Makes each call in a thread of its own."""

    make: Make
    calls_at_once: int = CALLS_AT_ONCE
    began: float = 0.0
    started: int = 0
    _following: list[Due] = field(default_factory=list)
    _running: int = 0
    _late: float = 0.0
    _error: BaseException | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, calls: Iterator[Due], on_tick: Callable[[], None] = lambda: None) -> None:
        """Make all calls, and those that their answers lead to, and wait for the last answer.

        Raises:
            FellBehind: calls start later than planned. No further call is made, and those under way have ended.
        """
        pool = ThreadPoolExecutor(self.calls_at_once)
        self.began = time.monotonic()
        try:
            upcoming = next(calls, None)
            while True:
                with self._changed:
                    due = self._next(upcoming)
                    if due is None and not self._running:
                        return
                    if due is None or due.at > self.elapsed:
                        self._changed.wait(WAKE_SECONDS if due is None else min(due.at - self.elapsed, WAKE_SECONDS))
                        due = None
                    elif due is upcoming:
                        upcoming = next(calls, None)
                    else:
                        heapq.heappop(self._following)
                    self._running += due is not None
                if due:
                    pool.submit(self._call, due).add_done_callback(self._done)
                on_tick()
                self._stop_if_behind()
        finally:
            pool.shutdown(cancel_futures=True)

    @property
    def elapsed(self) -> float:
        """The seconds since the start."""
        return time.monotonic() - self.began

    def _next(self, upcoming: Due | None) -> Due | None:
        return min(filter(None, [upcoming, *self._following[:1]]), default=None)

    def _call(self, due: Due) -> None:
        late = self.elapsed - due.at
        with self._changed:
            self.started += 1
            self._late = max(self._late, late)
        if late > LATE_SECONDS_MAX:
            return  # the run ends
        following = self.make(due)
        if following:
            with self._changed:
                heapq.heappush(self._following, following)

    def _done(self, call: "Future[None]") -> None:
        with self._changed:
            self._running -= 1
            if not call.cancelled():
                self._error = self._error or call.exception()
            self._changed.notify()

    def _stop_if_behind(self) -> None:
        if self._error:
            raise self._error
        if self._late > LATE_SECONDS_MAX:
            raise FellBehind(self._late, self.started / self.elapsed)
