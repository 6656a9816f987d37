"""A small Inventory table, read as a whole: its lists need no snapshot, and are exact."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Item, to_item
from inventory.aws.dynamodb import Tables
from inventory.aws.retries import with_retries
from inventory.identifiers import SEPARATOR
from inventory.items import SHARD_CHANGES, is_of_shard, parse_or_none, to_level, to_level_key
from inventory.model import Level, LevelKey
from inventory.read_model.entries import LevelEntry
from inventory.stock.shards.parts import other_shards, whole

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNITS_MAX = 90
UNIT_BYTES = 4_096  # of a consistent read
FIRST_PAGE_ROWS = 100
# A page is as large as its rows, which are not known before: the first says how large they are.
PAGE_GROWTH = 5


class SmallTable:
    """The Inventory table, as long as reading it costs no more than a list may cost."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.inventory

    def entries(self) -> list[LevelEntry] | None:
        """What is kept of each of its levels; None if the table has more rows than may be read."""
        levels = self.levels()
        return None if levels is None else list(map(LevelEntry.of, levels))

    def levels(self, *, at_least: int = 0, consistent: bool = True) -> list[Level] | None:
        """Every readable level, in no order; None if the table has more rows than may be read.

        Args:
            at_least: how many levels there are, as far as it is known: a table that is too large is given up early.
            consistent: whether everything that was written before is read; it costs twice as much.
        """
        rows = self._rows(at_least, consistent=consistent)
        return None if rows is None else _levels(rows)

    def _rows(self, at_least: int, *, consistent: bool) -> list[Item] | None:
        request: dict[str, Any] = {"TableName": self._table, "ConsistentRead": consistent}
        rows: list[Item] = []
        units, read_bytes, limit = 0, 0, FIRST_PAGE_ROWS
        while True:
            page = request | {"Limit": limit}
            answer = with_retries(lambda page=page: self._client.scan(**page))  # type: ignore[misc]
            page_bytes = sum(map(_size, answer["Items"]))
            units += max(1, -(-page_bytes // UNIT_BYTES))
            read_bytes += page_bytes
            rows += map(to_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return rows
            left_bytes = (UNITS_MAX - units) * UNIT_BYTES
            if (at_least - len(rows)) * read_bytes > left_bytes * len(rows):
                return None
            limit = min(left_bytes * len(rows) // max(1, read_bytes), limit * PAGE_GROWTH)
            if limit < 1:
                return None
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _levels(rows: Iterable[Item]) -> list[Level]:
    """The levels of all rows of the table. One of which a row cannot be read is left out, which is logged."""
    shards: dict[LevelKey, Item] = {}
    own: list[Item] = []
    for row in rows:
        if is_of_shard(row):
            key = parse_or_none(to_level_key, row) if row["product_id"] != SHARD_CHANGES else None
            shards |= {key: row} if key else {}
        elif not row["product_id"].startswith(SEPARATOR):  # other rows of ours are no levels
            own.append(row)
    found = (parse_or_none(to_level, row) for row in own)
    return [level for of_row in found if of_row and (level := _with_shards(of_row, shards))]


def _with_shards(level: Level, shards: Mapping[LevelKey, Item]) -> Level | None:
    """A level with the sums of its rows; None if one of them cannot be read. A shard that does not exist has no units."""
    rows = [shards[key] for key in other_shards(level) if key in shards]
    parts = [part for row in rows if (part := parse_or_none(to_level, row))]
    if len(parts) < len(rows):
        return None
    return whole(level, parts) if level.is_spread else level


def _size(item: Mapping[str, Any]) -> int:
    """About how many bytes DynamoDB counts for an item: its names and values."""
    return sum(len(name.encode()) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
