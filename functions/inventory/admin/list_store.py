"""Lists as DynamoDB reads them: one batch at a time, each entry with the position after which the list continues."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from inventory.admin.pagination import Batch, Position
from inventory.admin.phase_list import PartitionRead, PhaseList, partitions_of_phases
from inventory.admin.read_budget import UNIT_BYTES, ReadBudget, units_of
from inventory.admin.row_store import RowStore
from inventory.aws.changes import Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables, batch_get
from inventory.aws.retries import with_retries
from inventory.identifiers import IDENTIFIER, name_of, was_name_in_first_edition
from inventory.items import (
    LISTED,
    is_heartbeat,
    is_of_shard,
    level_key,
    parse_or_none,
    partition_of,
    to_failed_execution,
    to_level,
    to_movement,
)
from inventory.model import (
    FailedExecution,
    Level,
    LevelKey,
    Movement,
    MovementKind,
    Refund,
    RefundStatus,
    Reservation,
)
from inventory.stock.store import StockStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEVEL_KEY = ("product_id", "warehouse_id")
REFUND_KEY = ("reservation_id", "payment_reference")
REFUND_POSITION = ("status_at", *REFUND_KEY)
EXECUTION_POSITION = ("failed_at", "execution_name")
REFUNDS_COUNTED_MAX = 1_000
MOVEMENTS_OF_A_SHARD = 10  # they cost one unit
KEY_BYTES = 300  # of an entry of an index of keys, about
BEFORE_THE_ORDER: Position = ("*",)  # the position of a search between its id and its order


class ListStore:
    """The tables as lists. Levels and movements are strongly consistent; an index may be late by a moment."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._stock = StockStore(client, tables)
        self._rows = RowStore(client, tables)

    def levels(self, start: Position | None, size: int) -> Batch[Level]:
        """Levels of all products, in the table's own order."""
        request = {"TableName": self._tables.inventory, "Limit": size, "ConsistentRead": True}
        items, following = self._read(self._client.scan, request | _from(LEVEL_KEY, start))
        rows = [item for item in items if not (is_of_shard(item) or is_heartbeat(item))]
        return Batch(self._levels([_parts(LEVEL_KEY, row) for row in rows], rows), _following(LEVEL_KEY, following))

    def levels_of_category(self, category: str, start: Position | None, size: int) -> Batch[Level]:
        """Levels of one category, by product."""
        request = _query(self._tables.inventory, "by_category", "category", category, size)
        if start:
            request |= _from((*LEVEL_KEY, "category"), (*start, category))
        keys, following = self._read(self._client.query, request)
        positions = [_parts(LEVEL_KEY, key) for key in keys]
        items = batch_get(
            self._client, self._tables.inventory, [level_key(_level_at(position)) for position in positions]
        )
        return Batch(self._levels(positions, items), _following(LEVEL_KEY, following))

    def _levels(self, positions: Sequence[Position], rows: Sequence[Item]) -> list[tuple[Position, Level]]:
        """The levels at some positions, from their own rows; the shards of those that are spread are read in addition."""
        levels = self._stock.levels_in(rows)
        found = [(position, levels.get(_level_at(position))) for position in positions]
        return [(position, level) for position, level in found if level]

    def movements(self, product_id: str, start: Position | None, size: int, budget: ReadBudget) -> Batch[Movement]:
        """The ledger of a product, newest first; of a level that is or was spread, the ledgers of all its shards as one.

        Of each shard some are read, so there may be fewer than `size` before those that were not read of one of them.
        """
        rows = self._stock.items_of(product_id)
        budget.spend(units_of(*rows))
        shards_max = max((level.shards_max for row in rows if (level := parse_or_none(to_level, row))), default=1)
        of_each = size if shards_max == 1 else max(MOVEMENTS_OF_A_SHARD, 2 * size // shards_max)
        found = [self._movements_of(LevelKey(product_id, "", shard), start, of_each) for shard in range(shards_max)]
        budget.spend(shards_max + sum(units_of(*items) for items, _ in found))
        read_until = max((_movement_id(items[-1]) for items, has_more in found if has_more), default="")
        merged = heapq.merge(*(items for items, _ in found), key=_movement_id, reverse=True)
        groups = [list(group) for moved, group in groupby(merged, key=_movement_id) if moved >= read_until]
        taken = groups[:size]
        continues = len(groups) > size or read_until != ""
        entries = [((_movement_id(group[0]),), _movement_or_none(group)) for group in taken]
        return Batch(
            [(position, movement) for position, movement in entries if movement],
            (_movement_id(taken[-1][0]),) if continues else None,
        )

    def _movements_of(self, key: LevelKey, start: Position | None, size: int) -> tuple[list[Item], bool]:
        """The latest movements of a product in its own partition or in that of a shard, and whether there are more."""
        request = _query(self._tables.movements, None, "product_id", partition_of(key), size)
        request |= {"ScanIndexForward": False, "ConsistentRead": True}
        if start:
            request |= _from(("product_id", "movement_id"), (partition_of(key), *start))
        items, following = self._read(self._client.query, request)
        return items, following is not None

    def reservations(
        self, phases: Sequence[str], start: Position | None, size: int, budget: ReadBudget, *, soonest: bool = False
    ) -> Batch[Reservation]:
        """Reservations of some phases: the latest first, or those whose hold ends first. At most what the budget pays for."""
        listed = PhaseList(phases, start, self._partition, soonest=soonest)
        budget.spend(len(partitions_of_phases(phases)) / 2 + units_of_keys(size))
        keys = [(at, key["reservation_id"]) for at, key in listed.take(size)]
        found, number = self._rows.reservations_within([name for _, name in keys], budget)
        continues = number < len(keys) or listed.continues
        entries = [(at, found[name]) for at, name in keys[:number] if name in found]
        return Batch(entries, keys[number - 1][0] if keys and continues else None)

    def reservations_with_id_or_order(
        self, searched: str, start: Position | None, size: int, budget: ReadBudget
    ) -> Batch[Reservation]:
        """The reservation with this id, then those of the order with this id, in no order. What the budget pays for.

        A position is the last reservation's name.
        """
        names = names_of(searched)
        order_id = IDENTIFIER.read(searched) or searched
        of_the_order = self.names_of_order(order_id, None if start == BEFORE_THE_ORDER else start, size)
        itself = [] if start else [(BEFORE_THE_ORDER, name) for name in names]
        listed = [*itself, *((at, name) for at, name in of_the_order.entries if name not in names)]
        found, number = self._rows.reservations_within([name for _, name in listed], budget)
        following = listed[number - 1][0] if number < len(listed) else of_the_order.next
        return Batch([(at, found[name]) for at, name in listed[:number] if name in found], following)

    def names_of_order(self, order_id: str, start: Position | None, size: int) -> Batch[str]:
        """The names of the reservations of an order, in no order. A position is the last one's name."""
        request = _query(self._tables.reservations, "by_order", "order_id", order_id, size)
        if start:
            request |= _from(("order_id", "reservation_id"), (order_id, *start))
        keys, following = self._read(self._client.query, request)
        names = [key["reservation_id"] for key in keys]
        return Batch([((name,), name) for name in names], _following(("reservation_id",), following))

    def refunds(self, status: RefundStatus, start: Position | None, size: int, budget: ReadBudget) -> Batch[Refund]:
        """Payments to return, the oldest first, or returned ones, the latest first. At most what the budget pays for."""
        request = _query(self._tables.refunds, "by_status", "status", status, size)
        request |= {"ScanIndexForward": status is RefundStatus.OPEN}
        if start:
            request |= _from((*REFUND_POSITION, "status"), (*start, status))
        keys, following = self._read(self._client.query, request)
        budget.spend(units_of_keys(len(keys)))
        payments = [(key["reservation_id"], key["payment_reference"]) for key in keys]
        found, number = self._rows.refunds_within(payments, budget)
        positions = [_parts(REFUND_POSITION, key) for key in keys]
        entries = [(at, found[payment]) for at, payment in zip(positions, payments, strict=True) if payment in found]
        return Batch(entries, positions[number - 1] if number < len(keys) else _following(REFUND_POSITION, following))

    def count_refunds(self, status: RefundStatus) -> int | None:
        """How many payments are to return, or were returned; None if there are more than one call counts."""
        request = _query(self._tables.refunds, "by_status", "status", status, REFUNDS_COUNTED_MAX)
        answer = with_retries(lambda: self._client.query(**request, Select="COUNT"))
        return None if "LastEvaluatedKey" in answer else answer["Count"]

    def failed_executions(
        self, order_id: str | None, start: Position | None, size: int, budget: ReadBudget
    ) -> Batch[FailedExecution]:
        """Executions that did not succeed, of one order or of all, the latest first. At most what the budget pays for."""
        index, key, value = ("by_order", "order_id", order_id) if order_id else ("by_time", "listed", LISTED)
        request = _query(self._tables.failed_executions, index, key, value, size) | {"ScanIndexForward": False}
        if start:
            request |= _from((*EXECUTION_POSITION, key), (*start, value))
        items, following = self._read_within(request, size, budget)
        found = [(_parts(EXECUTION_POSITION, item), parse_or_none(to_failed_execution, item)) for item in items]
        return Batch(
            [(position, failed) for position, failed in found if failed], _following(EXECUTION_POSITION, following)
        )

    def _partition(self, part: PartitionRead) -> tuple[list[Item], Item | None]:
        """The keys of the next reservations of one partition, and the one after which there are more."""
        request = _query(self._tables.reservations, "by_phase", "phase", part.partition, part.size)
        request |= {"ScanIndexForward": part.soonest}
        if part.time:
            request["KeyConditionExpression"] += f" AND phase_at {'>=' if part.soonest else '<='} :time"
            request["ExpressionAttributeValues"] |= to_attributes({":time": part.time})
        if part.after:
            request["ExclusiveStartKey"] = to_attributes(part.after)
        return self._read(self._client.query, request)

    def _read_within(
        self, request: Mapping[str, Any], wanted: int, budget: ReadBudget
    ) -> tuple[list[Item], Item | None]:
        """As many items of a query as a budget pays for, and the key after which there are more."""
        items, following = self._read(self._client.query, {**request, "Limit": min(wanted, budget.first_size)})
        budget.spend(units_of(*items) / 2)
        while following and (size := budget.size(items, wanted - len(items))) > 0:
            more = {**request, "Limit": size, "ExclusiveStartKey": to_attributes(following)}
            found, following = self._read(self._client.query, more)
            budget.spend(units_of(*found) / 2)
            items += found
        return items, following

    def _read(self, call: Any, request: Mapping[str, Any]) -> tuple[list[Item], Item | None]:
        answer = with_retries(lambda: call(**request))
        following = answer.get("LastEvaluatedKey")
        return [to_item(item) for item in answer["Items"]], to_item(following) if following else None


def names_of(searched: str) -> list[str]:
    """The names that the row of a reservation with this id may have."""
    return [name_of(searched), *([searched] if was_name_in_first_edition(searched) else [])]


def _query(table: str, index: str | None, key: str, value: str, size: int) -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "#key = :value",
        "ExpressionAttributeNames": {"#key": key},
        "ExpressionAttributeValues": to_attributes({":value": value}),
        "Limit": size,
    }
    return request | ({"IndexName": index} if index else {})


def units_of_keys(number: int) -> float:
    """The units of a read of so many keys in an index, about."""
    return number * KEY_BYTES / (2 * UNIT_BYTES)


def _level_at(position: Position) -> LevelKey:
    product_id, warehouse_id = position
    return LevelKey(product_id, warehouse_id)


def _movement_id(item: Item) -> str:
    movement_id: str = item["movement_id"]
    return movement_id


def _movement_or_none(items: Sequence[Item]) -> Movement | None:
    """One movement of a level, from its items in the ledgers of the shards that it changed; None if it changed nothing.

    Units that were moved between shards change nothing for anybody who sees one level.
    """
    movements = [movement for item in items if (movement := parse_or_none(to_movement, item))]
    if not movements or movements[0].kind is MovementKind.MOVED:
        return None
    units = [movement.units for movement in movements if movement.units is not None]
    return replace(
        movements[0],
        delta=sum(movement.delta for movement in movements),
        units=sum(units) if units else None,
        allocated_delta=sum(movement.allocated_delta for movement in movements),
    )


def _from(names: Sequence[str], start: Position | None) -> dict[str, Any]:
    return {"ExclusiveStartKey": to_attributes(dict(zip(names, start, strict=True)))} if start else {}


def _parts(names: Sequence[str], item: Item) -> Position:
    return tuple(item[name] for name in names)


def _following(names: Sequence[str], key: Item | None) -> Position | None:
    return _parts(names, key) if key else None
