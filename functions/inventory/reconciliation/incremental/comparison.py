"""The scheduled comparison: what changed since the last one, and the slices of the hours that have passed.

Everything is compared if it is not known what changed: after the first deployment, and while the read model is gone or stale.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from inventory.model import LevelKey
from inventory.observability import logger
from inventory.reconciliation.counter_drift import Books, Rereading, compare, confirm, find_drift, report
from inventory.reconciliation.counter_store import CounterStore, LedgerSums
from inventory.reconciliation.findings import Drift, Findings, Keys
from inventory.reconciliation.incremental.changes import ChangedKeys
from inventory.reconciliation.incremental.checkpoints import Checkpoints, partitions_of
from inventory.reconciliation.incremental.ledger import CheckpointedLedger
from inventory.reconciliation.incremental.slices import Slice, Slices, slices_due
from inventory.reconciliation.incremental.state import ComparisonState, ComparisonStates
from inventory.stock.shards.parts import other_shards
from inventory.stock.store import StockStore

# To read so many rows and ledgers one by one costs as much as to read all half million of them in pages.
CHANGED_MAX = 100_000


@dataclass(frozen=True)
class Comparison:
    """Compares levels, reservations, movements and customers, at the cost of what changed."""

    counters: CounterStore
    stock: StockStore
    checkpoints: Checkpoints
    changed: ChangedKeys
    states: ComparisonStates
    pause: Callable[[float], object]
    has_time: Callable[[], bool]

    @property
    def ledger(self) -> CheckpointedLedger:
        return CheckpointedLedger(self.counters, self.checkpoints)

    def run(self, now: datetime) -> Findings:
        """Compare what is due. If the run is stopped, the next one compares the same."""
        state = self.states.read()
        changes = self.changed.since(state.generation, now) if state.generation is not None else None
        if changes is None or len(changes.keys) > CHANGED_MAX:
            return self._compare_everything(state, now)
        sliced = self._slices(state, now)
        findings = self._compare(changes.keys | state.unsettled, sliced, now)
        done = replace(
            state,
            # Without the time for all of it, the next run repeats it; it continues at the checkpoints of this one.
            generation=changes.until if findings.is_complete else state.generation,
            slice=sliced.until if sliced.until is not None else state.slice,
            unsettled=findings.unsettled if findings.is_complete else findings.unsettled | state.unsettled,
        )
        self.states.write(done)
        return report(findings)

    def _compare_everything(self, state: ComparisonState, now: datetime) -> Findings:
        logger.info("everything is compared")
        until = self.changed.until(now)  # what changes from now on is compared by the next run
        findings = find_drift(counters=self.counters, stock=self.stock, pause=self.pause, has_time=self.has_time)
        due = slices_due(None, now)
        # What there was no time for is verified with its slice.
        self.states.write(
            replace(state, generation=until, slice=state.slice or due.stop - 1, unsettled=findings.unsettled)
        )
        return findings

    def _slices(self, state: ComparisonState, now: datetime) -> Slice:
        sliced = Slice()
        slices = Slices(self.counters, self.checkpoints)
        for number in slices_due(state.slice, now):
            if not self.has_time():
                break
            slices.add(number, sliced)
        return sliced

    def _compare(self, changed: Keys, sliced: Slice, now: datetime) -> Findings:
        """Compare what changed and some slices."""
        read = frozenset(sliced.ledger.partitions)
        # A slice is verified from the beginning; and a movement that cannot be read is in no checkpoint.
        whole = partitions_of(sliced.levels) | read | changed.partitions
        books = Books(self.counters.held(), sliced.levels, sliced.unreadable_levels, sliced.ledger, sliced.customers)
        levels = self._add_levels(books, changed.levels)
        compared = Keys(levels | books.everything.levels, books.everything.customers | changed.customers)
        rest = (partitions_of(compared.levels) | changed.partitions) - read
        books.ledger.merge(self.ledger.sums_of(rest, now, whole=whole, has_time=self.has_time))
        books.customers.update(self.counters.counts_of(compared.customers - books.customers.keys()))

        def moved(keys: Collection[LevelKey]) -> LedgerSums:
            return self.ledger.sums_of(partitions_of(keys), now, whole=whole, is_consistent=True)

        findings = compare(books, compared, Rereading(self.counters, self.stock, self.pause, moved))
        return replace(self._confirmed(findings), is_complete=books.ledger.is_complete)

    def _add_levels(self, books: Books, changed: Collection[LevelKey]) -> frozenset[LevelKey]:
        """Read the rows of levels that changed, of those that are held, and of all their shards; the keys of them."""
        keys = {*changed, *books.everything.levels}
        self._add_rows(books, {*keys, *(key.level for key in keys)})
        own = [books.levels[key] for key in {key.level for key in keys} & books.levels.keys()]
        shards = {shard for level in own for shard in other_shards(level)}
        self._add_rows(books, shards)
        return frozenset(keys | shards)

    def _add_rows(self, books: Books, keys: Collection[LevelKey]) -> None:
        readable, unreadable = self.counters.rows(set(keys) - books.levels.keys() - books.unreadable_levels.keys())
        books.levels.update((level.key, level) for level in readable)
        books.unreadable_levels.update(unreadable)

    def _confirmed(self, findings: Findings) -> Findings:
        """The findings by whole ledgers. A checkpoint by which a level seemed to differ is wrong, and is deleted."""
        seemed = [*findings.drifts, *findings.unopened]
        if not seemed:
            return findings
        whole = Rereading(self.counters, self.stock, self.pause, self.counters.moved)
        keys = tuple(drift.level.key for drift in seemed)
        again = confirm(
            replace(findings, unsure=keys, customers_unsure=()),
            whole,
            {drift.level.key: drift.level.on_hand for drift in findings.unopened},
        )
        for partition in partitions_of(keys) - partitions_of(_keys_of(again.drifts, again.unopened) | {*again.unsure}):
            self.checkpoints.forget(partition)
        return replace(
            again,
            unsure=(*findings.unsure, *again.unsure),
            customers=findings.customers,
            customers_unsure=findings.customers_unsure,
        )


def _keys_of(*drifts: Collection[Drift]) -> set[LevelKey]:
    return {drift.level.key for some in drifts for drift in some}
