"""What the reconciliation has to see to, as DynamoDB lists it: the longest due first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from inventory.aws.dynamodb import (
    BATCH_GET_MAX,
    Item,
    Tables,
    batch_get,
    conditional_update,
    to_attributes,
    to_item,
    with_retries,
)
from inventory.items import ACTIVE, PENDING_NOTIFICATION
from inventory.model import iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that have one value under `key`, by the time from which something is due."""

    index: str
    key: str
    value: str
    time: str

    def is_due(self, row: Item, before: datetime) -> bool:
        """Whether a row is still what its index has said."""
        due_at: str | None = row.get(self.time)
        return row.get(self.key) == self.value and due_at is not None and due_at <= iso(before)


# Reservations that should be decided by now.
UNDECIDED = Queue("by_phase", "phase", ACTIVE, "phase_at")
# Reservations of which somebody should have been told by now.
UNNOTIFIED = Queue("by_pending_notification", "pending_notification", PENDING_NOTIFICATION, "notify_since")


class DueStore:
    """Rows and not reservations: one that cannot be read must not stand in the way of the others."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def due(self, queue: Queue, before: datetime) -> Iterator[list[Item]]:
        """Rows that were due by then, strongly consistent, the longest due first, up to 100 at a time."""
        listed = self._listed(queue, before)
        while keys := list(islice(listed, BATCH_GET_MAX)):
            rows = batch_get(self._client, self._tables.reservations, keys)
            yield [row for row in rows if queue.is_due(row, before)]

    def defer(self, queue: Queue, row: Item, until: datetime) -> None:
        """Let a row that could not be seen to be due later, behind whatever else is due."""
        as_it_was_seen = f"{queue.time} = :seen"  # an extension or a decision has put it off already
        conditional_update(
            self._client,
            self._tables.reservations,
            {"reservation_id": row["reservation_id"]},
            f"SET {queue.time} = :until",
            condition=as_it_was_seen,
            values={":seen": row[queue.time], ":until": iso(until)},
        )

    def _listed(self, queue: Queue, before: datetime) -> Iterator[dict[str, str]]:
        """Keys from an index, which may lag behind by a moment."""
        request: Any = {
            "TableName": self._tables.reservations,
            "IndexName": queue.index,
            "KeyConditionExpression": f"{queue.key} = :value AND {queue.time} <= :before",
            "ExpressionAttributeValues": to_attributes({":value": queue.value, ":before": iso(before)}),
        }
        while True:
            answer = with_retries(lambda: self._client.query(**request))
            for item in map(to_item, answer["Items"]):
                yield {"reservation_id": item["reservation_id"]}
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
