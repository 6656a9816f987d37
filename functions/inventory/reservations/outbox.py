"""The outbox of a decision: notifications to the waiting execution, and to operations of payments to return.

The write that decides also stores the pending notification: of an execution on its reservation, of a payment to return
on the payment's own row. So after a crash the scheduled reconciliation finds it and sends it: each is sent at least once.
"""

from datetime import datetime

from inventory.aws.sns import Announcement, Topics
from inventory.aws.task_tokens import SignalResult, Signals
from inventory.errors import TransientError
from inventory.model import Refund, ReleaseReason, Reservation, iso
from inventory.observability import logger
from inventory.reservations.refund_store import RefundStore
from inventory.reservations.store import ReservationStore
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends what is pending, and records that it was sent."""

    store: ReservationStore
    signals: Signals
    topics: Topics
    refunds: RefundStore

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

    def announce_refund(self, refund: Refund, now: datetime) -> None:
        """Notify operations of a payment to return, unless they were notified before.

        Raises:
            TransientError: SNS did not accept the message; it stays pending.
        """
        if refund.is_announced:
            return
        if not self.topics.announce_to_operations(_payment_to_return(refund, now)):
            raise TransientError(
                f"the payment {refund.payment_reference} is recorded as unfulfilled, but operations could not be"
                " notified: try again"
            )
        self.refunds.mark_announced(refund)

    def _signal(self, reservation: Reservation, task_token: str) -> SignalResult:
        if isinstance(reservation.reason, ReleaseReason):
            return self.signals.released(task_token, reservation.reason)
        return self.signals.paid(task_token)


def _payment_to_return(refund: Refund, now: datetime) -> Announcement:
    """The message about a payment that bought nothing; `status` is null if its reservation does not exist."""
    return Announcement.of(
        f"Payment to return: {refund.reservation_id}",
        {
            "type": "PAYMENT_UNFULFILLED",
            "reservation_id": refund.reservation_id,
            "order_id": refund.order_id,
            "payment_reference": refund.payment_reference,
            "status": refund.reservation_status,
            "at": iso(now),
        },
        {"type": "PAYMENT_UNFULFILLED"},
    )
