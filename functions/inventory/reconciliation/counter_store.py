"""The sums that the counters of levels must agree with, and the one write that repairs a level."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from inventory.aws.changes import Change, Condition, Item, to_attributes
from inventory.aws.dynamodb import Tables, batch_get, items_of, transact, update
from inventory.items import ACTIVE, level_key, parse_or_none, to_level, to_lines
from inventory.model import ACTIVE_STATUSES, Level, LevelKey, Movement
from inventory.stock.ledger import record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class CounterStore:
    """Levels, what reservations hold of them, and the sums of their movements."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def levels(self) -> Iterator[Level]:
        """Every readable level, in the order of the table; each as it was a moment ago."""
        for item in items_of(self._client.scan, {"TableName": self._tables.inventory}):
            level = parse_or_none(to_level, item)
            if level:
                yield level

    def held(self) -> Counter[LevelKey]:
        """What active reservations hold of each level. The index that lists them may be late by a moment."""
        request = {
            "TableName": self._tables.reservations,
            "IndexName": "by_phase",
            "KeyConditionExpression": "phase = :active",
            "ExpressionAttributeValues": to_attributes({":active": ACTIVE}),
        }
        ids = dict.fromkeys(item["reservation_id"] for item in items_of(self._client.query, request))
        items = batch_get(self._client, self._tables.reservations, [{"reservation_id": found} for found in ids])
        held: Counter[LevelKey] = Counter()
        for item in items:
            if item.get("status") in ACTIVE_STATUSES:
                for line in parse_or_none(to_lines, item) or ():
                    held[line.key] += line.quantity
        return held

    def moved(self, product_id: str, *, consistent: bool) -> Counter[LevelKey]:
        """The sum of a product's movements in each warehouse."""
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": "product_id = :product_id",
            "ExpressionAttributeValues": to_attributes({":product_id": product_id}),
            "ProjectionExpression": "product_id, movement_id, warehouse_id, delta",
            "ConsistentRead": consistent,
        }
        moved: Counter[LevelKey] = Counter()
        for item in items_of(self._client.query, request):
            found = parse_or_none(_to_moved, item)
            if found:
                moved[found[0]] += found[1]
        return moved

    def repair_level(self, read: Level, *, reserved: int, available: int, movement: Movement) -> bool:
        """Write the right counters of a level, with the movement that records it and corrects the ledger's sum.

        Returns:
            False when the level is no longer as it was read: read it again.
        """
        # Every hold, release, sale and edit changes one of these.
        as_read = Condition(
            "on_hand = :on_hand AND reserved = :reserved AND available = :available AND version = :version"
            " AND updated_at = :updated_at",
            {
                "on_hand": read.on_hand,
                "reserved": read.reserved,
                "available": read.available,
                "version": read.version,
                "updated_at": read.updated_at,
            },
        )
        change = Change(
            set={"reserved": reserved, "available": available, "updated_at": movement.moved_at},
            increase={"version": 1},
        )
        repair = update(self._tables.inventory, level_key(read.key), change, as_read, about=read)
        return not transact(self._client, [repair, record(self._tables, movement)])


def _to_moved(item: Item) -> tuple[LevelKey, int]:
    """The level and the units of a movement; that is all that a sum needs."""
    return LevelKey(item["product_id"], item["warehouse_id"]), int(item["delta"])
