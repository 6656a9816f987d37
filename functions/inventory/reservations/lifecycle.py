"""The life of a reservation: reserve, commit, release, and what a checkout may do in between.

Each use case may run twice, crash anywhere or race any other one: the store's conditions decide, and the reservation that
the store returns is the truth.
"""

from datetime import datetime, timedelta

from inventory.aws.sns import LowStockAlert
from inventory.aws.task_tokens import Signals
from inventory.errors import (
    AlreadyDecided,
    InvalidReservation,
    ReservationConflict,
    ReservationNotFound,
    TransientError,
)
from inventory.model import (
    Intervention,
    ReleaseReason,
    Reservation,
    Status,
    iso,
)
from inventory.reservations.outbox import Outbox
from inventory.reservations.placement import Placement
from inventory.reservations.reservation_request import HoldPolicy, ReservationRequest
from inventory.reservations.store import Release, ReservationStore
from inventory.reservations.telemetry import record_outcome
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Reservations:
    """The use cases of a reservation, except payments."""

    store: ReservationStore
    placement: Placement
    alerts: LowStockAlerts
    signals: Signals
    outbox: Outbox
    longest_hold_seconds: int

    def reserve(
        self,
        reservation_id: str,
        request: ReservationRequest,
        policy: HoldPolicy,
        now: datetime,
        *,
        asked_at: datetime | None = None,
    ) -> Reservation:
        """Hold every line of a request, wherever it is placed, or reject it; hold what there is, if it accepts a part.

        The same id with the same content returns the same reservation.
        A rejected one names its shortages, or says that its customer would hold more than one customer may. The limit
        is checked first: beyond it nothing is held, even if enough is available.

        Args:
            asked_at: when the checkout began, for the metric of the time to decide.

        Raises:
            InvalidReservation: the policy does not allow it, or a line names stock that does not exist, or the lines would
                be taken from too many levels.
            ReservationConflict: the id was used before with other content.
            TransientError: other checkouts took what was found, again and again.
        """
        try:
            request.raise_if_against(policy)
        except InvalidReservation:
            # A repeated step: the first attempt held it, and then the shop's settings changed.
            held_before = self._find(reservation_id)
            if held_before is None or not request.is_request_of(held_before):
                raise
            return held_before
        requested = request.held(reservation_id, policy, now)
        reservation = self.placement.hold_or_reject(requested, request, policy)
        if not request.is_request_of(reservation):
            raise ReservationConflict(f"reservation {reservation_id} exists with other content")
        record_outcome(reservation, now, asked_at=asked_at)
        return reservation

    def commit(self, reservation_id: str, now: datetime) -> tuple[Reservation, list[LowStockAlert]]:
        """Turn a paid reservation into a sale, and claim the alerts of the levels that became low by it.

        Raises:
            AlreadyDecided: the reservation is neither paid nor committed.
        """
        reservation = self.store.get(reservation_id)
        if reservation.status is Status.PAID:
            reservation = self.store.commit(reservation, now)
            record_outcome(reservation, now)
        if reservation.status is not Status.COMMITTED:
            raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}, not paid")
        return reservation, self.alerts.claim(reservation.keys(), Claimant.sale(reservation.reservation_id), now)

    def release(self, reservation_id: str, reason: ReleaseReason, now: datetime) -> Reservation:
        """Give a hold's units back after the wait for its payment, unless it was decided meanwhile."""
        reservation = self.store.get(reservation_id)
        if reservation.status is not Status.HELD:
            return reservation  # a replay, a cancellation, or the payment won the race
        released = self.store.release(reservation, Release(reason, wait_is_over=True), now)
        record_outcome(released, now)
        return released

    def cancel(
        self,
        reservation_id: str,
        reason: ReleaseReason,
        now: datetime,
        *,
        intervention: Intervention | None = None,
    ) -> Reservation:
        """Give a hold's units back at once and end the wait; the outcome of one that was decided before does not change."""
        reservation = self.store.get(reservation_id)
        if reservation.status is Status.HELD:
            release = Release(reason, wait_is_over=False, intervention=intervention)
            reservation = self.store.release(reservation, release, now)
            record_outcome(reservation, now)
            if not reservation.task_token:  # it may have been stored since the reservation was read
                reservation = self.store.get(reservation_id)
        if reservation.status is Status.RELEASED:
            reservation = self._keep_cancelled(reservation, intervention)
            reservation = self.outbox.end_wait(reservation)
        return reservation

    def release_by_hand(self, reservation_id: str, intervention: Intervention, now: datetime) -> Reservation:
        """Cancel a reservation for an administrator; who did so and why is stored with it.

        Raises:
            AlreadyDecided: it has another outcome.
        """
        reservation = self.cancel(reservation_id, ReleaseReason.CANCELLED, now, intervention=intervention)
        if reservation.reason is not ReleaseReason.CANCELLED:  # a late payment that buys nothing keeps the reason
            raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}")
        return reservation

    def extend(self, reservation_id: str, now: datetime) -> Reservation:
        """Restart a hold for the time that it was asked for, but never beyond the longest hold.

        Raises:
            AlreadyDecided: the reservation is no longer held. A repeated call finds one that was paid as it is.
            TransientError: the execution could not be signalled.
        """
        reservation = self.store.get(reservation_id)
        if self._may_have_been_extended_before_its_payment(reservation):
            return reservation  # the answer to that extension was lost
        held_until = self._extended_until(reservation, now)
        if reservation.status is Status.HELD and reservation.held_until and held_until > reservation.held_until:
            reservation = self.store.extend(reservation, held_until)
        if reservation.status is not Status.HELD:
            raise AlreadyDecided(f"reservation {reservation_id} is {reservation.status}, not held")
        if reservation.task_token:  # without one the wait has not begun, and will begin with a whole hold
            self._signal_extension(reservation_id, reservation.task_token)
        return reservation

    def _keep_cancelled(self, reservation: Reservation, intervention: Intervention | None) -> Reservation:
        """Keep that a cancellation found the hold expired: the same call is accepted again, also after a rescue."""
        expired = reservation.reason is ReleaseReason.EXPIRED
        if not expired or reservation.cancelled_after_expiry or intervention:  # by hand it is refused, always
            return reservation
        return self.store.mark_cancelled_after_expiry(reservation)

    def _find(self, reservation_id: str) -> Reservation | None:
        try:
            return self.store.get(reservation_id)
        except ReservationNotFound:
            return None

    def _may_have_been_extended_before_its_payment(self, reservation: Reservation) -> bool:
        if reservation.status not in (Status.PAID, Status.COMMITTED):
            return False
        if reservation.held_until is None:
            return reservation.rescued  # its release removed the end of its hold
        first_end = _after_creation(reservation, reservation.hold_seconds)
        # At the longest hold an extension is accepted and leaves no trace.
        return reservation.held_until > iso(first_end) or reservation.held_until >= iso(self._longest_end(reservation))

    def _extended_until(self, reservation: Reservation, now: datetime) -> str:
        return iso(min(now + timedelta(seconds=reservation.hold_seconds), self._longest_end(reservation)))

    def _longest_end(self, reservation: Reservation) -> datetime:
        # The execution's own timeout is the longest hold of the time when it began.
        return _after_creation(reservation, reservation.longest_hold_seconds or self.longest_hold_seconds)

    def _signal_extension(self, reservation_id: str, task_token: str) -> None:
        match self.signals.extended(task_token):
            case "EXPIRED":
                raise AlreadyDecided(f"the hold of reservation {reservation_id} has expired")
            case "FAILED":
                raise TransientError(f"reservation {reservation_id} could not be extended: try again")


def _after_creation(reservation: Reservation, seconds: int) -> datetime:
    return datetime.fromisoformat(reservation.created_at) + timedelta(seconds=seconds)
