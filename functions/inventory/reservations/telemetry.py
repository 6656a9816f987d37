"""What is told of a decision by the run that made it: one line in the log, and its metrics.

A row carries the moment of its decision, and a run decides everything at its own. So a run that finds a row decided, in a
replay or after a race, tells nothing; one whose write was answered only at the second try tells what it did all the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from inventory.model import Reservation, Status, iso, utc_now
from inventory.observability import logger, measure

OUTCOMES = {
    Status.HELD: "Holds",
    Status.REJECTED: "Rejections",
    Status.COMMITTED: "Commits",
    Status.RELEASED: "Releases",
    Status.UNFULFILLED: "PaymentsUnfulfilled",
}


def record_outcome(reservation: Reservation, now: datetime, *, asked_at: datetime | None = None) -> None:
    """Log and count what became of a reservation, unless another run made it so.

    Args:
        now: the moment at which this run decides.
        asked_at: when the checkout began, if this is the first decision on it.
    """
    moment = reservation.decided_at if reservation.is_decided else reservation.created_at
    if moment != iso(now) or reservation.status not in OUTCOMES:
        return
    reason = _reason(reservation)
    logger.info(
        "decided",
        reservation_id=reservation.reservation_id,
        order_id=reservation.order_id,
        status=reservation.status,
        reason=reason,
        rescued=reservation.rescued,
        product_ids=sorted({line.product_id for line in reservation.lines}),
    )
    took = {"TimeToDecide": (utc_now() - asked_at) / timedelta(milliseconds=1)} if asked_at else None
    measure(dict(_counts(reservation)), milliseconds=took, by={"reason": reason} if reason else None)


def record_surplus_payment_metrics(reservation: Reservation, payment_reference: str, now: datetime) -> None:
    """Log and count a payment that buys nothing though its reservation stays as it is, unless another run noted it."""
    if reservation.notify_since == iso(now):
        logger.info("a payment buys nothing", status=reservation.status, payment_reference=payment_reference)
        measure({"PaymentsUnfulfilled": 1})


def _counts(reservation: Reservation) -> Iterator[tuple[str, int]]:
    yield OUTCOMES[reservation.status], 1
    if reservation.rescued:
        yield "PaymentsRescued", 1


def _reason(reservation: Reservation) -> str | None:
    """Why nothing was sold; none where something was, or can still be."""
    match reservation.status:
        case Status.REJECTED:
            return str(reservation.reason or "INSUFFICIENT_STOCK")
        case Status.RELEASED:
            return str(reservation.reason)
        case _:
            return None
