"""Changes of many levels that may be made again together: the ledger shows which were applied before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.identifiers import joined
from inventory.model import Level, LevelKey, iso
from inventory.stock.ledger import Ledger
from inventory.stock.store import StockStore


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One run over many levels. If it is repeated, even at the same time, it does not apply a change again.

    `began_at` must be the same each time, as it is part of its movements' ids.
    """

    run_id: str
    began_at: datetime

    def movement_id(self, key: LevelKey) -> str:
        """The id of the movement of a level: known before it exists, so that it can be looked up."""
        return joined(iso(self.began_at), self.run_id, key.warehouse_id)

    def movement_id_of_first_edition(self, key: LevelKey) -> str:
        """The id under which the first edition wrote it, for a run that began before an update."""
        return f"{iso(self.began_at)}#{self.run_id}#{key.warehouse_id}"


@dataclass(frozen=True, slots=True)
class LevelSnapshot:
    """A level at the time of reading, if it existed, and whether the run had already changed it."""

    level: Level | None
    already_applied: bool


def read_snapshots(
    keys: Sequence[LevelKey], run: BatchRun | None, *, stock: StockStore, ledger: Ledger
) -> dict[LevelKey, LevelSnapshot]:
    """The snapshots of many levels, in a few reads."""
    levels = {level.key: level for level in stock.levels(keys)}
    # The ledger second: if a level was read as the run left it, its movement is found too.
    applied = _applied(keys, run, ledger)
    return {key: LevelSnapshot(levels.get(key), key in applied) for key in keys}


def _applied(keys: Iterable[LevelKey], run: BatchRun | None, ledger: Ledger) -> set[LevelKey]:
    if run is None:
        return set()
    movements = {
        (key.product_id, movement_id): key
        for key in keys
        for movement_id in (run.movement_id(key), run.movement_id_of_first_edition(key))
    }
    return {movements[found] for found in ledger.recorded(list(movements))}
