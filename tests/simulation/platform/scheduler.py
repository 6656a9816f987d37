"""Virtual time: what happens next, one thing at a time.

Handlers are synchronous code, so each invocation runs in a thread of its own. But a thread runs only while the scheduler
waits for it: it gets the turn, and gives it back when it waits. So nothing is concurrent, and the order of events follows
from the seed alone.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Generator
from typing import Any, ClassVar

Action = Callable[[], None]
# What a script waits for: it gets the function to which the result goes, once.
Wait = Callable[["Continuation"], None]
TURN_SECONDS_MAX = 120  # of real time; no turn takes more than a second on a busy machine
Script = Generator[Wait, Any, Any]


class Stopped(BaseException):
    """The process was stopped, and nothing of it runs any more."""


class Scheduler:
    """Events in the order of their time; of the same time, in the order in which they were planned."""

    def __init__(self, start: float) -> None:
        self.now = start
        self.process: Process | None = None  # whose turn it is
        self.is_halted = False
        self._events: list[tuple[float, int, Action]] = []
        self._order = itertools.count()

    def after(self, seconds: float, action: Action) -> None:
        """Plan an event."""
        heapq.heappush(self._events, (self.now + max(0.0, seconds), next(self._order), action))

    def run(self, until: float) -> None:
        """Let happen what is planned until then, or until it is halted."""
        while self._events and self._events[0][0] <= until and not self.is_halted:
            self.now, _, action = heapq.heappop(self._events)
            action()
        self.now = max(self.now, until)

    def is_free_until(self, time: float) -> bool:
        """Whether nothing else is planned before."""
        return not self._events or self._events[0][0] > time

    def start(self, script: Script, on_end: Callable[[Any], None] | None = None) -> None:
        """Run a script: a generator that yields what it waits for."""
        _Running(script, on_end).go_on(None, None)


class _Running:
    """A script that runs."""

    def __init__(self, script: Script, on_end: Callable[[Any], None] | None) -> None:
        self._script = script
        self._on_end = on_end

    def go_on(self, result: Any, error: BaseException | None) -> None:
        try:
            wait = self._script.send(result) if error is None else self._script.throw(error)
        except StopIteration as end:
            if self._on_end:
                self._on_end(end.value)
            return
        wait(Continuation(self.go_on))


class Continuation:
    """Continues a script with a result or an error: the first one counts."""

    def __init__(self, go_on: Callable[[Any, BaseException | None], None]) -> None:
        self._go_on = go_on
        self.is_over = False

    def send(self, result: Any = None) -> None:
        if not self.is_over:
            self.is_over = True
            self._go_on(result, None)

    def throw(self, error: BaseException) -> None:
        if not self.is_over:
            self.is_over = True
            self._go_on(None, error)


class Process:
    """Synchronous code that waits in virtual time: one invocation of a function.

    Args:
        deadline: when it is stopped if it still runs.
        clock_error: how many seconds its clock is ahead.
    """

    def __init__(self, scheduler: Scheduler, *, deadline: float, clock_error: float) -> None:
        self.scheduler = scheduler
        self.deadline = deadline
        self.clock_error = clock_error
        self.name = "process"
        self.is_stopped = False
        self._worker: _Worker | None = None
        self._waits = 0

    def start(self, run: Callable[[], Any], on_end: Callable[[Any, BaseException | None], None]) -> None:
        """Run code until it waits or ends; `on_end` gets its result or its error."""
        self._worker = _Worker.free()

        def work() -> Action:
            result, error = None, None
            try:
                result = run()
            except BaseException as raised:  # noqa: BLE001  # it is raised, or judged, by who gets it
                error = raised
            return lambda: on_end(result, error)

        self._worker.work = work
        self._give_turn()

    def wait(self, seconds: float) -> None:
        """Wait in virtual time.

        Raises:
            Stopped: its time is up, or it was stopped meanwhile.
        """
        if self.is_stopped:
            raise Stopped
        wake_at = min(self.scheduler.now + seconds, self.deadline)
        if self.scheduler.is_free_until(wake_at):
            self.scheduler.now = wake_at
        else:
            self._waits += 1
            number = self._waits
            self.scheduler.after(wake_at - self.scheduler.now, lambda: self._wake(number))
            assert self._worker
            self._worker.give_back_turn()
        if wake_at >= self.deadline:
            self.is_stopped = True
        if self.is_stopped:
            raise Stopped

    def stop(self) -> None:
        """Stop it where it waits."""
        self.is_stopped = True
        self._wake(self._waits)

    def _wake(self, number: int) -> None:
        if number == self._waits:
            self._waits += 1
            self._give_turn()

    def _give_turn(self) -> None:
        before, self.scheduler.process = self.scheduler.process, self
        assert self._worker
        end = self._worker.take_turn()
        self.scheduler.process = before
        if end:
            end()


class _Worker:
    """A thread that runs only while it has the turn; one after the other it runs many processes."""

    _free: ClassVar[list["_Worker"]] = []

    def __init__(self) -> None:
        self.work: Callable[[], Action] | None = None
        self._end: Action | None = None
        self._turn, self._back = threading.Lock(), threading.Lock()
        self._turn.acquire()
        self._back.acquire()
        threading.Thread(target=self._run, daemon=True).start()

    @classmethod
    def free(cls) -> "_Worker":
        return cls._free.pop() if cls._free else cls()

    def take_turn(self) -> Action | None:
        """Called by the scheduler: let the thread run until it gives the turn back; its end, if it has ended."""
        self._turn.release()
        if not self._back.acquire(timeout=TURN_SECONDS_MAX):
            raise RuntimeError("a process does not give its turn back: it waits for something outside the simulation")
        end, self._end = self._end, None
        if end:
            self._free.append(self)
        return end

    def give_back_turn(self) -> None:
        """Called in the thread: wait for the next turn."""
        self._back.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        while True:
            assert self.work
            self._end = self.work()
            self.give_back_turn()


def sleep(scheduler: Scheduler, seconds: float) -> Wait:
    """What a script yields to wait."""
    return lambda continuation: scheduler.after(seconds, continuation.send)
