"""Payments: what the payment provider answered decides what a reservation becomes.

A payment is written to the reservation first, and signalled to the execution afterwards. Money that buys nothing is
recorded and announced to operations, never dropped.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory.aws.task_tokens import Signals
from inventory.errors import ReservationNotFound, TransientError
from inventory.model import ReleaseReason, Reservation, Status
from inventory.observability import logger
from inventory.reservations.lifecycle import Reservations
from inventory.reservations.outbox import Outbox
from inventory.reservations.requests import PaymentResult
from inventory.reservations.store import ReservationStore
from inventory.reservations.telemetry import record_outcome, record_surplus_payment_metrics
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A reservation after a payment was recorded, and whether that payment bought it."""

    reservation: Reservation
    fulfilled: bool


@dataclass(frozen=True, slots=True)
class Payments:
    """The use case of a payment."""

    store: ReservationStore
    reservations: Reservations
    alerts: LowStockAlerts
    signals: Signals
    outbox: Outbox

    def record(self, reservation_id: str, payment: PaymentResult, now: datetime) -> RecordedPayment:
        """Record what the payment provider answered.

        Raises:
            ReservationNotFound: there is no such reservation; operations are notified of a successful payment.
            TransientError: operations could not be notified of a payment to return.
        """
        if payment.outcome == "SUCCEEDED" and payment.payment_reference:
            return self._record_success(reservation_id, payment.payment_reference, now)
        if payment.retry:  # the shopper tries another card, so the hold stays
            return RecordedPayment(self.store.get(reservation_id), fulfilled=False)
        declined = self.reservations.cancel(reservation_id, ReleaseReason.PAYMENT_FAILED, now)
        return RecordedPayment(declined, fulfilled=False)

    def _record_success(self, reservation_id: str, payment_reference: str, now: datetime) -> RecordedPayment:
        try:
            reservation = self._buy(reservation_id, payment_reference, now)
        except ReservationNotFound:
            self.outbox.announce_unknown_payment(reservation_id, payment_reference, now)
            raise
        if reservation.is_bought_by(payment_reference):
            self._resume_workflow(reservation, now)
            return RecordedPayment(reservation, fulfilled=True)
        return RecordedPayment(self._report_refund(reservation, payment_reference, now), fulfilled=False)

    def _buy(self, reservation_id: str, payment_reference: str, now: datetime) -> Reservation:
        """Buy what is held; a payment after the release buys what is available, or is recorded as unfulfilled."""
        reservation = self.store.mark_paid(reservation_id, payment_reference)
        if reservation.status is Status.RELEASED:
            reservation = self._rescue_or_mark_unfulfilled(reservation, payment_reference, now)
        if reservation.rescued:  # its workflow is over, so what follows a commit there follows here, also in a replay
            claimant = Claimant.sale(reservation.reservation_id).with_unique_token()
            self.alerts.claim_and_send(reservation.keys(), claimant, now)
        return reservation

    def _rescue_or_mark_unfulfilled(
        self, reservation: Reservation, payment_reference: str, now: datetime
    ) -> Reservation:
        """An expired hold is rescued if all its lines are still available; a declined or cancelled one is not."""
        if reservation.reason is ReleaseReason.EXPIRED:
            reservation = self.store.rescue(reservation, payment_reference, now)
        if reservation.status is Status.RELEASED:
            reservation = self.store.mark_unfulfilled(reservation, payment_reference, now)
        record_outcome(reservation, now)
        return reservation

    def _resume_workflow(self, reservation: Reservation, now: datetime) -> None:
        """Let the waiting execution commit; if it does not get the signal, the reconciliation commits soon.

        Without a token, or with one that has expired, the execution may be about to commit, or somebody has stopped it.
        """
        if reservation.task_token and self.signals.paid(reservation.task_token) == "DELIVERED":
            return
        if reservation.status is Status.PAID:
            try:
                self.store.mark_due_now(reservation.reservation_id, now)
            except TransientError:
                logger.warning("a paid reservation will be committed only at the end of its hold")

    def _report_refund(self, reservation: Reservation, payment_reference: str, now: datetime) -> Reservation:
        """Record a payment that bought nothing, and notify operations that the money must be returned."""
        if reservation.payment_reference != payment_reference:
            reservation = self.store.record_surplus_payment(reservation, payment_reference, now)
            record_surplus_payment_metrics(reservation, payment_reference, now)
        if payment_reference in reservation.payments_to_announce:  # otherwise a replay: operations know
            announced = self.outbox.announce_payment(reservation, payment_reference, now)
            if not announced.payments_to_announce:
                self.outbox.end_wait(announced)
        return reservation
