"""The ledger as units sold are read from it: by product, or all of it in slices."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables, items_of
from inventory.aws.retries import with_retries
from inventory.identifiers import SEPARATOR
from inventory.items import is_of_shard, parse_or_none, partition_of, to_level_key, to_units
from inventory.model import SHARDS_MAX, LevelKey, MovementKind, iso
from inventory.read_model.figures.sales import Sale, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SOLD = (MovementKind.SOLD, MovementKind.SOLD_ELSEWHERE)
READERS = 8
SEGMENTS = 16
PAGES_A_ROUND = 8  # of each segment, before the time is looked at

_FILTER = "#kind IN (:sold, :elsewhere)"
_NAMES = {"#kind": "kind", "#units": "units"}
_PROJECTION = "product_id, movement_id, warehouse_id, #kind, delta, #units"
_KINDS = {":sold": MovementKind.SOLD.value, ":elsewhere": MovementKind.SOLD_ELSEWHERE.value}

DATE = len("2026-11-27")


@dataclass(frozen=True, slots=True)
class Found:
    """A movement that sold units: when it was written, and in which shard of its level."""

    sale: Sale
    movement_id: str
    shard: int


@dataclass
class Position:
    """How far the ledger was read: for each segment that is not at its end, the key after which it continues."""

    segments: dict[int, Mapping[str, Any] | None] = field(default_factory=lambda: dict.fromkeys(range(SEGMENTS)))

    @property
    def is_at_the_end(self) -> bool:
        return not self.segments

    def to_json(self) -> list[Any]:
        return [[segment, key] for segment, key in self.segments.items()]

    @classmethod
    def from_json(cls, content: list[Any]) -> "Position":
        """The inverse of `to_json`."""
        return cls(dict(map(tuple, content)))


class SalesLedger:
    """Reads which units were sold. Eventually consistent: what is read is minutes old."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def sales_of(self, product_id: str, shards: int, since: datetime, until: datetime) -> list[Sale]:
        """The sales of a product from one moment to just before another, in all warehouses and shards.

        Args:
            shards: over how many its levels were spread when they changed; they may have been spread over more.
        """
        return [
            found.sale
            for shard in range(max(shards, self._shards_of(product_id)))
            for item in self._movements(partition_of(LevelKey(product_id, "", shard)), since, until)
            if (found := parse_or_none(_found, item))
        ]

    def read_on(self, position: Position, since: datetime, has_time: Callable[[], bool]) -> Iterator[Found]:
        """Sales from a moment on, of all products; `position` moves on with what is read, until there is no more time."""
        with ThreadPoolExecutor(READERS) as pool:
            while position.segments and has_time():
                pages = pool.map(lambda one: self._pages(one[0], one[1], since), list(position.segments.items()))
                for segment, (items, following) in zip(list(position.segments), pages, strict=True):
                    yield from (found for item in items if (found := parse_or_none(_found, item)))
                    if following is None:
                        del position.segments[segment]
                    else:
                        position.segments[segment] = following

    def _shards_of(self, product_id: str) -> int:
        """Over how many shards the levels of a product ever were spread: removed ones have left their movements."""
        request = {
            "TableName": self._tables.inventory,
            "KeyConditionExpression": "product_id = :product",
            "ProjectionExpression": "shards_max",
            "ExpressionAttributeValues": to_attributes({":product": product_id}),
        }
        rows = (parse_or_none(_shards_max, item) for item in items_of(self._client.query, request))
        return max(filter(None, rows), default=1)

    def _movements(self, partition: str, since: datetime, until: datetime) -> Iterator[Item]:
        """Ids of movements begin with the time of their write, and go on behind it."""
        request = self._projected({":partition": partition, ":since": iso(since), ":until": iso(until)} | _KINDS) | {
            "KeyConditionExpression": "product_id = :partition AND movement_id BETWEEN :since AND :until"
        }
        return items_of(self._client.query, request)

    def _pages(
        self, segment: int, start: Mapping[str, Any] | None, since: datetime
    ) -> tuple[list[Item], Mapping[str, Any] | None]:
        request = self._projected({":since": iso(since)} | _KINDS)
        request |= {"FilterExpression": f"{_FILTER} AND movement_id >= :since"}
        request |= {"Segment": segment, "TotalSegments": SEGMENTS}
        items: list[Item] = []
        following = start
        for _ in range(PAGES_A_ROUND):
            if following:
                request["ExclusiveStartKey"] = to_attributes(following)
            page = with_retries(lambda: self._client.scan(**request))
            items += [item for item in map(to_item, page["Items"]) if _is_of_a_level(item)]
            if "LastEvaluatedKey" not in page:
                return items, None
            following = to_item(page["LastEvaluatedKey"])
        return items, following

    def _projected(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {
            "TableName": self._tables.movements,
            "FilterExpression": _FILTER,
            "ProjectionExpression": _PROJECTION,
            "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": to_attributes(values),
        }


def _shards_max(item: Item) -> int:
    return min(int(item.get("shards_max", 1)), SHARDS_MAX)


def _is_of_a_level(item: Item) -> bool:
    """Not something that we keep beside the movements."""
    return is_of_shard(item) or not str(item["product_id"]).startswith(SEPARATOR)


def _found(item: Item) -> Found:
    """The sale in a movement's item. A tracked one says how many units were meant: they are still on hand."""
    key = to_level_key(item)
    units = int(item["units"]) if "units" in item else -to_units(item).on_hand
    day = date.fromisoformat(item["movement_id"][:DATE]).toordinal()
    return Found(Sale(key_of(key), day, units), item["movement_id"], key.shard)
