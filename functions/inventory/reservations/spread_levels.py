"""Which levels are spread over shards, as this container has learnt it from the conditions of holds."""

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Final

from inventory.model import LevelKey

REMEMBERED_SECONDS: Final = 60.0
IN_A_CROWD_SECONDS: Final = 1.0  # the number of a crowded level is stale sooner
LEVELS_MAX: Final = 10_000  # few levels are spread, so more means that their entries are old


class SpreadLevels:
    """Remembers for a minute how many shards a spread level has. Any number is safe: conditions decide each hold."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: dict[LevelKey, tuple[int, float]] = {}
        self._lock = Lock()

    def numbers(self, keys: Iterable[LevelKey]) -> dict[LevelKey, int]:
        """How many shards of each of these levels take holds; those are left out of which that is not known."""
        oldest = self._clock() - REMEMBERED_SECONDS
        with self._lock:
            known = {key: self._found[key] for key in keys if key in self._found}
        return {key: number for key, (number, learnt_at) in known.items() if learnt_at >= oldest}

    def stale_in_crowd(self, keys: Iterable[LevelKey]) -> list[LevelKey]:
        """Those of these crowded levels whose number is stale: it must be read again."""
        latest = self._clock() - IN_A_CROWD_SECONDS
        with self._lock:
            return [key for key in keys if key in self._found and self._found[key][1] <= latest]

    def learn(self, key: LevelKey, number: int | None) -> None:
        """Remember how many shards of a level take holds; None if it is not spread, or that must be learnt again."""
        with self._lock:
            if len(self._found) >= LEVELS_MAX:
                self._found.clear()
            if number is None:
                self._found.pop(key, None)
            else:
                self._found[key] = number, self._clock()
