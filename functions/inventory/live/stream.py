"""The records of the tables' streams: which products and reservations they are about.

A record only says that a row was written. What is in the row is read from the table, so a record that comes late, twice or
in another order does no harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from inventory.aws.changes import to_item
from inventory.aws.dynamodb import Tables
from inventory.items import UNREADABLE, is_heartbeat, is_no_level, to_level_key
from inventory.model import LevelKey
from inventory.values import dataclass

# Who deletes rows whose time is over.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
TIME_TO_LIVE = "dynamodb.amazonaws.com"


@dataclass(frozen=True, slots=True)
class UnknownRecord:
    """A record that names no row of ours."""

    content: Mapping[str, Any]
    wrong: str

    def to_json(self) -> dict[str, Any]:
        """What is put aside of it: its key, as far as it has one."""
        written: Any = self.content.get("dynamodb")
        keys = written.get("Keys") if isinstance(written, dict) else None
        return {"table": self.content.get("eventSourceARN"), "key": keys, "wrong": self.wrong}

    @property
    def numbers(self) -> list[str]:
        """Its sequence number, if it has one."""
        written: Any = self.content.get("dynamodb")
        return [str(written["SequenceNumber"])] if isinstance(written, dict) and "SequenceNumber" in written else []


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


def _sort(record: Mapping[str, Any], tables: Tables, found: Records) -> None:
    number = str(record["dynamodb"]["SequenceNumber"])
    keys = to_item(record["dynamodb"]["Keys"])
    table = str(record["eventSourceARN"]).split("/")[1]
    if record.get("userIdentity", {}).get("principalId") == TIME_TO_LIVE:
        return
    if table == tables.inventory:
        if not is_no_level(keys):
            found.levels[to_level_key(keys).level].append(number)
    elif table == tables.reservations:
        if record["eventName"] != "REMOVE" and not is_heartbeat(keys):
            found.reservations[_name(keys)].append(number)
    else:
        raise ValueError(f"{table} is no table of ours")


def _name(keys: Mapping[str, Any]) -> str:
    name = keys["reservation_id"]
    if not isinstance(name, str):
        raise TypeError("reservation_id is no text")
    return name
