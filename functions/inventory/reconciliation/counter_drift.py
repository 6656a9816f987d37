"""Counter drift: whether every level agrees with its reservations and movements while sales go on, and its repair.

The tables cannot be read at one moment. So a first reading of everything only finds suspects. Each suspect is then read
twice, both times without a write to it between the beginning and the end; it has drifted if both readings agree.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from inventory.identifiers import joined
from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore
from inventory.stock.store import StockStore

# Between two readings the indexes catch up, and unfinished writes end.
PAUSE_SECONDS = 5.0
# How often a level is read again if it was written meanwhile. One that is still busy then is left to the next run.
READINGS_MAX = 5
READERS = 8


@dataclass(frozen=True, slots=True)
class Drift:
    """A level, the units that its reservations hold and the sum of its movements, all of one moment."""

    level: Level
    held: int
    moved: int

    @property
    def gaps(self) -> tuple[int, int, int]:
        """The differences between on_hand and its parts, reserved and what is held, on_hand and its movements."""
        level = self.level
        return level.on_hand - level.available - level.reserved, level.reserved - self.held, level.on_hand - self.moved

    def __bool__(self) -> bool:
        return any(self.gaps) or self.level.available < 0

    def differences(self) -> list[str]:
        """What does not agree, one sentence each."""
        level = self.level
        parts, reserved, on_hand = self.gaps
        sentences = [
            (level.available < 0, f"{level.available} are available"),
            (parts, f"{level.on_hand} on hand, but {level.available} available + {level.reserved} reserved"),
            (reserved, f"{level.reserved} reserved, but its reservations hold {self.held}"),
            (on_hand, f"{level.on_hand} on hand, but its movements add up to {self.moved}"),
        ]
        return [sentence for differs, sentence in sentences if differs]


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a comparison."""

    drifts: tuple[Drift, ...]
    checked: int  # how many levels were compared
    unsure: tuple[LevelKey, ...]  # suspects that were written during every reading


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of a level: on_hand and what reservations hold are right, the rest follows from them."""

    drift: Drift
    reserved: int
    available: int
    delta: int  # of the movement that corrects the ledger's sum

    @classmethod
    def of(cls, drift: Drift) -> "Repair":
        level = drift.level
        return cls(drift, drift.held, level.on_hand - drift.held, level.on_hand - drift.moved)

    @property
    def is_possible(self) -> bool:
        """Whether on_hand covers what is held; otherwise people must decide which reservations to release."""
        return self.available >= 0

    def __str__(self) -> str:
        level = self.drift.level
        if not self.is_possible:
            return f"{self.reserved} are held of {level.on_hand} on hand: count the shelf, or release reservations"
        figures = f"reserved {level.reserved} -> {self.reserved}, available {level.available} -> {self.available}"
        return f"{figures}, movement {self.delta:+d}"


def find_drift(
    *,
    counters: CounterStore,
    stock: StockStore,
    pause: Callable[[float], object],
    has_time: Callable[[], bool] = lambda: True,
) -> Findings:
    """Compare every level with its reservations and its movements; sales go on meanwhile.

    Args:
        pause: waits for so many seconds.
        has_time: whether to continue. Levels come in another order each time, so several runs cover a ledger that is
            too long for one.
    """
    levels = {level.key: level for level in counters.levels()}
    moved = _moved({key.product_id for key in levels}, counters, consistent=False, has_time=has_time)
    held = counters.held()
    checked = [level for level in levels.values() if level.product_id in moved]
    suspects = [level.key for level in checked if Drift(level, held[level.key], moved[level.product_id][level.key])]
    if not suspects:
        return Findings((), len(checked), ())
    pause(PAUSE_SECONDS)
    first = _read_undisturbed(suspects, counters, stock, pause)
    pause(PAUSE_SECONDS)
    second = _read_undisturbed([key for key, drift in first.items() if drift], counters, stock, pause)
    confirmed = tuple(drift for key, drift in sorted(second.items()) if drift and drift.gaps == first[key].gaps)
    unsure = tuple(key for key in suspects if key not in first or (first[key] and key not in second))
    for drift in confirmed:
        logger.error("a stock level has drifted", level_name=name_of(drift.level), differences=drift.differences())
    return Findings(confirmed, len(checked), unsure)


def repair_level(drift: Drift, *, counters: CounterStore, actor: str, reason: str, now: datetime) -> bool:
    """Write the repair of a drift, unless the level changed since it was read, or too much of it is held.

    Returns:
        Whether it was written.
    """
    repair = Repair.of(drift)
    if not repair.is_possible:
        return False
    level = drift.level
    movement = Movement(
        product_id=level.product_id,
        warehouse_id=level.warehouse_id,
        movement_id=joined(iso(now), uuid4().hex),
        moved_at=iso(now),
        kind=MovementKind.RECONCILED,
        delta=repair.delta,
        actor=actor,
        reason=f"{reason} ({repair})",
    )
    return counters.repair_level(level, reserved=repair.reserved, available=repair.available, movement=movement)


def name_of(level: Level) -> str:
    """A level's name in messages."""
    return f"{level.product_id} in {level.warehouse_id}"


def _read_undisturbed(
    keys: Sequence[LevelKey], counters: CounterStore, stock: StockStore, pause: Callable[[float], object]
) -> dict[LevelKey, Drift]:
    """Levels with their sums, each read while nothing was written to it; those that are too busy are left out."""
    found: dict[LevelKey, Drift] = {}
    for reading in range(READINGS_MAX):
        missing = [key for key in keys if key not in found]
        if not missing:
            break
        if reading:
            pause(PAUSE_SECONDS)
        before = {level.key: level for level in stock.levels(missing)}
        moved = _moved({key.product_id for key in missing}, counters, consistent=True)
        held = counters.held()
        for after in stock.levels(missing):
            if after == before.get(after.key):  # each write of units changes updated_at
                found[after.key] = Drift(after, held[after.key], moved[after.product_id][after.key])
    return found


def _moved(
    products: Collection[str], counters: CounterStore, *, consistent: bool, has_time: Callable[[], bool] = lambda: True
) -> dict[str, Counter[LevelKey]]:
    """The sums of the ledgers of products; those for which there was no time are left out."""
    in_any_order = random.sample(sorted(products), len(products))

    def add_up(product_id: str) -> Counter[LevelKey] | None:
        return counters.moved(product_id, consistent=consistent) if has_time() else None

    with ThreadPoolExecutor(READERS) as pool:
        sums = zip(in_any_order, pool.map(add_up, in_any_order), strict=True)
        return {product_id: moved for product_id, moved in sums if moved is not None}
