"""The log line and the metrics of a decision, written by the run that made it.

An item carries the time of its decision, and each run decides at a time of its own. So a run that finds a reservation
decided, in a replay or after a race, records nothing; a run whose write succeeded at the second attempt records it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from inventory.model import Refund, Reservation, Status, iso, utc_now
from inventory.observability import logger, measure

METRIC_NAMES = {
    Status.HELD: "Holds",
    Status.REJECTED: "Rejections",
    Status.COMMITTED: "Commits",
    Status.RELEASED: "Releases",
    Status.UNFULFILLED: "PaymentsUnfulfilled",
}


def record_outcome(reservation: Reservation, now: datetime, *, asked_at: datetime | None = None) -> None:
    """Log and count the outcome of a reservation, unless another run decided it.

    Args:
        now: the time at which this run decides.
        asked_at: when the checkout began, for the first decision of a reservation.
    """
    decided_at = reservation.decided_at if reservation.is_decided else reservation.created_at
    if decided_at != iso(now) or reservation.status not in METRIC_NAMES:
        return
    reason = _reason(reservation)
    logger.info(
        "decided",
        reservation_id=reservation.reservation_id,
        execution_name=reservation.execution_name,
        order_id=reservation.order_id,
        status=reservation.status,
        reason=reason,
        rescued=reservation.rescued,
        in_part=reservation.is_in_part,
        product_ids=sorted({line.product_id for line in reservation.lines}),
    )
    took = {"TimeToDecide": (utc_now() - asked_at) / timedelta(milliseconds=1)} if asked_at else None
    measure(dict(_counts(reservation)), milliseconds=took, by={"reason": reason} if reason else None)


def record_surplus_payment_metrics(refund: Refund, now: datetime) -> None:
    """Log and count a payment that buys nothing and changes nothing, unless another run recorded it."""
    if refund.since == iso(now):
        logger.info(
            "a payment buys nothing", status=refund.reservation_status, payment_reference=refund.payment_reference
        )
        measure({"PaymentsUnfulfilled": 1})


def _counts(reservation: Reservation) -> Iterator[tuple[str, int]]:
    yield METRIC_NAMES[reservation.status], 1
    if reservation.status is Status.HELD and reservation.is_in_part:
        yield "HoldsInPart", 1
    if reservation.rescued:
        yield "PaymentsRescued", 1


def _reason(reservation: Reservation) -> str | None:
    """Why nothing was sold; None if something was sold or still can be."""
    match reservation.status:
        case Status.REJECTED:
            return str(reservation.reason or "INSUFFICIENT_STOCK")
        case Status.RELEASED:
            return str(reservation.reason)
        case _:
            return None
