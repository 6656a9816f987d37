"""Payments: what the payment provider answered decides what a reservation becomes.

A payment is written to the reservation first, and signalled to the execution afterwards. Money that buys nothing is
recorded and announced to operations, never dropped.
"""

from dataclasses import replace
from datetime import datetime

from inventory.aws.task_tokens import Signals
from inventory.errors import ReservationNotFound, ReservationUnreadable
from inventory.model import Line, Refund, ReleaseReason, Reservation, Status, iso
from inventory.reservations.lifecycle import Reservations
from inventory.reservations.outbox import Outbox
from inventory.reservations.payment_result import Money, PaymentResult
from inventory.reservations.refund_store import RefundStore
from inventory.reservations.store import ReservationStore
from inventory.reservations.telemetry import record_outcome, record_surplus_payment_metrics
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts
from inventory.stock.shards.settled import in_shards_with_enough
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A reservation after a payment was recorded, and whether that payment bought it."""

    reservation: Reservation
    fulfilled: bool


@dataclass(frozen=True, slots=True)
class Payments:
    """The use case of a payment."""

    store: ReservationStore
    refunds: RefundStore
    reservations: Reservations
    alerts: LowStockAlerts
    signals: Signals
    outbox: Outbox

    def record(self, reservation_id: str, payment: PaymentResult, now: datetime) -> RecordedPayment:
        """Record what the payment provider answered.

        Raises:
            ReservationNotFound: there is no such reservation; a successful payment is recorded, to be returned.
            ReservationUnreadable: another tool wrote it in another form; a successful payment is recorded, too.
            TransientError: the payment is recorded, but what follows from it could not be arranged; repeat the call.
        """
        money = payment.money()
        if money:
            return self._record_success(reservation_id, money, now)
        if payment.retry:  # the shopper tries another card, so the hold stays
            return RecordedPayment(self.store.get(reservation_id), fulfilled=False)
        declined = self.reservations.cancel(reservation_id, ReleaseReason.PAYMENT_FAILED, now)
        return RecordedPayment(declined, fulfilled=False)

    def _record_success(self, reservation_id: str, money: Money, now: datetime) -> RecordedPayment:
        try:
            reservation = self._buy(reservation_id, money, now)
            if not reservation.is_bought_by(money.payment_reference):
                return RecordedPayment(self._record_refund(reservation, money, now), fulfilled=False)
        except (ReservationNotFound, ReservationUnreadable):
            # Of an unreadable one it is not known what was paid; the list of refunds asks again when it can be read.
            self._report_refund(_refund_of_unknown(reservation_id, money, now), now)
            raise
        self._resume_workflow(reservation, now)
        return RecordedPayment(reservation, fulfilled=True)

    def _buy(self, reservation_id: str, money: Money, now: datetime) -> Reservation:
        """Buy what is held; a payment after the release buys what is available, or is recorded as unfulfilled."""
        reservation = self.store.mark_paid(reservation_id, money.payment_reference)
        if reservation.status is Status.RELEASED:
            reservation = self._rescue_or_mark_unfulfilled(reservation, money, now)
        if reservation.rescued:  # its workflow is over, so what follows a commit there follows here, also in a replay
            claimant = Claimant.sale(reservation.reservation_id).with_unique_token()
            self.alerts.claim_and_send(reservation.keys(), claimant, now)
        return reservation

    def _rescue_or_mark_unfulfilled(self, reservation: Reservation, money: Money, now: datetime) -> Reservation:
        """An expired hold is rescued if all its lines are still available; a declined or cancelled one is not."""
        if reservation.reason is ReleaseReason.EXPIRED:
            reservation = self.store.rescue(reservation, money.payment_reference, now, self._in_other_shards)
        if reservation.status is Status.RELEASED:
            refund = _refund(replace(reservation, status=Status.UNFULFILLED), money, now)
            reservation = self.store.mark_unfulfilled(reservation, refund, now)
        record_outcome(reservation, now)
        return reservation

    def _in_other_shards(self, reservation: Reservation) -> tuple[Line, ...] | None:
        """The lines of an expired hold in whichever shards of its levels have them; None if they do not."""
        return in_shards_with_enough(reservation.lines, lambda: self.alerts.stock.holdable_at(reservation.keys()))

    def _resume_workflow(self, reservation: Reservation, now: datetime) -> None:
        """Let the waiting execution commit; if it does not get the signal, the reconciliation commits soon.

        Without a token, or with one that has expired, the execution may be about to commit, or somebody has stopped it.

        Raises:
            TransientError: neither could be arranged. The payment is recorded, and the repeated call arranges it.
        """
        if reservation.task_token and self.signals.paid(reservation.task_token) == "DELIVERED":
            return
        if reservation.status is Status.PAID:
            self.store.mark_due_now(reservation.reservation_id, now)

    def _record_refund(self, reservation: Reservation, money: Money, now: datetime) -> Reservation:
        """Record a payment that bought nothing, and notify operations that the money must be returned."""
        refund = _refund(reservation, money, now)
        is_surplus = reservation.payment_reference != money.payment_reference
        if is_surplus:
            reservation = self.store.record_surplus_payment(reservation, refund)
        self._report_refund(refund, now, is_surplus=is_surplus)
        return reservation

    def _report_refund(self, refund: Refund, now: datetime, *, is_surplus: bool = True) -> None:
        stored = self.refunds.add(refund)  # a replay finds the first one, and what was announced of it
        if is_surplus:  # otherwise it is counted as its reservation's outcome
            record_surplus_payment_metrics(stored, now)
        self.outbox.announce_refund(stored, now)


def _refund(reservation: Reservation, money: Money, now: datetime) -> Refund:
    """A payment to return. The first edition kept it in the reservation's row, which still says if it was announced."""
    return Refund(
        reservation_id=reservation.reservation_id,
        payment_reference=money.payment_reference,
        since=iso(now),
        reservation_status=reservation.status,
        order_id=reservation.order_id,
        amount=money.amount,
        currency=money.currency,
        is_announced=money.payment_reference in reservation.payments_announced,
    )


def _refund_of_unknown(reservation_id: str, money: Money, now: datetime) -> Refund:
    """A payment for a reservation that was deleted, or never was."""
    return Refund(
        reservation_id=reservation_id,
        payment_reference=money.payment_reference,
        since=iso(now),
        amount=money.amount,
        currency=money.currency,
    )
