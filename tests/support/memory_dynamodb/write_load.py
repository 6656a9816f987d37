"""The write units of each partition of each table and index, counted over a database in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.client import METHODS, MemoryClient
from tests.support.memory_dynamodb.database import Change
from tests.support.shop import Shop, create_tables, names_of
from tests.support.template.source import resource
from tools.local.emulators.metering import Index, Item, index_write_units, write_units


@dataclass(frozen=True, order=True)
class Partition:
    """One value of the hash key of a table, or of one of its indexes."""

    table: str  # its resource in the template
    index: str | None
    value: str


class WriteLoad:
    """Counts what a shop writes."""

    def __init__(self) -> None:
        self._database = Database()
        self._database.listeners.append(self._note)
        self._operation = ""
        self._units: Counter[Partition] = Counter()
        client: Any = MemoryClient(METHODS, self._call)
        self.shop = Shop(client, create_tables(client))
        self._resources = {name: table for table, name in names_of(self.shop.tables).items()}

    @contextmanager
    def counted(self) -> Iterator[Counter[Partition]]:
        """The units that are written inside the `with` block."""
        self._units = Counter()
        yield self._units
        self._units = Counter()

    def _call(self, operation: str, request: Mapping[str, Any]) -> Any:
        self._operation = operation
        return self._database.call(operation, request)

    def _note(self, changes: list[Change]) -> None:
        for name, before, after in changes:
            table = self._resources[name]
            is_transactional = self._operation == "TransactWriteItems"
            units = write_units(before, after, transactional=is_transactional)
            self._units[Partition(table, None, _value(table_key(table), before, after))] += units
            for index, key, entries in indexes(table):
                for one, other in _moves(entries, before, after):
                    moved = index_write_units([entries], one, other)
                    self._units[Partition(table, index, _value(key, one, other))] += moved


def _moves(index: Index, before: Item | None, after: Item | None) -> list[tuple[Item | None, Item | None]]:
    """The writes to an index: a changed key deletes one entry and creates another, in another partition perhaps."""
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return []
    is_moved = old and new and any(old[key] != new[key] for key in index.keys)
    return [(before, None), (None, after)] if is_moved else [(before if old else None, after if new else None)]


def _value(key: str, before: Item | None, after: Item | None) -> str:
    item = after or before
    assert item is not None
    return str(item[key]["S"])


@cache
def table_key(table: str) -> str:
    """The hash key of a table."""
    return str(resource(table)["KeySchema"][0]["AttributeName"])


@cache
def indexes(table: str) -> list[tuple[str, str, Index]]:
    """The indexes of a table, each with its name and its hash key."""
    own = [element["AttributeName"] for element in resource(table)["KeySchema"]]
    found = []
    for index in resource(table).get("GlobalSecondaryIndexes", ()):
        keys = [element["AttributeName"] for element in index["KeySchema"]]
        projected = {*own, *keys, *index["Projection"].get("NonKeyAttributes", ())}
        found.append((index["IndexName"], keys[0], Index(keys, projected)))
    return found
