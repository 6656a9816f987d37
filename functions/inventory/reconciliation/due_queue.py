"""The reservations that the reconciliation must process, as DynamoDB lists them: the longest due first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from inventory.aws.changes import Change, Condition, Item, to_attributes
from inventory.aws.dynamodb import BATCH_GET_MAX, Tables, batch_get, conditional_update, items_of
from inventory.items import ACTIVE, PENDING, parse_or_none, to_holdings, to_reservation
from inventory.model import LevelKey, Reservation, iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Queue:
    """The reservations with one value of the attribute `key`, by the time from which something is due."""

    index: str
    key: str
    value: str
    time: str


# Reservations that should be decided by now.
UNDECIDED = Queue("by_phase", "phase", ACTIVE, "phase_at")
# Decisions whose notifications should be sent by now.
UNNOTIFIED = Queue("by_pending_notification", "pending_notification", PENDING, "notify_since")


@dataclass(frozen=True, slots=True)
class DueReservation:
    """A reservation that is due. It is parsed only when it is processed: one bad item must not stop the others."""

    reservation_id: str
    due_at: str
    first_level: LevelKey | None  # of which it holds units; None if its lines cannot be read
    _item: Item

    @classmethod
    def of(cls, item: Item, queue: Queue) -> "DueReservation":
        """A due reservation from its item."""
        holdings = parse_or_none(to_holdings, item)
        return cls(item["reservation_id"], item[queue.time], holdings[0].key if holdings else None, item)

    def parse(self) -> Reservation:
        """The reservation; any error is the item's."""
        return to_reservation(self._item)


class DueQueue:
    """Lists what is due, and defers what could not be processed."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def due(self, queue: Queue, before: datetime) -> Iterator[list[DueReservation]]:
        """Reservations that were due by then, strongly consistent, the longest due first, up to 100 at a time."""
        listed = self._listed(queue, before)
        while keys := list(islice(listed, BATCH_GET_MAX)):
            items = batch_get(self._client, self._tables.reservations, keys)
            yield [DueReservation.of(item, queue) for item in items if _is_due(item, queue, before)]

    def defer(self, queue: Queue, due: DueReservation, until: datetime) -> None:
        """Let a reservation that could not be processed be due later, after everything else that is due."""
        # After an extension or a decision it is due at another time already.
        as_read = Condition(f"{queue.time} = :due_at", {"due_at": due.due_at})
        conditional_update(
            self._client,
            self._tables.reservations,
            {"reservation_id": due.reservation_id},
            Change(set={queue.time: iso(until)}),
            as_read,
        )

    def _listed(self, queue: Queue, before: datetime) -> Iterator[dict[str, str]]:
        """Keys from an index, which may be late by a moment."""
        request = {
            "TableName": self._tables.reservations,
            "IndexName": queue.index,
            "KeyConditionExpression": f"{queue.key} = :value AND {queue.time} <= :before",
            "ExpressionAttributeValues": to_attributes({":value": queue.value, ":before": iso(before)}),
        }
        for item in items_of(self._client.query, request):
            yield {"reservation_id": item["reservation_id"]}


def _is_due(item: Item, queue: Queue, before: datetime) -> bool:
    """Whether an item is still as its index says."""
    due_at = item.get(queue.time)
    return item.get(queue.key) == queue.value and isinstance(due_at, str) and due_at <= iso(before)
