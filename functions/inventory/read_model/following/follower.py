"""Writes what changed in the tables into the journal of the read model.

A record says which row was written, and the content of the row is read after the record came. A change carries the highest
sequence number of its row's records in the batch. Of two changes of one row the higher number counts: its own record comes
last, so what is read for it has everything. Records that come late, twice or in another order only write what is there now.
A row that is gone is a change too.

A merge closes the open generation of the journal, and from then on reads it as complete. So:

1. the open generation is read first, then the rows, then the changes are written, then the generation is read once more
2. if it was closed meanwhile, the merge may have read it before the changes were written. Everything is done once more, in
   the generation that is open now. The rows are read again too: what is in a later generation must be read later, as it
   counts more, whatever its sequence number is
3. a follower that crashes in between is handed over the same records again

Write units of a paid checkout, each batch one item of up to 1 KB: the hold's records of the level and of the reservation,
and those of the payment and the commit: at most 4. It is 5 if the commit comes in a later batch than the payment. A level
that is spread over shards needs one more for each batch. Changes of many checkouts share an item.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from inventory.aws.dynamodb import Tables
from inventory.aws.queues import Queue
from inventory.errors import TransientError
from inventory.items import UNREADABLE, Unreadable
from inventory.observability import logger
from inventory.read_model.entries import Change, EntryKey, Kind, LevelEntry
from inventory.read_model.following.level_orders import LevelOrders, has_counter
from inventory.read_model.following.records import Records, RowRecords, read_records
from inventory.read_model.following.rows import Found, Rows
from inventory.read_model.journal import Journal
from inventory.read_model.manifest import ManifestStore
from inventory.values import dataclass

GENERATIONS_MAX = 5  # that are closed while one batch is written; one is closed in a minute

RowsOfBatch = Mapping[EntryKey, RowRecords]

KEY_NAMES = {
    Kind.LEVELS: ("product_id", "warehouse_id"),
    Kind.RESERVATIONS: ("reservation_id",),
    Kind.REFUNDS: ("reservation_id", "payment_reference"),
    Kind.EXECUTIONS: ("execution_name",),
}


@dataclass(frozen=True, slots=True)
class Numbered:
    """Rows as they were read, and the number of each by which its change counts."""

    found: Mapping[EntryKey, Found]
    numbers: Mapping[EntryKey, int]

    def changes(self) -> Iterator[tuple[Change[Any], Unreadable | None]]:
        """A change of each row. One that cannot be read is not listed, as if it was gone."""
        for key, number in self.numbers.items():
            found = self.found[key]
            if isinstance(found, Unreadable):
                yield Change(number, key, None), found
            elif found is not None and not Journal.has_room_for(Change(number, key, found)):
                yield Change(number, key, None), Unreadable(" ".join(key), "its texts are too long")
            else:
                yield Change(number, key, found), None


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows the streams of four tables."""

    rows: Rows
    orders: LevelOrders
    manifests: ManifestStore
    journal: Journal
    unreadable: Queue
    tables: Tables

    def follow(self, records: Sequence[Mapping[str, Any]], has_time: Callable[[], bool]) -> list[str]:
        """Write what changed; the sequence numbers of the records that must come again.

        What cannot be read is put aside with its key, and counts as followed: the records behind it go on.
        """
        found = read_records(records, self.tables)
        failed = [number for kind, rows in found.rows.items() if rows for number in self._follow(kind, rows, has_time)]
        failed += self._put_aside([(record.to_json(), record.numbers) for record in found.unknown])
        if not failed:
            failed += self._advance(found)
        logger.info("followed changes", records=len(records), failed=len(failed))
        return list(dict.fromkeys(failed))

    def _follow(self, kind: Kind, rows: RowsOfBatch, has_time: Callable[[], bool]) -> list[str]:
        try:
            unreadable = self._write(kind, rows, has_time)
        except TransientError:
            logger.exception("changes could not be written; their records must come again", kind=kind)
            return [number for row in rows.values() for number in row.numbers]
        return self._put_aside(
            [
                (
                    {
                        "table": self._table(kind),
                        "key": dict(zip(KEY_NAMES[kind], key, strict=True)),
                        "wrong": wrong.wrong,
                    },
                    rows[key].numbers,
                )
                for key, wrong in unreadable.items()
            ]
        )

    def _write(self, kind: Kind, rows: RowsOfBatch, has_time: Callable[[], bool]) -> dict[EntryKey, Unreadable]:
        """Write the changes of rows into a generation that is open afterwards; which of them cannot be read.

        Raises:
            TransientError: AWS asked to try again later, or there was no time left.
        """
        generation = self._open_generation()
        for _ in range(GENERATIONS_MAX):
            if not has_time():
                break
            changes = list(self._read(generation, kind, rows).changes())
            self.journal.append(generation, kind, [change for change, _ in changes])
            still_open = self._open_generation()
            if still_open == generation:
                return {change.key: wrong for change, wrong in changes if wrong}
            generation = still_open
        raise TransientError("there is no time to write changes, or their generations are closed too quickly")

    def _read(self, generation: int, kind: Kind, rows: RowsOfBatch) -> Numbered:
        numbers = {key: row.sequence for key, row in rows.items()}
        if kind is not Kind.LEVELS:
            return Numbered(self.rows.read(kind, numbers), numbers)
        # The counters are read first: a level that gets one later is read later by the follower that takes its number.
        counters = self.orders.counters(generation)
        of_several = {key for key, row in rows.items() if has_counter(counters, key) or row.shards - {0}}

        def take_numbers(keys: set[EntryKey]) -> None:
            numbers.update((key, self.orders.next(generation, key, numbers[key], counters)) for key in sorted(keys))

        take_numbers(of_several)
        found = dict(self.rows.read(kind, numbers))
        seen_late = {key for key, level in found.items() if _is_spread(level)} - of_several
        if seen_late:
            take_numbers(seen_late)
            found |= self.rows.read(kind, seen_late)
        return Numbered(found, numbers)

    def _open_generation(self) -> int:
        """The generation of the journal that is open.

        Raises:
            TransientError: another tool has overwritten the manifest. The merge replaces it within a minute.
        """
        try:
            manifest = self.manifests.read() or self.manifests.create()
        except UNREADABLE as error:
            raise TransientError("the manifest cannot be read") from error
        return manifest.generation

    def _advance(self, found: Records) -> list[str]:
        """Note how far the tables were followed; if that fails, the records that say so must come again."""
        failed = []
        for kind, until, numbers in found.progress():
            try:
                self.manifests.advance(kind, until)
            except TransientError:
                logger.exception("progress could not be written", kind=kind)
                failed += numbers
        return failed

    def _put_aside(self, aside: Sequence[tuple[Mapping[str, Any], list[str]]]) -> list[str]:
        """Put what cannot be read into its queue; if the queue is closed too, its records must come again."""
        for content, _ in aside:
            logger.error("a change cannot be read and is put aside", **content)
        if not aside or self.unreadable.accepts([{**content, "consumer": "read model"} for content, _ in aside]):
            return []
        return [number for _, numbers in aside for number in numbers]

    def _table(self, kind: Kind) -> str:
        return {
            Kind.LEVELS: self.tables.inventory,
            Kind.RESERVATIONS: self.tables.reservations,
            Kind.REFUNDS: self.tables.refunds,
            Kind.EXECUTIONS: self.tables.failed_executions,
        }[kind]


def _is_spread(level: Found) -> bool:
    return isinstance(level, LevelEntry) and level.shards > 1
