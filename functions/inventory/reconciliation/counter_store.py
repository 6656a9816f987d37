"""The three tables as an auditor reads them, and the one write that sets a level right."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from inventory.aws.dynamodb import Item, Tables, batch_get, to_attributes, to_item, transact, update, with_retries
from inventory.items import ACTIVE
from inventory.model import Level, LevelKey, Movement, Status
from inventory.stock.store import parse_level_or_none, record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class CounterStore:
    """Levels, what is held of them, and what their movements add up to."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def levels(self) -> Iterator[Level]:
        """Every level that can be read, in the table's own order; each as it was a moment ago."""
        for row in self._pages(self._client.scan, {"TableName": self._tables.inventory}):
            level = parse_level_or_none(row)
            if level:
                yield level

    def held(self) -> Counter[LevelKey]:
        """What HELD and PAID reservations hold of each level. The index that lists them may lag behind by a moment."""
        request = {
            "TableName": self._tables.reservations,
            "IndexName": "by_phase",
            "KeyConditionExpression": "phase = :active",
            "ExpressionAttributeValues": to_attributes({":active": ACTIVE}),
        }
        ids = dict.fromkeys(row["reservation_id"] for row in self._pages(self._client.query, request))
        rows = batch_get(self._client, self._tables.reservations, [{"reservation_id": found} for found in ids])
        held: Counter[LevelKey] = Counter()
        for line in (
            line for row in rows if row["status"] in (Status.HELD, Status.PAID) for line in row.get("lines", ())
        ):
            held[LevelKey(line["product_id"], line["warehouse_id"])] += int(line["quantity"])
        return held

    def moved(self, product_id: str, *, consistent: bool) -> Counter[LevelKey]:
        """What the movements of a product add up to in each warehouse."""
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": "product_id = :product_id",
            "ExpressionAttributeValues": to_attributes({":product_id": product_id}),
            "ProjectionExpression": "warehouse_id, delta",
            "ConsistentRead": consistent,
        }
        moved: Counter[LevelKey] = Counter()
        for row in self._pages(self._client.query, request):
            moved[LevelKey(product_id, row["warehouse_id"])] += int(row["delta"])
        return moved

    def repair_level(self, seen: Level, *, reserved: int, available: int, movement: Movement) -> bool:
        """Write what a level's figures ought to be, with the movement that says so and makes the ledger add up.

        Returns:
            False when the level is not as it was seen: look again.
        """
        # Whatever is held, released, sold or edited meanwhile changes one of these.
        as_it_was_seen = (
            "on_hand = :on_hand AND reserved = :was_reserved AND available = :was_available AND version = :version"
            " AND updated_at = :updated_at"
        )
        change = update(
            self._tables.inventory,
            asdict(seen.key),
            "SET reserved = :reserved, available = :available, version = version + :one, updated_at = :now",
            condition=as_it_was_seen,
            values={
                ":on_hand": seen.on_hand,
                ":was_reserved": seen.reserved,
                ":was_available": seen.available,
                ":version": seen.version,
                ":updated_at": seen.updated_at,
                ":reserved": reserved,
                ":available": available,
                ":one": 1,
                ":now": movement.moved_at,
            },
        )
        return not transact(self._client, [change, record(self._tables, movement)])

    def _pages(self, read: Any, request: dict[str, Any]) -> Iterator[Item]:
        while True:
            answer = with_retries(lambda: read(**request))
            yield from map(to_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
