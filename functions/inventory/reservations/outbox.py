"""The outbox of a decision: notifications to the waiting execution, and to operations of payments to return.

The write that decides also stores the pending notification on the reservation. So after a crash the scheduled
reconciliation finds it and sends it: each is sent at least once.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory.aws.sns import Announcement, Topics
from inventory.aws.task_tokens import SignalResult, Signals
from inventory.errors import TransientError
from inventory.model import ReleaseReason, Reservation, Status, iso
from inventory.observability import logger
from inventory.reservations.store import ReservationStore


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends what is pending of a reservation, and records that it was sent."""

    store: ReservationStore
    signals: Signals
    topics: Topics

    def end_wait(self, reservation: Reservation) -> Reservation:
        """Signal a decision to its execution if that still waits, and clear the outbox.

        Returns:
            The reservation afterwards: still pending if the signal failed.
        """
        if not reservation.notify_since:
            return reservation  # another run has sent it meanwhile
        waits = reservation.is_decided and reservation.task_token
        if waits and self._signal(reservation, waits) == "FAILED":
            return reservation
        try:
            return self.store.clear_outbox(reservation)
        except TransientError:
            logger.warning("a sent notification could not be recorded; it will be sent again")
            return reservation

    def announce_payment(self, reservation: Reservation, payment_reference: str, now: datetime) -> Reservation:
        """Notify operations of a payment to return.

        Returns:
            The reservation afterwards.

        Raises:
            TransientError: SNS did not accept the message; it stays pending.
        """
        announcement = _payment_to_return(
            reservation.reservation_id, payment_reference, now, order_id=reservation.order_id, status=reservation.status
        )
        if not self.topics.announce_to_operations(announcement):
            raise TransientError(
                f"the payment {payment_reference} is recorded as unfulfilled, but operations could not be notified:"
                " try again"
            )
        return self.store.mark_announced(reservation.reservation_id, payment_reference)

    def announce_unknown_payment(self, reservation_id: str, payment_reference: str, now: datetime) -> None:
        """Notify operations of a payment for a reservation that does not exist: it was deleted, or its id is wrong.

        No row can keep the notification, so each repeated call sends it again.

        Raises:
            TransientError: SNS did not accept the message, so the caller must repeat the call.
        """
        if not self.topics.announce_to_operations(_payment_to_return(reservation_id, payment_reference, now)):
            raise TransientError(
                f"there is no reservation {reservation_id}, and operations could not be notified of the payment"
                f" {payment_reference}: try again"
            )

    def _signal(self, reservation: Reservation, task_token: str) -> SignalResult:
        if reservation.status is Status.COMMITTED or not isinstance(reservation.reason, ReleaseReason):
            return self.signals.paid(task_token)
        return self.signals.released(task_token, reservation.reason)


def _payment_to_return(
    reservation_id: str,
    payment_reference: str,
    now: datetime,
    *,
    order_id: str | None = None,
    status: Status | None = None,
) -> Announcement:
    """The message about a payment that bought nothing; `status` is None if its reservation does not exist."""
    return Announcement.of(
        f"Payment to return: {reservation_id}",
        {
            "type": "PAYMENT_UNFULFILLED",
            "reservation_id": reservation_id,
            "order_id": order_id,
            "payment_reference": payment_reference,
            "status": status,
            "at": iso(now),
        },
        {"type": "PAYMENT_UNFULFILLED"},
    )
