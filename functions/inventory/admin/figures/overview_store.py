"""What the overview counts, as DynamoDB reads it: few attributes of many items."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.dynamodb import Tables, pages
from inventory.index_partitions import index_partitions
from inventory.items import is_no_level, is_of_shard, parse_or_none, to_level_key
from inventory.model import LevelKey, RefundStatus, StockStatus, stock_status
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# So few, as the first read of each of several partitions may be of more than the overview counts.
TIMES_A_READ = 100
LEVELS_A_READ = 500
COUNTED_A_READ = 500


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """The part of a level that is counted."""

    category: str
    warehouse_id: str
    status: StockStatus | None  # None for a retired level: shoppers do not see it
    reserved: int


class OverviewStore:
    """Levels and reservations to count. Eventually consistent, which costs half, and is late by a moment."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def level_summaries(self) -> Iterator[LevelSummary]:
        """Every level that can be read; those that are spread over shards come last, each with the sums of its rows."""
        request = {
            "TableName": self._tables.inventory,
            "ProjectionExpression": "product_id, warehouse_id, category, on_hand, available, reserved,"
            " low_stock_threshold, active, shards",
            "Limit": LEVELS_A_READ,
        }
        spread: dict[LevelKey, list[dict[str, Any]]] = defaultdict(list)  # its rows, in no order
        for page in pages(self._client.scan, request):
            for item in page["Items"]:
                key = {name: item[name]["S"] for name in ("product_id", "warehouse_id")}
                if is_no_level(key):
                    continue
                if is_of_shard(key) or "shards" in item:
                    spread[_level_of(key)].append(item)
                elif summary := _parse_summary_or_none(item):
                    yield summary
        for rows in spread.values():
            own_row_first = sorted(rows, key=lambda row: "category" not in row)
            if summary := _parse_summary_or_none(*own_row_first):
                yield summary

    def counts(self, phase: str) -> Iterator[int]:
        """How many reservations a phase has, page by page."""
        for partition in index_partitions(phase):
            request = {
                "TableName": self._tables.reservations,
                "IndexName": "by_phase",
                "KeyConditionExpression": "phase = :phase",
                "ExpressionAttributeValues": {":phase": {"S": partition}},
                "Select": "COUNT",
                "Limit": COUNTED_A_READ,
            }
            for page in pages(self._client.query, request):
                yield page["Count"]

    def open_refunds(self) -> Iterator[int]:
        """How many payments are to return, page by page."""
        request = {
            "TableName": self._tables.refunds,
            "IndexName": "by_status",
            "KeyConditionExpression": "#status = :open",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":open": {"S": RefundStatus.OPEN}},
            "Select": "COUNT",
            "Limit": COUNTED_A_READ,
        }
        for page in pages(self._client.query, request):
            yield page["Count"]

    def decided(self, phase: str, since: str) -> Iterator[str]:
        """When the reservations of a phase were decided, the latest first, back to a time."""
        return heapq.merge(*(self._decided_in(part, since) for part in index_partitions(phase)), reverse=True)

    def _decided_in(self, partition: str, since: str) -> Iterator[str]:
        request = {
            "TableName": self._tables.reservations,
            "IndexName": "by_phase",
            "KeyConditionExpression": "phase = :phase AND phase_at >= :since",
            "ExpressionAttributeValues": {":phase": {"S": partition}, ":since": {"S": since}},
            "ProjectionExpression": "phase_at",
            "ScanIndexForward": False,
            "Limit": TIMES_A_READ,
        }
        for page in pages(self._client.query, request):
            yield from (item["phase_at"]["S"] for item in page["Items"])


def _level_of(key: dict[str, str]) -> LevelKey:
    """The level of a row; a row whose key names no level is one of its own, which cannot be read."""
    found = parse_or_none(to_level_key, key)
    return found.level if found else LevelKey(key["product_id"], key["warehouse_id"])


def _parse_summary_or_none(item: dict[str, Any], *shards: dict[str, Any]) -> LevelSummary | None:
    """A level's attributes, read directly: for ten thousand items, to deserialize them would take most of the time.

    Args:
        shards: the other rows of a level that is spread.
    """
    try:
        active = "active" not in item or item["active"]["BOOL"]
        available, reserved = (
            sum(int(row[name]["N"]) for row in (item, *shards)) for name in ("available", "reserved")
        )
        return LevelSummary(
            category=item["category"]["S"],
            warehouse_id=item["warehouse_id"]["S"],
            status=stock_status(available, int(item["low_stock_threshold"]["N"])) if active else None,
            reserved=reserved,
        )
    except (KeyError, ValueError) as error:
        name = f"{item['product_id']['S']} in {item['warehouse_id']['S']}"
        logger.error("a stock level cannot be read", level_name=name, wrong=repr(error))
        return None
