"""Holds of levels that are spread over shards: tried in a random shard, then in another one.

A level of which nothing is known is tried as if it was not spread, at the cost of such a level. If it is spread, the
condition that fails says so.
"""

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from inventory.aws.retries import CONFLICTS_MAX, RETRY_DEADLINE_SECONDS, pause_after_conflict
from inventory.errors import TransientError
from inventory.model import CustomerLimits, LevelKey, Reservation
from inventory.reservations.spread_levels import SpreadLevels
from inventory.reservations.store import HoldRefused, ReservationStore
from inventory.stock.shards.choice import in_shards
from inventory.stock.shards.crowds import Crowds, crowds_reported
from inventory.stock.store import StockStore

# After so many short shards all of them are read: the level is nearly sold out, or most of it is in few shards.
SHORT_TRIES_MAX = 3
# Others are in other shards, so another one is tried at once. After so many conflicts all of them are crowded.
CONFLICTS_WITHOUT_PAUSE = 3


@dataclass(frozen=True, slots=True)
class SpreadHolds:
    """Holds without reading: each line whole in one shard of its level."""

    store: ReservationStore
    stock: StockStore
    spread: SpreadLevels

    def hold(self, requested: Reservation, limits: CustomerLimits) -> Reservation | HoldRefused:
        """Hold the lines, which are placed in levels, or say why not: `spread` names the levels that must be read first.

        Raises:
            TransientError: other writers were at the same items in every attempt.
        """
        with crowds_reported() as crowds:
            return self._hold(requested, limits, crowds)

    def _hold(self, requested: Reservation, limits: CustomerLimits, crowds: Crowds) -> Reservation | HoldRefused:
        tries = _Tries()
        deadline = time.monotonic() + RETRY_DEADLINE_SECONDS
        for attempt in range(CONFLICTS_MAX):
            numbers = self.spread.numbers(requested.keys())
            chosen = tries.choose(numbers)
            if chosen is None:
                break
            placed = replace(requested, lines=in_shards(requested.lines, chosen)) if chosen else requested
            try:
                answer = self.store.hold(placed, limits, chosen.keys(), on_busy=crowds.meet)
            except TransientError:
                is_last = not chosen or attempt == CONFLICTS_MAX - 1 or time.monotonic() > deadline
                gives_up = is_last or not self.store.may_retry_hold(requested)
                if gives_up or attempt >= CONFLICTS_WITHOUT_PAUSE:
                    self._look_for_more_shards(chosen)
                if gives_up:
                    raise
                if attempt >= CONFLICTS_WITHOUT_PAUSE:
                    pause_after_conflict()
                continue
            if isinstance(answer, Reservation):
                return answer
            for key, number in answer.shards.items():
                self.spread.learn(key, number)
            tries.note(answer)
            if not answer.is_about_shards:
                return replace(answer, spread=frozenset(self.spread.numbers(requested.keys())))
        return HoldRefused(short={}, unknown=(), beyond_limit=False, spread=frozenset(numbers))

    def _look_for_more_shards(self, crowded: Iterable[LevelKey]) -> None:
        """Read over how many shards levels are spread by now: a crowd is why somebody spreads them over more."""
        for own in self.stock.rows(self.spread.stale_in_crowd(crowded)):
            self.spread.learn(own.key, own.shards_to_keep if own.is_spread else None)


@dataclass
class _Tries:
    """The shards that were short for this checkout."""

    short: set[LevelKey] = field(default_factory=set)
    count: int = 0

    def choose(self, numbers: Mapping[LevelKey, int]) -> dict[LevelKey, int] | None:
        """A shard of each level that was not short; None if there is none, or enough were tried."""
        chosen = {}
        for key, number in numbers.items():
            left = [shard for shard in range(number) if key.of_shard(shard) not in self.short]
            if not left or self.count >= SHORT_TRIES_MAX:
                return None
            chosen[key] = random.choice(left)
        return chosen

    def note(self, refused: HoldRefused) -> None:
        """Remember which shards were short."""
        self.short |= refused.short_shards
        self.count += bool(refused.short_shards)
