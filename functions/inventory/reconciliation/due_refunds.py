"""The payments to return of which operations must still be notified: the longest pending first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from inventory.aws.changes import Change, Condition, Item, to_attributes
from inventory.aws.dynamodb import BATCH_GET_MAX, Tables, batch_get, conditional_update, items_of
from inventory.index_partitions import PENDING
from inventory.items import refund_key, to_refund
from inventory.model import Refund, iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DueRefund:
    """A refund that is due. It is parsed only when it is processed: one bad item must not stop the others."""

    key: dict[str, str]
    due_at: str
    _item: Item

    def parse(self) -> Refund:
        """The refund; any error is the item's."""
        return to_refund(self._item)


class DueRefunds:
    """Lists the refunds whose announcement is pending, and defers those that could not be announced."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.refunds

    def due(self, before: datetime) -> Iterator[list[DueRefund]]:
        """Refunds that were due by then, strongly consistent, the longest due first, up to 100 at a time."""
        listed = self._listed(before)
        while keys := list(islice(listed, BATCH_GET_MAX)):
            items = batch_get(self._client, self._table, keys)
            yield [DueRefund(_key(item), item["notify_since"], item) for item in items if _is_due(item, before)]

    def defer(self, due: DueRefund, until: datetime) -> None:
        """Let a refund that could not be announced be due later, after everything else that is due."""
        as_read = Condition("notify_since = :due_at", {"due_at": due.due_at})
        conditional_update(self._client, self._table, due.key, Change(set={"notify_since": iso(until)}), as_read)

    def _listed(self, before: datetime) -> Iterator[dict[str, str]]:
        """Keys from an index, which may be late by a moment."""
        request = {
            "TableName": self._table,
            "IndexName": "by_pending_notification",
            "KeyConditionExpression": "pending_notification = :pending AND notify_since <= :before",
            "ExpressionAttributeValues": to_attributes({":pending": PENDING, ":before": iso(before)}),
        }
        for item in items_of(self._client.query, request):
            yield _key(item)


def _is_due(item: Item, before: datetime) -> bool:
    """Whether an item is still as its index says."""
    due_at = item.get("notify_since")
    return item.get("pending_notification") == PENDING and isinstance(due_at, str) and due_at <= iso(before)


def _key(item: Item) -> dict[str, str]:
    return refund_key(item["reservation_id"], item["payment_reference"])
