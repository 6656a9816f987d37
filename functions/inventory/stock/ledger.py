"""The ledger: movements are written once, in the transaction of the change that they record, and never changed."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

from inventory.aws.changes import Condition, Item, to_attributes
from inventory.aws.dynamodb import FailedCondition, Tables, Write, batch_get, items_of, put
from inventory.errors import AdjustmentConflict
from inventory.items import (
    UNREADABLE,
    MovedUnits,
    adjustment_key_of_first_edition,
    movement_item,
    parse_or_none,
    partition_of,
    to_adjustment,
    to_movement,
    to_units,
)
from inventory.model import Adjustment, LevelKey, Movement, MovementKind, iso
from inventory.stock.counts import MovedSince

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEVEL_DELETED = "level deleted"  # the reason of the movement that closes a level's ledger

IS_NEW = Condition("attribute_not_exists(product_id)")


def record(tables: Tables, movement: Movement) -> Write:
    """The write of a movement."""
    return put(tables.movements, movement_item(movement), IS_NEW, about=movement)


def is_recorded(movement: Movement, failed: Iterable[FailedCondition]) -> bool:
    """Whether the movement itself exists already: it was written before, and only the answer was lost."""
    return any(
        condition.item is not None and condition.item.get("movement_id") == movement.movement_id for condition in failed
    )


def reference_of_deletion(version: int) -> str:
    """The reference of the movement that closes a level's ledger: a repeated deletion is known by it."""
    return f"version {version}"


class Ledger:
    """Reads the movements, strongly consistent."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def moved_since(self, key: LevelKey, moment: str) -> MovedSince:
        """What was moved after a moment, which `iso` wrote. Ids of movements begin with the time of their write.

        Of a level that is spread over shards, only what its own row or the shard of the key had.
        """
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": "product_id = :product_id AND movement_id >= :next",
            "ExpressionAttributeValues": to_attributes({":product_id": partition_of(key), ":next": _after(moment)}),
            "ConsistentRead": True,
        }
        found = (parse_or_none(to_movement, item) for item in items_of(self._client.query, request))
        movements = [movement for movement in found if movement and movement.warehouse_id == key.warehouse_id]
        counted = sum(movement.delta for movement in movements if movement.kind is MovementKind.COUNTED)
        happened = sum(movement.delta for movement in movements if movement.kind.is_of_the_shelf)
        return MovedSince(happened, counted, any(movement.reason == LEVEL_DELETED for movement in movements))

    def sum_of(self, key: LevelKey) -> MovedUnits:
        """The sum of the movements of a level's own row, or of a shard. It reads the whole ledger of the product there."""
        found = (parse_or_none(to_units, item) for item in self._of(key))
        return reduce(MovedUnits.plus, filter(None, found), MovedUnits())

    def is_closed(self, key: LevelKey, version: int) -> bool:
        """Whether this version of a level was deleted. It reads the whole ledger of the product."""
        reference = reference_of_deletion(version)
        return any(item.get("reason") == LEVEL_DELETED and item.get("reference") == reference for item in self._of(key))

    def _of(self, key: LevelKey) -> Iterator[Item]:
        request = {
            "TableName": self._tables.movements,
            "KeyConditionExpression": "product_id = :product_id",
            "FilterExpression": "warehouse_id = :warehouse_id",
            "ExpressionAttributeValues": to_attributes(
                {":product_id": partition_of(key), ":warehouse_id": key.warehouse_id}
            ),
            "ConsistentRead": True,
        }
        return items_of(self._client.query, request)

    def adjustment_of_first_edition(self, request_id: str) -> Adjustment | None:
        """The adjustment that was applied under this id, if the first edition applied it: it kept it in the ledger.

        Raises:
            AdjustmentConflict: an adjustment was applied, but which one cannot be read.
        """
        items = batch_get(self._client, self._tables.movements, [adjustment_key_of_first_edition(request_id)])
        try:
            return to_adjustment(items[0]) if items else None
        except UNREADABLE as error:
            raise AdjustmentConflict("the key was used before, for an adjustment that cannot be read") from error


def _after(moment: str) -> str:
    """The first time that is later, as movements write it."""
    return iso(datetime.fromisoformat(moment) + timedelta(milliseconds=1))
