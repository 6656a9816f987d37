"""The sums of movements from a checkpoint on, and the next checkpoint."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from inventory.aws.changes import Item
from inventory.model import iso
from inventory.reconciliation.counter_store import READERS, CounterStore, LedgerSums
from inventory.reconciliation.incremental.checkpoints import Checkpoint, Checkpoints
from inventory.values import dataclass

# An id of a movement begins with the time of the attempt that writes it, and an attempt takes seconds. The few that are
# written with an earlier id, by repairs, make a difference that is compared with the whole ledger.
SETTLED_AFTER = timedelta(minutes=10)
# So many movements are about as large as 10 KB: to read them again costs as much as it costs to write a checkpoint.
MOVEMENTS_MIN = 40


@dataclass(frozen=True, slots=True)
class CheckpointedLedger:
    """Adds up the movements of levels: from their checkpoints on, where there are any."""

    counters: CounterStore
    checkpoints: Checkpoints

    def sums_of(
        self,
        partitions: Collection[str],
        now: datetime,
        *,
        whole: Collection[str],
        has_time: Callable[[], bool] = lambda: True,
        is_consistent: bool = False,
    ) -> LedgerSums:
        """The sums of some partitions, without those for which there was no time.

        Args:
            whole: partitions that are read from their beginning.
            is_consistent: False for movements as they were a moment ago, at half of the read units.
        """
        known = self.checkpoints.read([partition for partition in partitions if partition not in whole])
        limit = iso(now - SETTLED_AFTER)
        sums = LedgerSums()

        def read(partition: str) -> LedgerSums:
            if not has_time():
                return LedgerSums(is_complete=False)
            checkpoint = known.get(partition)
            after = checkpoint.until if checkpoint else BEFORE_EVERY_ID
            movements = self.counters.movements_after(partition, after, is_consistent=is_consistent)
            sums, due = _added(partition, checkpoint, movements, limit)
            if due and partition not in whole:
                self.checkpoints.write(due, checkpoint)
            return sums

        with ThreadPoolExecutor(READERS) as pool:
            for found in pool.map(read, sorted(partitions)):
                sums.merge(found)
        return sums


BEFORE_EVERY_ID = "\0"  # a key is not empty


def _added(
    partition: str, known: Checkpoint | None, movements: Iterable[Item], limit: str
) -> tuple[LedgerSums, Checkpoint | None]:
    """The sums of a partition from its checkpoint on, and its next checkpoint if that is due.

    Args:
        limit: ids up to this one are old enough for a checkpoint.
    """
    sums = LedgerSums(partitions={partition})
    sums.of_level.update(known.sums if known else {})
    settled, until, due = 0, "", None  # how many movements the next checkpoint has more, and the last of them
    for item in movements:
        if item["movement_id"] > limit and due is None:
            due = Checkpoint(partition, until, dict(sums.of_level))
        sums.add([item])
        if due is None:
            settled, until = settled + 1, item["movement_id"]
    due = due or Checkpoint(partition, until, dict(sums.of_level))
    # Movements that cannot be read must be reported each time, so they are read each time.
    return sums, due if settled >= MOVEMENTS_MIN and not sums.unreadable else None
