"""Who has to be told of a decision: the execution that still waits, and ops of payments to return.

Both are owed on the reservation's row until they are told, from the very write that decided: whoever is stopped in
between leaves a debt that the scheduled reconciliation pays.
"""

from datetime import datetime

from inventory.aws.sns import Announcement, Topics
from inventory.aws.task_tokens import SignalResult, Signals
from inventory.errors import TransientError
from inventory.model import ReleaseReason, Reservation, Status, iso
from inventory.observability import logger
from inventory.reservations.store import ReservationStore


def end_wait(reservation: Reservation, *, reservations: ReservationStore, signals: Signals) -> Reservation:
    """Tell the execution what was decided, if it waits, and note that nobody has to be told any more.

    Returns:
        The reservation as it stands afterwards: it still owes a signal that was lost.
    """
    if not reservation.notify_since:
        return reservation  # another run has told them meanwhile
    waits = reservation.is_decided and reservation.task_token
    if waits and _signal(reservation, waits, signals) == "FAILED":
        return reservation
    try:
        return reservations.clear_outbox(reservation)
    except TransientError:
        logger.warning("a message that was sent could not be noted; it will be sent again")
        return reservation


def announce_payment(
    reservation: Reservation,
    payment_reference: str,
    *,
    reservations: ReservationStore,
    topics: Topics,
    now: datetime,
) -> Reservation:
    """Tell ops of a payment to return, at least once.

    Returns:
        The reservation as it stands afterwards.

    Raises:
        Busy: they could not be told; it stays owed.
    """
    announcement = Announcement.of(
        f"Payment to return: {reservation.reservation_id}",
        {
            "type": "PAYMENT_UNFULFILLED",
            "reservation_id": reservation.reservation_id,
            "order_id": reservation.order_id,
            "payment_reference": payment_reference,
            "status": reservation.status,
            "at": iso(now),
        },
        {"type": "PAYMENT_UNFULFILLED"},
    )
    if not topics.announce_to_operations(announcement):
        raise TransientError(
            f"the payment {payment_reference} is recorded as unfulfilled, but ops could not be told: try again"
        )
    return reservations.payment_announced(reservation.reservation_id, payment_reference)


def _signal(reservation: Reservation, task_token: str, signals: Signals) -> SignalResult:
    if reservation.status is Status.COMMITTED or not isinstance(reservation.reason, ReleaseReason):
        return signals.paid(task_token)
    return signals.released(task_token, reservation.reason)
