"""The four tables as the comparison reads them: every level, movement, active reservation and customer."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from inventory.aws.changes import Item, to_attributes, to_item
from inventory.aws.dynamodb import Part, Tables, batch_get, items_of, pages
from inventory.identifiers import SEPARATOR
from inventory.index_partitions import ACTIVE, index_partitions
from inventory.items import (
    MovedUnits,
    Unreadable,
    is_no_level,
    is_of_shard,
    level_key,
    parse_or_report,
    partition_of,
    to_active_claim,
    to_customer_counts,
    to_level,
    to_level_key,
    to_units,
)
from inventory.model import Level, LevelKey
from inventory.reconciliation.findings import NO_MOVEMENTS, NOTHING, Counts, LedgerSum

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READERS = 8
# The ledger is read in so many parts, in another order each time: several runs cover one that is too long for a run.
SEGMENTS = 16

Progress = Callable[[str, int], object]  # gets what is read, and how many rows of it


def no_progress(what: str, rows: int) -> None:
    """Nobody waits for the comparison."""


@dataclass
class Held:
    """What active reservations hold, of each level and for each customer."""

    units: Counter[LevelKey] = field(default_factory=Counter)
    customers: dict[str, Counts] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)


@dataclass
class LedgerSums:
    """The sums of ledgers, of all products or of those for which there was time."""

    of_level: dict[LevelKey, LedgerSum] = field(default_factory=lambda: defaultdict(LedgerSum))
    unreadable: list[Unreadable] = field(default_factory=list)
    # Those with movements: of products, and of shards of their levels.
    partitions: set[str] = field(default_factory=set)
    entries: int = 0
    is_complete: bool = True
    unreadable_partitions: set[str] = field(default_factory=set)  # those with movements that cannot be read

    def covers(self, key: LevelKey) -> bool:
        """Whether the ledger of a level was read to its end."""
        return self.is_complete or partition_of(key) in self.partitions

    def get(self, key: LevelKey) -> LedgerSum:
        return self.of_level.get(key, NO_MOVEMENTS)

    def add(self, items: Iterable[Item]) -> Self:
        """Add movements."""
        for item in items:
            if item["product_id"].startswith(SEPARATOR) and not is_of_shard(item):
                continue  # no movement, but something that we keep beside them
            key, units = parse_or_report(to_level_key, item), parse_or_report(to_units, item)
            wrong = [found for found in (key, units) if isinstance(found, Unreadable)][:1]
            if wrong:
                self.unreadable += wrong
                self.unreadable_partitions.add(item["product_id"])
            if isinstance(key, LevelKey):
                known = MovedUnits() if isinstance(units, Unreadable) else units
                self.of_level[key] = self.of_level[key].plus(known.on_hand, item["movement_id"], known.allocated)
            self.partitions.add(item["product_id"])
            self.entries += 1
        return self

    def merge(self, other: "LedgerSums") -> None:
        """Add the sums of other partitions."""
        self.of_level.update(other.of_level)
        self.unreadable += other.unreadable
        self.unreadable_partitions |= other.unreadable_partitions
        self.partitions |= other.partitions
        self.entries += other.entries
        self.is_complete = self.is_complete and other.is_complete


class CounterStore:
    """Levels, movements, what reservations hold, and what customers are counted to hold."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def levels(
        self, progress: Progress = no_progress, part: Part | None = None
    ) -> tuple[list[Level], list[tuple[LevelKey, Unreadable]]]:
        """The row of every level and of every shard, and those that cannot be read; each as it was a moment ago."""
        return _readable_levels(self._scanned(self._tables.inventory, "levels", progress, part))

    def rows(self, keys: Iterable[LevelKey]) -> tuple[list[Level], list[tuple[LevelKey, Unreadable]]]:
        """The rows of some levels and shards, and those that cannot be read; each as it was a moment ago."""
        wanted = list(map(level_key, dict.fromkeys(keys)))
        return _readable_levels(batch_get(self._client, self._tables.inventory, wanted, is_consistent=False))

    def ledger(self, has_time: Callable[[], bool], progress: Progress = no_progress) -> LedgerSums:
        """The sums of all movements, each as they were a moment ago; without what there was no time for."""
        segments = random.sample(range(SEGMENTS), SEGMENTS)
        sums = LedgerSums()
        with ThreadPoolExecutor(READERS) as pool:
            for found in pool.map(lambda segment: self._segment(segment, has_time), segments):
                sums.merge(found)
                progress("movements", sums.entries)
        return sums

    def moved(self, keys: Iterable[LevelKey]) -> LedgerSums:
        """The sums of the movements of some levels and shards, and of what is in their partitions; strongly consistent."""
        sums = LedgerSums()
        with ThreadPoolExecutor(READERS) as pool:
            for found in pool.map(self._moved, {partition_of(key) for key in keys}):
                sums.merge(found)
        return sums

    def held(self, progress: Progress = no_progress) -> Held:
        """What active reservations hold. The index that lists them may be late by a moment."""
        ids = list(dict.fromkeys(self._active()))
        held = Held()
        for item in batch_get(self._client, self._tables.reservations, [{"reservation_id": found} for found in ids]):
            claim = parse_or_report(to_active_claim, item)
            if isinstance(claim, Unreadable):
                held.unreadable.append(claim)
            elif claim:
                holdings, customer_id = claim
                for holding in holdings:
                    held.units[holding.key] += holding.quantity
                if customer_id is not None:
                    holds, units = held.customers.get(customer_id, NOTHING)
                    held.customers[customer_id] = holds + 1, units + sum(holding.quantity for holding in holdings)
        progress("active reservations", len(ids))
        return held

    def customers(self, progress: Progress = no_progress, part: Part | None = None) -> dict[str, Counts | Unreadable]:
        """What every customer is counted to hold, as it was a moment ago."""
        rows = self._scanned(self._tables.customers, "customers", progress, part)
        return {row["customer_id"]: parse_or_report(to_customer_counts, row) for row in rows}

    def counts_of(self, customer_ids: Iterable[str]) -> dict[str, Counts | Unreadable]:
        """What some customers are counted to hold, as it was a moment ago; without those that have no row."""
        keys = [{"customer_id": customer_id} for customer_id in customer_ids]
        rows = batch_get(self._client, self._tables.customers, keys, is_consistent=False)
        return {row["customer_id"]: parse_or_report(to_customer_counts, row) for row in rows}

    def customer_rows(self, customer_ids: Sequence[str]) -> dict[str, Item]:
        """The rows of some customers, strongly consistent."""
        keys = [{"customer_id": customer_id} for customer_id in customer_ids]
        return {item["customer_id"]: item for item in batch_get(self._client, self._tables.customers, keys)}

    def _active(self) -> Iterator[str]:
        for partition in index_partitions(ACTIVE):
            request = {
                "TableName": self._tables.reservations,
                "IndexName": "by_phase",
                "KeyConditionExpression": "phase = :active",
                "ExpressionAttributeValues": to_attributes({":active": partition}),
            }
            for item in items_of(self._client.query, request):
                yield item["reservation_id"]

    def movements_of(self, part: Part) -> Iterator[list[Item]]:
        """The movements of a part of the ledger, page by page, each as it was a moment ago."""
        for page in pages(self._client.scan, self._projected() | part.request):
            yield list(map(to_item, page["Items"]))

    def movements_after(self, partition: str, movement_id: str, *, is_consistent: bool) -> Iterator[Item]:
        """The movements of a partition from an id on, without it, in the order of their ids."""
        request = self._projected() | {
            "ConsistentRead": is_consistent,
            "KeyConditionExpression": "product_id = :partition AND movement_id > :after",
            "ExpressionAttributeValues": to_attributes({":partition": partition, ":after": movement_id}),
        }
        return items_of(self._client.query, request)

    def _scanned(self, table: str, what: str, progress: Progress, part: Part | None = None) -> Iterator[Item]:
        rows = 0
        for page in pages(self._client.scan, {"TableName": table, **(part.request if part else {})}):
            yield from map(to_item, page["Items"])
            rows += len(page["Items"])
            progress(what, rows)

    def _segment(self, segment: int, has_time: Callable[[], bool]) -> LedgerSums:
        """A part of the ledger. All movements of a product follow each other, so only the last product is incomplete."""
        sums = LedgerSums(is_complete=has_time())
        if not sums.is_complete:
            return sums
        request = self._projected() | {"Segment": segment, "TotalSegments": SEGMENTS}
        last = ""
        for page in pages(self._client.scan, request):
            sums.add(map(to_item, page["Items"]))
            last = page["Items"][-1]["product_id"]["S"] if page["Items"] else last
            if not has_time() and "LastEvaluatedKey" in page:
                return _without(last, sums)
        return sums

    def _moved(self, partition: str) -> LedgerSums:
        request = self._projected() | {
            "KeyConditionExpression": "product_id = :partition",
            "ExpressionAttributeValues": to_attributes({":partition": partition}),
            "ConsistentRead": True,
        }
        return LedgerSums().add(items_of(self._client.query, request))

    def _projected(self) -> dict[str, Any]:
        return {
            "TableName": self._tables.movements,
            "ProjectionExpression": "product_id, movement_id, warehouse_id, delta, allocated_delta",
        }


def _without(partition: str, sums: LedgerSums) -> LedgerSums:
    kept = {key: found for key, found in sums.of_level.items() if partition_of(key) != partition}
    left = sums.partitions - {partition}
    return replace(sums, of_level=kept, partitions=left, is_complete=False)


def _readable_levels(items: Iterable[Item]) -> tuple[list[Level], list[tuple[LevelKey, Unreadable]]]:
    levels: list[Level] = []
    unreadable = []
    for item in items:
        if is_no_level(item):
            continue
        level = parse_or_report(to_level, item)
        if isinstance(level, Unreadable):
            unreadable.append((_key_of(item), level))
        else:
            levels.append(level)
    return levels, unreadable


def _key_of(item: Item) -> LevelKey:
    """The key of an item that cannot be read, whatever is in it."""
    key = parse_or_report(to_level_key, item)
    return key if isinstance(key, LevelKey) else LevelKey(item["product_id"], item["warehouse_id"])
