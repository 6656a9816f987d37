"""Work in forks of this process, as many at once as there are processors."""

import os
import resource
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NoReturn, TypeVar

MEMORY_BYTES_MAX = 8 * 1024**3
FORKS_MAX = os.cpu_count() or 1

Task = TypeVar("Task")


@dataclass(frozen=True)
class Killed:
    """A fork that a signal ended: the signal of a timer, or of a crash."""

    signal_number: int

    @property
    def is_timer(self) -> bool:
        return self.signal_number in (signal.SIGALRM, signal.SIGPROF)


class Fork:
    """Work in a fork of this process, whose output is discarded."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.answers, writer = Pipe(duplex=False)
        sys.stdout.flush()
        self._pid = os.fork()
        if self._pid == 0:
            _work_and_exit(work, writer)
        writer.close()

    def answer(self) -> Any:
        """What the work returned, the text of the error that it raised, or Killed."""
        try:
            answer = self.answers.recv()
        except EOFError:
            answer = None
        self.answers.close()
        _, status = os.waitpid(self._pid, 0)
        return Killed(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else answer


class Forks(Generic[Task]):
    """Does tasks in forks until a deadline, a time of time.monotonic()."""

    def __init__(self, tasks: Iterable[Task], deadline: float) -> None:
        self._waiting = deque(tasks)
        self._running: dict[Connection, tuple[Task, Fork]] = {}
        self._deadline = deadline

    @property
    def is_time_up(self) -> bool:
        """Whether tasks were left undone."""
        return bool(self._waiting)

    def answers(self, work: Callable[[Task], Callable[[], Any]]) -> Iterator[tuple[Task, Any]]:
        """Each task and its answer, as they come.

        Args:
            work: what to do in the fork for a task; it is called when the task is about to start.
        """
        while self._start_some(work):
            for ready in wait(list(self._running)):
                task, fork = self._running.pop(ready)  # type: ignore[call-overload]  # only connections are waited for
                yield task, fork.answer()

    def _start_some(self, work: Callable[[Task], Callable[[], Any]]) -> bool:
        while self._waiting and len(self._running) < FORKS_MAX and time.monotonic() < self._deadline:
            task = self._waiting.popleft()
            fork = Fork(work(task))
            self._running[fork.answers] = task, fork
        return bool(self._running)


def _work_and_exit(work: Callable[[], Any], writer: Connection) -> NoReturn:
    discard_output()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    try:
        answer = work()
    except BaseException as error:  # noqa: BLE001  # nothing may leave the fork but its answer
        answer = f"{type(error).__name__}: {error}"
    writer.send(answer)
    os._exit(0)


def discard_output() -> None:
    """Discard what this process writes from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
