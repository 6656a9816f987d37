"""One call among all that something makes to DynamoDB and S3: what happens there is chosen by its number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from tests.support.read_model.shop import ReadModelOfShop
from tests.support.shop.in_memory import Stopped

Make = Callable[[], Any]


class Interruption:
    """Counts calls, from 1, and does something at one of them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._lock = Lock()
        self._is_quiet = False

    def around(self, call: str, make: Make) -> Any:
        """Make a call, unless something else happens."""
        if self._is_quiet:  # a call of what happens meanwhile
            return make()
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
        return self.at(number, make)

    def at(self, number: int, make: Make) -> Any:
        """Make the call of this number."""
        return make()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While something else happens."""
        self._is_quiet = True
        yield
        self._is_quiet = False


class StoppedAt(Interruption):
    """The process ends before a call: all later ones fail, too."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def at(self, number: int, make: Make) -> Any:
        if number >= self._number:
            raise Stopped
        return make()


class PrecededAt(Interruption):
    """Something else happens before a call."""

    def __init__(self, number: int, action: Callable[[], object]) -> None:
        super().__init__()
        self._number = number
        self._action = action

    def at(self, number: int, make: Make) -> Any:
        if number == self._number:
            with self.quiet():
                self._action()
        return make()


@contextmanager
def interrupted(model: ReadModelOfShop, interruption: Interruption) -> Iterator[Interruption]:
    """Let an interruption see every call of a model."""
    answer, around = model.shop.answer, model.files.around
    model.files.around = interruption.around
    model.shop.answer = lambda operation, request: interruption.around(operation, lambda: answer(operation, request))
    try:
        yield interruption
    finally:
        model.shop.answer, model.files.around = answer, around
