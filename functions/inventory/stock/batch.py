"""Runs over many levels that may be made again: the ledger itself tells what was moved before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.model import Level, LevelKey, iso
from inventory.stock.store import StockStore


@dataclass(frozen=True, slots=True)
class Run:
    """One run, also when it is made twice, even at once: what it has moved, it does not move again.

    `began_at` must be the same each time, as it is part of its movements' ids.
    """

    run_id: str
    began_at: datetime

    def movement_id(self, key: LevelKey) -> str:
        """Known beforehand, so that it can be looked for."""
        return f"{iso(self.began_at)}#{self.run_id}#{key.warehouse_id}"


@dataclass(frozen=True, slots=True)
class LevelSnapshot:
    """What there was when somebody looked: the level, if there is one, and whether the run has moved it before."""

    level: Level | None
    already_applied: bool


def look(keys: Sequence[LevelKey], run: Run | None, *, stock: StockStore) -> dict[LevelKey, LevelSnapshot]:
    """What there is to each of many levels, in a few reads."""
    levels = {level.key: level for level in stock.levels(keys)}
    moved = _moved(levels, run, stock)  # read second: whoever sees what the run made of a level also sees that it did
    return {key: LevelSnapshot(levels.get(key), key in moved) for key in keys}


def _moved(keys: Iterable[LevelKey], run: Run | None, stock: StockStore) -> set[LevelKey]:
    if run is None:
        return set()
    movements = {(key.product_id, run.movement_id(key)): key for key in keys}
    return {movements[found] for found in stock.recorded(list(movements))}
