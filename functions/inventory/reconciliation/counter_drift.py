"""Whether every level agrees with its reservations and its movements, while sales go on; and how to set one right.

The tables cannot be read in one moment. So a first look over everything only finds suspects; a suspect is then looked at
twice, each time with nothing written to it between the beginning and the end, and has drifted if both times say the same.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore
from inventory.stock.store import StockStore

# Between two looks an index catches up, and whatever is being written has been.
PAUSE_SECONDS = 5.0
# How often a look is taken at a level that is written to meanwhile. One that is still busy then is left for the next run.
LOOKS_MAX = 5
READERS = 8


@dataclass(frozen=True, slots=True)
class Drift:
    """A level, what its reservations hold and what its movements add up to, all of one moment."""

    level: Level
    held: int
    moved: int

    @property
    def gaps(self) -> tuple[int, int, int]:
        """How far apart on_hand and its parts, reserved and what is held, on_hand and its movements are."""
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
    """What a check came to."""

    drifts: tuple[Drift, ...]
    checked: int  # levels that were looked at
    unsure: tuple[LevelKey, ...]  # suspects that were written to throughout


@dataclass(frozen=True, slots=True)
class Repair:
    """What would set a level right. What is on the shelf is true; who holds units of it is true; the rest follows."""

    drift: Drift
    reserved: int
    available: int
    delta: int  # of the movement that makes the ledger add up

    @classmethod
    def of(cls, drift: Drift) -> "Repair":
        level = drift.level
        return cls(drift, drift.held, level.on_hand - drift.held, level.on_hand - drift.moved)

    @property
    def is_possible(self) -> bool:
        """Whether there is enough for those who hold units; otherwise people must decide who gets none."""
        return self.available >= 0

    def __str__(self) -> str:
        level = self.drift.level
        if not self.is_possible:
            return f"{self.reserved} are held of {level.on_hand} on hand: count the shelf, or release reservations"
        figures = f"reserved {level.reserved} -> {self.reserved}, available {level.available} -> {self.available}"
        return f"{figures}, movement {self.delta:+d}"


def find_drift(
    *,
    books: CounterStore,
    stock: StockStore,
    pause: Callable[[float], object],
    has_time: Callable[[], bool] = lambda: True,
) -> Findings:
    """Compare every level with its reservations and its movements, without stopping anyone.

    Args:
        pause: waits for so many seconds.
        has_time: whether to go on. Levels come in another order each time, so a ledger that is too long for one run is
            gone through by several.
    """
    levels = {level.key: level for level in books.levels()}
    moved = _moved({key.product_id for key in levels}, books, consistent=False, has_time=has_time)
    held = books.held()
    checked = [level for level in levels.values() if level.product_id in moved]
    suspects = [level.key for level in checked if Drift(level, held[level.key], moved[level.product_id][level.key])]
    if not suspects:
        return Findings((), len(checked), ())
    pause(PAUSE_SECONDS)
    first = _look(suspects, books, stock, pause)
    pause(PAUSE_SECONDS)
    second = _look([key for key, drift in first.items() if drift], books, stock, pause)
    confirmed = tuple(drift for key, drift in sorted(second.items()) if drift and drift.gaps == first[key].gaps)
    unsure = tuple(key for key in suspects if key not in first or (first[key] and key not in second))
    for drift in confirmed:
        logger.error("a stock level has drifted", level_name=name_of(drift.level), differences=drift.differences())
    return Findings(confirmed, len(checked), unsure)


def repair_level(drift: Drift, *, books: CounterStore, actor: str, reason: str, now: datetime) -> bool:
    """Write the repair of a drift, unless the level is not as it was seen, or too much of it is held.

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
        movement_id=f"{iso(now)}#{uuid4().hex}",
        moved_at=iso(now),
        kind=MovementKind.RECONCILED,
        delta=repair.delta,
        actor=actor,
        reason=f"{reason} ({repair})",
    )
    return books.repair_level(level, reserved=repair.reserved, available=repair.available, movement=movement)


def name_of(level: Level) -> str:
    """A level as people call it."""
    return f"{level.product_id} in {level.warehouse_id}"


def _look(
    keys: Sequence[LevelKey], books: CounterStore, stock: StockStore, pause: Callable[[float], object]
) -> dict[LevelKey, Drift]:
    """How levels stand, each in a while in which nothing was written to it; one that is too busy is left out."""
    seen: dict[LevelKey, Drift] = {}
    for look in range(LOOKS_MAX):
        missing = [key for key in keys if key not in seen]
        if not missing:
            break
        if look:
            pause(PAUSE_SECONDS)
        before = {level.key: level for level in stock.levels(missing)}
        moved = _moved({key.product_id for key in missing}, books, consistent=True)
        held = books.held()
        for after in stock.levels(missing):
            if after == before.get(after.key):  # each write of units leaves its time
                seen[after.key] = Drift(after, held[after.key], moved[after.product_id][after.key])
    return seen


def _moved(
    products: Collection[str], books: CounterStore, *, consistent: bool, has_time: Callable[[], bool] = lambda: True
) -> dict[str, Counter[LevelKey]]:
    """What the ledgers of products add up to; those for which there was no time are left out."""
    in_any_order = random.sample(sorted(products), len(products))

    def add_up(product_id: str) -> Counter[LevelKey] | None:
        return books.moved(product_id, consistent=consistent) if has_time() else None

    with ThreadPoolExecutor(READERS) as pool:
        sums = zip(in_any_order, pool.map(add_up, in_any_order), strict=True)
        return {product_id: moved for product_id, moved in sums if moved is not None}
