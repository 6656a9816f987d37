"""The records of the tables' streams: which products and reservations they are about.

A record only says that a row was written. What is in the row is read from the table, so a record that comes late, twice or
in another order does no harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from inventory.aws.dynamodb import Tables
from inventory.aws.stream_records import StreamRecord, UnknownRecord
from inventory.items import UNREADABLE, is_heartbeat, is_no_level, to_level_key
from inventory.model import LevelKey
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a batch by what they are about; each is known by its sequence number."""

    levels: dict[LevelKey, list[str]] = field(default_factory=lambda: defaultdict(list))
    reservations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unknown: list[UnknownRecord] = field(default_factory=list)

    @property
    def products(self) -> dict[str, list[str]]:
        """The sequence numbers of each product's records."""
        numbers: dict[str, list[str]] = defaultdict(list)
        for key, found in self.levels.items():
            numbers[key.product_id] += found
        return numbers


def read_records(records: Iterable[Mapping[str, Any]], tables: Tables) -> Records:
    """Sort the records of a batch."""
    found = Records()
    for record in records:
        try:
            _sort(record, tables, found)
        except UNREADABLE as error:
            found.unknown.append(UnknownRecord(record, repr(error)))
    return found


def _sort(content: Mapping[str, Any], tables: Tables, found: Records) -> None:
    record = StreamRecord.of(content)
    if record.has_expired:
        return
    if record.table == tables.inventory:
        if not is_no_level(record.keys):
            found.levels[to_level_key(record.keys).level].append(record.number)
    elif record.table == tables.reservations:
        if not (record.is_removal or is_heartbeat(record.keys)):
            found.reservations[_name(record.keys)].append(record.number)
    else:
        raise ValueError(f"{record.table} is no table of ours")


def _name(keys: Mapping[str, Any]) -> str:
    name = keys["reservation_id"]
    if not isinstance(name, str):
        raise TypeError("reservation_id is no text")
    return name
