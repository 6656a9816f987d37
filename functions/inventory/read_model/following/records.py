"""The records of a batch by what they are about: which rows of which table, and the highest sequence number of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables
from inventory.aws.stream_records import StreamRecord, UnknownRecord
from inventory.items import (
    PARTITION_KEY_BYTES_MAX,
    SORT_KEY_BYTES_MAX,
    UNREADABLE,
    is_heartbeat,
    is_no_level,
    to_level_key,
)
from inventory.read_model.entries import EntryKey, Kind
from inventory.values import dataclass

# The streams of these tables have no heartbeat: each of their records says how far they were followed.
WITHOUT_HEARTBEAT = frozenset({Kind.REFUNDS, Kind.EXECUTIONS})


@dataclass(frozen=True, slots=True)
class RowRecords:
    """The records of one row; of a level, those of its shards too."""

    numbers: list[str] = field(default_factory=list)
    shards: set[int] = field(default_factory=set)  # of which rows of a level they are

    @property
    def sequence(self) -> int:
        """The highest sequence number. It is a number, not a text: one may have more digits than another."""
        return max(map(int, self.numbers))


@dataclass(slots=True, frozen=True)
class Records:
    """A batch. It may have the records of several tables, although Lambda hands over those of one stream."""

    rows: dict[Kind, dict[EntryKey, RowRecords]] = field(
        default_factory=lambda: {kind: defaultdict(RowRecords) for kind in Kind}
    )
    heartbeats: dict[Kind, list[str]] = field(default_factory=lambda: defaultdict(list))
    written_at: dict[Kind, datetime] = field(default_factory=dict)  # of the newest record
    unknown: list[UnknownRecord] = field(default_factory=list)

    def progress(self) -> Iterator[tuple[Kind, datetime, list[str]]]:
        """Until when each table is followed after this batch, and the records that say so.

        Sales are followed without a write of their own for progress, which would cost as much as what they change. The
        heartbeat's record comes every minute.
        """
        for kind, at in self.written_at.items():
            numbers = list(self.heartbeats[kind])
            if kind in WITHOUT_HEARTBEAT:
                numbers += [number for row in self.rows[kind].values() for number in row.numbers]
            if numbers:
                yield kind, at, numbers


def read_records(contents: Iterable[Mapping[str, Any]], tables: Tables) -> Records:
    """Sort the records of a batch."""
    found = Records()
    for content in contents:
        try:
            _sort(StreamRecord.of(content), tables, found)
        except UNREADABLE as error:
            found.unknown.append(UnknownRecord(content, repr(error)))
    return found


def _sort(record: StreamRecord, tables: Tables, found: Records) -> None:
    """A row that was deleted, or has expired, is followed like any other: it is no longer in its table."""
    int(record.number)  # a record without an order is none that can be followed
    kind = _kind_of(record.table, tables)
    if is_heartbeat(record.keys) and kind not in WITHOUT_HEARTBEAT:
        found.heartbeats[kind].append(record.number)
    elif kind is Kind.LEVELS:
        if not is_no_level(record.keys):
            key = to_level_key(record.keys)
            row = found.rows[kind][key.product_id, key.warehouse_id]
            row.numbers.append(record.number)
            row.shards.add(key.shard)
    else:
        found.rows[kind][_entry_key(kind, record.keys)].numbers.append(record.number)
    if record.written_at:
        found.written_at[kind] = max(record.written_at, found.written_at.get(kind, record.written_at))


def _kind_of(table: str, tables: Tables) -> Kind:
    kinds = {
        tables.inventory: Kind.LEVELS,
        tables.reservations: Kind.RESERVATIONS,
        tables.refunds: Kind.REFUNDS,
        tables.failed_executions: Kind.EXECUTIONS,
    }
    if table not in kinds:
        raise ValueError(f"{table} is no table that is followed")
    return kinds[table]


def _entry_key(kind: Kind, keys: Item) -> EntryKey:
    if kind is Kind.RESERVATIONS:
        return (_key_text(keys["reservation_id"], PARTITION_KEY_BYTES_MAX),)
    if kind is Kind.EXECUTIONS:
        return (_key_text(keys["execution_name"], PARTITION_KEY_BYTES_MAX),)
    return (
        _key_text(keys["reservation_id"], PARTITION_KEY_BYTES_MAX),
        _key_text(keys["payment_reference"], SORT_KEY_BYTES_MAX),
    )


def _key_text(value: object, bytes_max: int) -> str:
    """A text that can be a key: DynamoDB would refuse to read all rows if one is asked for by another."""
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= bytes_max:
        raise ValueError("a record names no row")
    return value
