"""How changes of reservations are published: claimed with their events, sent, and settled; as those of products."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables, batch_get
from inventory.errors import TransientError
from inventory.items import to_reservation
from inventory.live.published import PublishedReservation
from inventory.live.published_store import PublishedStore
from inventory.live.reservations.decisions import announce, steps
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from inventory.reservations.refund_store import RefundStore

ATTEMPTS_MAX = 20  # against other publishers of the same reservation
PAYMENTS_MAX = 100  # of one reservation that bought nothing
# A row outlives its reservation: without it, a late record would announce everything once more.
KEPT_AFTER_RESERVATION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ReservationClaim:
    """A reservation's row after its events were claimed."""

    row: PublishedReservation
    is_all: bool  # the outbox had room for all of its events


@dataclass(frozen=True, slots=True)
class Reservations:
    """Publishes reservations, each by itself.

    Args:
        refunds: gives the payments that bought nothing; few reservations have any.
    """

    client: "DynamoDBClient"
    tables: Tables
    published: PublishedStore
    refunds: Callable[[], "RefundStore"]
    clock: Callable[[], datetime]

    def items(self, names: Collection[str]) -> dict[str, Item]:
        """The rows of reservations, strongly consistent, by their names."""
        items = batch_get(self.client, self.tables.reservations, [{"reservation_id": name} for name in names])
        return {item["reservation_id"]: item for item in items}

    def claim(self, row: PublishedReservation, item: Item) -> ReservationClaim:
        """Write what has happened to a reservation into its row; both as read, the row first.

        Raises:
            TransientError: others wrote the row in every attempt.
        """
        for _ in range(ATTEMPTS_MAX):
            reservation = to_reservation(item)
            refunds = (
                self.refunds().of_reservation(reservation.reservation_id, PAYMENTS_MAX)
                if reservation.has_refunds
                else []
            )
            changed = announce(row, reservation, refunds, self.clock()) or row
            changed = replace(changed, expire_at=_expire_at(item))
            is_all = next(steps(changed.announced, reservation, refunds), None) is None
            if changed == row:
                return ReservationClaim(row, is_all)
            row, is_mine = self.published.write(changed)
            if is_mine:
                return ReservationClaim(row, is_all)
            # Another publisher came first, and may have read a newer state.
            item = self.items([row.name]).get(row.name, item)
        raise TransientError("a reservation could not be announced, as others write its row")

    def settle(self, row: PublishedReservation, delivered: Collection[str]) -> None:
        """Remove delivered events from the outbox.

        Raises:
            TransientError: others wrote the row in every attempt.
        """
        for _ in range(ATTEMPTS_MAX):
            pending = tuple(event for event in row.pending if event.event_id not in delivered)
            if len(pending) == len(row.pending):
                return
            row, is_mine = self.published.write(replace(row, pending=pending))
            if is_mine:
                return
        raise TransientError("what was sent of a reservation could not be recorded, as others write its row")


def _expire_at(item: Item) -> int | None:
    """When the row may be deleted; never as long as its reservation has no end."""
    if "expire_at" not in item:
        return None
    return int(item["expire_at"]) + int(KEPT_AFTER_RESERVATION.total_seconds())
