"""The reservations that the reconciliation must process, as DynamoDB lists them: the longest due first."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from inventory.aws.changes import Change, Condition, Item, to_attributes
from inventory.aws.dynamodb import BATCH_GET_MAX, Tables, batch_get, conditional_update, items_of
from inventory.index_partitions import ACTIVE, PENDING, index_partitions
from inventory.items import parse_or_none, to_holdings, to_reservation
from inventory.model import LevelKey, Reservation, iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Queue:
    """The reservations in some partitions of an index, by the time from which something is due.

    `partitions` are the values of the attribute `key`.
    """

    index: str
    key: str
    partitions: tuple[str, ...]
    time: str


# Reservations that should be decided by now.
UNDECIDED = Queue("by_phase", "phase", index_partitions(ACTIVE), "phase_at")
# Decisions whose notifications should be sent by now.
UNNOTIFIED = Queue("by_pending_notification", "pending_notification", index_partitions(PENDING), "notify_since")


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

    def due(self, queue: Queue, before: datetime, at_a_time: int = BATCH_GET_MAX) -> Iterator[list[DueReservation]]:
        """Reservations that were due by then, strongly consistent, the longest due first, up to so many at a time."""
        listed = self._listed(queue, before)
        while names := list(islice(listed, at_a_time)):
            # An item that moved meanwhile may be listed twice, and a batch takes each key once.
            keys = [{"reservation_id": name} for name in dict.fromkeys(names)]
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

    def _listed(self, queue: Queue, before: datetime) -> Iterator[str]:
        """Names from all partitions of an index, which may be late by a moment."""
        partitions = (self._listed_in(partition, queue, before) for partition in queue.partitions)
        for item in heapq.merge(*partitions, key=lambda item: item[queue.time]):
            yield item["reservation_id"]

    def _listed_in(self, partition: str, queue: Queue, before: datetime) -> Iterator[Item]:
        """Keys of one partition, read in pages that are small: of each one at least is read, whatever the others have."""
        request = {
            "TableName": self._tables.reservations,
            "IndexName": queue.index,
            "KeyConditionExpression": f"{queue.key} = :partition AND {queue.time} <= :before",
            "ExpressionAttributeValues": to_attributes({":partition": partition, ":before": iso(before)}),
            "Limit": BATCH_GET_MAX,
        }
        yield from items_of(self._client.query, request)


def _is_due(item: Item, queue: Queue, before: datetime) -> bool:
    """Whether an item is still as its index says."""
    due_at = item.get(queue.time)
    return item.get(queue.key) in queue.partitions and isinstance(due_at, str) and due_at <= iso(before)
