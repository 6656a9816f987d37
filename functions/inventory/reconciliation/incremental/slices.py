"""A slice is a 720th of everything: its levels, the whole ledger of its products, and its customers.

Each hour has its slice, so that everything is verified within 30 days, changed or not.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Part
from inventory.items import Unreadable
from inventory.model import Level, LevelKey
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore, LedgerSums
from inventory.reconciliation.findings import Counts
from inventory.reconciliation.incremental.checkpoints import Checkpoint, Checkpoints

SLICES = 720
SLICE_OF = timedelta(hours=1)
# A comparison that runs once a day verifies the slices of a day. More at once are left to the next run.
SLICES_A_RUN_MAX = 24


@dataclass
class Slice:
    """What was read of some slices."""

    levels: dict[LevelKey, Level] = field(default_factory=dict)
    unreadable_levels: dict[LevelKey, Unreadable] = field(default_factory=dict)
    ledger: LedgerSums = field(default_factory=LedgerSums)
    customers: dict[str, Counts | Unreadable] = field(default_factory=dict)
    until: int | None = None  # the last one that was read


def slices_due(last: int | None, now: datetime) -> range:
    """The slices that must be verified now, after the last one that was."""
    current = int(now.timestamp() // SLICE_OF.total_seconds())
    first = current if last is None or last > current else max(last + 1, current - SLICES + 1)
    return range(first, min(current, first + SLICES_A_RUN_MAX - 1) + 1)


@dataclass(frozen=True)
class Slices:
    """Reads slices from the beginning, and verifies the checkpoints of their ledgers."""

    counters: CounterStore
    checkpoints: Checkpoints

    def add(self, number: int, to: Slice) -> None:
        """Read a slice."""
        part = Part(number % SLICES, SLICES)
        levels, unreadable = self.counters.levels(part=part)
        to.levels.update((level.key, level) for level in levels)
        to.unreadable_levels.update(unreadable)
        to.customers.update(self.counters.customers(part=part))
        self._add_ledger(part, to.ledger)
        to.until = number

    def _add_ledger(self, part: Part, sums: LedgerSums) -> None:
        # A checkpoint is read after the page on which its partition begins: if it was written since, it has no movement
        # that is newer than ten minutes, so none that the page lacks.
        checked: dict[str, _Checked] = {}
        for page in self.counters.movements_of(part):
            new = {item["product_id"] for item in page} - checked.keys()
            known = self.checkpoints.read(new)
            checked |= {partition: _Checked(known.get(partition)) for partition in new}
            for item in page:
                checked[item["product_id"]].add(item)
            sums.add(page)
        for partition, found in checked.items():
            if not found.agrees:
                logger.warning("a checkpoint of the ledger is wrong; it is deleted", item_key=partition)
                self.checkpoints.forget(partition)


class _Checked:
    """A checkpoint, and the movements that should be in it."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self._checkpoint = checkpoint
        self._sums = LedgerSums()

    def add(self, item: Item) -> None:
        if self._checkpoint and item["movement_id"] <= self._checkpoint.until:
            self._sums.add([item])

    @property
    def agrees(self) -> bool:
        return self._checkpoint is None or dict(self._sums.of_level) == dict(self._checkpoint.sums)
