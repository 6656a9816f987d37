"""The life of a reservation: reserve, pay, commit, release, and what a checkout may do in between.

Each use case may run twice, crash anywhere or race any other: the store's conditions decide, and the row that comes back
says what became true.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.aws.sns import LowStockAlert, Topics
from inventory.aws.task_tokens import Signals
from inventory.errors import AlreadyDecided, FieldError, InvalidReservation, ReservationConflict, TransientError
from inventory.model import (
    CustomerLimits,
    Intervention,
    RejectionReason,
    ReleaseReason,
    Reservation,
    Status,
    iso,
)
from inventory.observability import logger
from inventory.reservations.outbox import announce_payment, end_wait
from inventory.reservations.requests import PaymentResult, ReservationRequest
from inventory.reservations.store import HoldRefused, ReservationStore
from inventory.reservations.telemetry import record_outcome, record_surplus_payment_metrics
from inventory.stock.low_stock_alerts import Claimant, claim_alerts, send_low_stock_alerts
from inventory.stock.store import StockStore


@dataclass(frozen=True, slots=True)
class Payment:
    """A reservation after a payment was reported, and whether that payment bought it."""

    reservation: Reservation
    fulfilled: bool


def reserve(
    reservation_id: str,
    request: ReservationRequest,
    *,
    limits: CustomerLimits,
    reservations: ReservationStore,
    now: datetime,
    asked_at: datetime | None = None,
) -> Reservation:
    """Hold every line of a request, or reject it; the same id with the same content: the same answer.

    What is rejected names its shortages, or says that its customer would hold more than one may. The limit outweighs a
    shortage: beyond it nothing is held, however much there is.

    Args:
        asked_at: when the checkout began, to tell how long it waited for its decision.

    Raises:
        InvalidReservation: a line names stock that does not exist.
        ReservationConflict: the id was used before with other content.
    """
    wanted = request.held(reservation_id, now)
    found = reservations.hold(wanted, limits)
    if isinstance(found, HoldRefused):
        if found.unknown:
            raise InvalidReservation(
                [
                    FieldError(
                        f"lines[{request.index_of(key)}].product_id",
                        f"there is no stock level of {key.product_id} in warehouse {key.warehouse_id}",
                    )
                    for key in found.unknown
                ]
            )
        found = reservations.reject(
            wanted.rejected(reason=RejectionReason.HOLD_LIMIT_REACHED)
            if found.beyond_limit
            else wanted.rejected(found.shortages)
        )
    if not found.has_same_content_as(wanted):
        raise ReservationConflict(f"reservation {reservation_id} exists with other content")
    record_outcome(found, now, asked_at=asked_at)
    return found


def commit(
    reservation_id: str, *, reservations: ReservationStore, stock: StockStore, now: datetime
) -> tuple[Reservation, list[LowStockAlert]]:
    """Turn a paid reservation into a sale, and claim the alerts of the levels that became low by it.

    Raises:
        AlreadyDecided: the reservation is neither paid nor committed.
    """
    reservation = reservations.reservation(reservation_id)
    if reservation.status is Status.PAID:
        reservation = reservations.commit(reservation, now)
        record_outcome(reservation, now)
    if reservation.status is not Status.COMMITTED:
        raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}, not paid")
    return reservation, claim_alerts(reservation.keys(), Claimant.sale(reservation_id), stock=stock, now=now)


def release(
    reservation_id: str, reason: ReleaseReason, *, reservations: ReservationStore, now: datetime
) -> Reservation:
    """Give a hold's units back when the wait for its payment is over, unless it was decided meanwhile."""
    reservation = reservations.reservation(reservation_id)
    if reservation.status is not Status.HELD:
        return reservation  # a replay, a cancellation, or the payment won the race
    released = reservations.release(reservation, reason, now, forget_token=True)
    record_outcome(released, now)
    return released


def cancel(
    reservation_id: str,
    reason: ReleaseReason,
    *,
    reservations: ReservationStore,
    signals: Signals,
    now: datetime,
    intervention: Intervention | None = None,
) -> Reservation:
    """Give a hold's units back at once and end the wait; a reservation that was decided before stays as it is."""
    reservation = reservations.reservation(reservation_id)
    if reservation.status is Status.HELD:
        reservation = reservations.release(reservation, reason, now, forget_token=False, intervention=intervention)
        record_outcome(reservation, now)
        # The token may have been stored since the row was read; only the row that was written knows.
        reservation = reservation if reservation.task_token else reservations.reservation(reservation_id)
    if reservation.status is Status.RELEASED:
        reservation = end_wait(reservation, reservations=reservations, signals=signals)
    return reservation


def release_by_hand(
    reservation_id: str,
    intervention: Intervention,
    *,
    reservations: ReservationStore,
    signals: Signals,
    now: datetime,
) -> Reservation:
    """Cancel a reservation that stands in the way; who did so and why stays on its row.

    Raises:
        AlreadyDecided: it was decided otherwise before.
    """
    reservation = cancel(
        reservation_id,
        ReleaseReason.CANCELLED,
        reservations=reservations,
        signals=signals,
        now=now,
        intervention=intervention,
    )
    if (reservation.status, reservation.reason) != (Status.RELEASED, ReleaseReason.CANCELLED):
        raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}")
    return reservation


def extend(
    reservation_id: str,
    *,
    longest_hold_seconds: int,
    reservations: ReservationStore,
    signals: Signals,
    now: datetime,
) -> Reservation:
    """Start a hold anew, for as long as it was asked for, but never past the longest hold.

    Raises:
        AlreadyDecided: the reservation is not held any more.
    """
    reservation = reservations.reservation(reservation_id)
    longest = datetime.fromisoformat(reservation.created_at) + timedelta(seconds=longest_hold_seconds)
    held_until = iso(min(now + timedelta(seconds=reservation.hold_seconds), longest))
    if reservation.status is Status.HELD and reservation.held_until and held_until > reservation.held_until:
        reservation = reservations.extend(reservation, held_until)
    if reservation.status is not Status.HELD:
        raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}, not held")
    if reservation.task_token:  # without one the wait has not begun, and will begin with a whole hold
        match signals.extended(reservation.task_token):
            case "EXPIRED":
                raise AlreadyDecided(f"the hold of reservation {reservation_id} has run out")
            case "FAILED":
                raise TransientError(f"reservation {reservation_id} could not be extended: try again")
            case "DELIVERED":
                pass
    return reservation


def record_payment(
    reservation_id: str,
    payment: PaymentResult,
    *,
    reservations: ReservationStore,
    stock: StockStore,
    signals: Signals,
    topics: Topics,
    now: datetime,
) -> Payment:
    """Take note of what the payment provider said; money that buys nothing is recorded and announced, never dropped."""
    if payment.outcome == "SUCCEEDED" and payment.payment_reference:
        return _take_payment(
            reservation_id,
            payment.payment_reference,
            reservations=reservations,
            stock=stock,
            signals=signals,
            topics=topics,
            now=now,
        )
    if payment.retry:
        return Payment(reservations.reservation(reservation_id), fulfilled=False)
    declined = cancel(reservation_id, ReleaseReason.PAYMENT_FAILED, reservations=reservations, signals=signals, now=now)
    return Payment(declined, fulfilled=False)


def _take_payment(
    reservation_id: str,
    payment_reference: str,
    *,
    reservations: ReservationStore,
    stock: StockStore,
    signals: Signals,
    topics: Topics,
    now: datetime,
) -> Payment:
    reservation = reservations.pay(reservation_id, payment_reference)
    if reservation.status is Status.RELEASED:
        reservation = _buy_late(reservation, payment_reference, reservations=reservations, now=now)
    if reservation.rescued:  # its workflow is over: what follows a commit there follows here, also in a replay
        claimant = Claimant.sale(reservation_id).with_unique_token()
        send_low_stock_alerts(reservation.keys(), claimant, stock=stock, topics=topics, now=now)
    bought = reservation.status in (Status.PAID, Status.COMMITTED)
    if bought and reservation.payment_reference == payment_reference:
        if reservation.task_token and signals.paid(reservation.task_token) == "FAILED":
            _mark_due_now(reservation_id, reservations=reservations, now=now)
        return Payment(reservation, fulfilled=True)
    if reservation.payment_reference != payment_reference:
        reservation = reservations.record_surplus_payment(reservation, payment_reference, now)
        record_surplus_payment_metrics(reservation, payment_reference, now)
    if payment_reference in reservation.payments_to_announce:  # otherwise a replay: ops know
        told = announce_payment(reservation, payment_reference, reservations=reservations, topics=topics, now=now)
        if not told.payments_to_announce:
            end_wait(told, reservations=reservations, signals=signals)
    return Payment(reservation, fulfilled=False)


def _mark_due_now(reservation_id: str, *, reservations: ReservationStore, now: datetime) -> None:
    try:
        reservations.mark_due_now(reservation_id, now)
    except TransientError:
        logger.warning("a paid reservation will be committed at the end of its hold only")


def _buy_late(
    reservation: Reservation, payment_reference: str, *, reservations: ReservationStore, now: datetime
) -> Reservation:
    """What ran out is bought once more if everything is available; what was declined or cancelled is not."""
    if reservation.reason is ReleaseReason.EXPIRED:
        reservation = reservations.rescue(reservation, payment_reference, now)
    if reservation.status is Status.RELEASED:
        reservation = reservations.mark_unfulfilled(reservation, payment_reference, now)
    record_outcome(reservation, now)
    return reservation
