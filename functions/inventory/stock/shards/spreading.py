"""Over how many shards a level is spread: more while it is in demand, fewer afterwards, while it sells.

A change is named on the level's own row first. Each step is repeatable, so a change that is stopped in between is continued
by the scheduled run. Growing: empty shards are written, then counted, then units move to them. Shrinking: the last shards take
holds of the last units only, their units move away, and each is removed when nothing of it is reserved or allocated any more.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.aws.retries import ATTEMPTS_MAX, pause
from inventory.errors import (
    FieldError,
    InvalidRequest,
    LevelNotFound,
    ShardsChanging,
    TransientError,
    VersionConflict,
)
from inventory.items import level_key, to_level_key
from inventory.model import SHARDS_MAX, Level, LevelKey
from inventory.observability import logger
from inventory.stock.shards.parts import other_shards
from inventory.stock.shards.store import ShardStore, movement_between_shards
from inventory.stock.store import StockStore

THE_JOB = "reconciliation"  # the actor of what the scheduled run continues
# Of one run: the next one continues.
STEPS_MAX = 4 * SHARDS_MAX
SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Shards:
    """The use case of the number of a level's shards."""

    stock: StockStore
    store: ShardStore

    def set_shards(self, key: LevelKey, shards: int, version: int | None, actor: str, now: datetime) -> Level:
        """Spread a level over so many shards; the same number again changes nothing, and continues a change to it.

        The change may still be under way afterwards: a shard goes when the last hold of it has ended.

        Args:
            version: the level that the caller had read; None: whatever it is. Each sale raises the version.

        Returns:
            The level; `shards_wanted` if the change is still under way.

        Raises:
            InvalidRequest: fewer than 1, or more than a level may have.
            LevelNotFound: there is no such level.
            VersionConflict: the level is another version.
            ShardsChanging: another change is under way.
            LevelUnreadable: another tool wrote the level in another form.
            TransientError: the level was written by others in every attempt.
        """
        if not 1 <= shards <= SHARDS_MAX:
            raise InvalidRequest([FieldError("shards", f"must be 1 to {SHARDS_MAX}")])
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                pause(attempt - 1)
            level = self._level(key)
            if level.shards_wanted not in (None, shards):
                raise ShardsChanging(
                    f"the change of {key.product_id} in {key.warehouse_id} to {level.shards_wanted} shards is under way:"
                    " wait for its end"
                )
            if level.shards == shards and level.shards_wanted is None:
                return level
            if level.shards_wanted is None:
                if version is not None and level.version != version:
                    message = f"{key.product_id} in warehouse {key.warehouse_id} is at version {level.version}"
                    raise VersionConflict(message, level)
                _raise_if_too_long(key)
                if not self.store.begin(level.own, shards, now):
                    continue
            return self._continued(key, actor, now)
        raise TransientError(f"{key.product_id} in {key.warehouse_id} keeps changing: try again")

    def even_out(self, key: LevelKey, actor: str, now: datetime) -> None:
        """Move units between the shards of a level, for example after a delivery to one of them."""
        for _ in range(SHARDS_MAX):
            found = self._parts(key)
            if not found or not self._even_out(found[0], found, actor, now):
                return

    def continue_all(self, now: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Continue every change that is under way; one that fails does not stop the others.

        Returns:
            How many are still under way.
        """
        under_way = 0
        for key in self.store.changes():
            if not has_time():
                break
            try:
                self.continue_change(key, THE_JOB, now)
                under_way += not self.store.unlist(key)
            except Exception as error:  # noqa: BLE001  # one bad level must never stop the others
                logger.error(
                    "a change of shards could not be continued",
                    product_id=key.product_id,
                    warehouse_id=key.warehouse_id,
                    reason=repr(error),
                )
                under_way += 1
        return under_way

    def continue_change(self, key: LevelKey, actor: str, now: datetime) -> None:
        """Do what can be done now of a change that is under way. Run by several at once, it does the same."""
        moves = 0
        deadline = time.monotonic() + SECONDS_MAX
        for _ in range(STEPS_MAX):
            if time.monotonic() > deadline:
                return
            found = self._parts(key)
            own = found.get(0)
            if own is None or own.shards_wanted is None:
                return
            is_reached = own.shards == own.shards_wanted
            if own.shards < own.shards_wanted:
                self._grow(own, own.shards_wanted, now)
            elif is_reached and moves > own.shards:  # sales make them uneven again and again
                self.store.finish(own, now)
            elif self._even_out(own, found, actor, now):
                moves += 1
            elif is_reached:
                self.store.finish(own, now)
            elif not self._remove_last(own, found.get(own.shards - 1), actor, now):
                return

    def _continued(self, key: LevelKey, actor: str, now: datetime) -> Level:
        """The level after as much of its change as can be done now. It is named, so an error only delays it."""
        try:
            self.continue_change(key, actor, now)
        except TransientError:
            logger.warning("a change of shards is continued later", product_id=key.product_id)
        return self._level(key)

    def _grow(self, own: Level, wanted: int, now: datetime) -> None:
        for shard in range(own.shards, wanted):
            self.store.create_empty(own, shard, now)
        self.store.count_new(own, now)
        # The level may have been edited since its row was read, and its editor knew nothing of these shards.
        parts = self._parts(own.key)
        edited = parts.get(0, own)
        for part in parts.values():
            if _settings(part) != _settings(edited):
                self.store.copy_settings(edited, part)

    def _even_out(self, own: Level, found: dict[int, Level], actor: str, now: datetime) -> bool:
        """Move units from a shard that is to go or has most, to the one that has least; False if nothing needs to move."""
        kept = [found[shard] for shard in range(own.shards_to_keep) if shard in found]
        leaving = [part for shard, part in sorted(found.items()) if shard >= own.shards_to_keep and part.available > 0]
        emptiest = min(kept, key=lambda part: part.available)
        if leaving:
            source, units = leaving[-1], leaving[-1].available
        else:
            source = max(kept, key=lambda part: part.available)
            units = _surplus(source, emptiest, kept)
        if units <= 0:
            return False
        moved = movement_between_shards(emptiest.key, units, actor, now)
        self.store.move(own, source, emptiest, moved)
        return True

    def _remove_last(self, own: Level, last: Level | None, actor: str, now: datetime) -> bool:
        """Remove the last shard; False while holds and sales still need it."""
        if last and (last.reserved or last.allocated or last.on_hand != last.available):
            return False
        movement = movement_between_shards(own.key, last.on_hand if last else 0, actor, now)
        self.store.remove_last(own, last, movement)
        return True

    def _level(self, key: LevelKey) -> Level:
        level = self.stock.level(key)
        if level is None:
            raise LevelNotFound(f"there is no stock level of {key.product_id} in warehouse {key.warehouse_id}")
        return level

    def _parts(self, key: LevelKey) -> dict[int, Level]:
        """The rows of a level, by shard; none if its own row was deleted."""
        own = self.stock.rows([key])
        others = self.stock.rows(other_shards(own[0])) if own else []
        return {part.shard: part for part in (*own, *others)}


def _settings(level: Level) -> tuple[int, bool]:
    return level.low_stock_threshold, level.active


def _surplus(source: Level, target: Level, parts: Sequence[Level]) -> int:
    """How many units should move so that both have what each would have; 0 if the difference is small."""
    mean = sum(max(0, part.available) for part in parts) // len(parts)
    if source.available - target.available <= max(1, mean // 4):
        return 0
    return min(source.available - mean, max(1, mean - target.available))


def _raise_if_too_long(key: LevelKey) -> None:
    """Refuse a product whose shards could not be named: another tool wrote a longer id than callers may send."""
    longest = key.of_shard(SHARDS_MAX - 1)
    if to_level_key(level_key(longest)) != longest:
        raise InvalidRequest([FieldError("product_id", "is too long for a level with shards")])
