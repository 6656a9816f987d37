"""The calls of the inventory that the example checkout makes, over a shelf in memory, and a payment provider."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inventory_client import (
    AlreadyDecided,
    InsufficientStock,
    Line,
    Money,
    NotFound,
    PaymentOutcome,
    PaymentUnfulfilled,
    Reservation,
    ReservationStatus,
    Unavailable,
)

from examples.checkout.checkout import Charge

HELD_UNTIL = "2026-11-26T10:01:00.000Z"


@dataclass
class FakeInventory:
    """A shelf with units of each product, and its reservations."""

    units: dict[str, int]
    reservations: dict[str, Reservation] = field(default_factory=dict)
    is_down: bool = False
    payments_that_fail: int = 0
    payments: list[tuple[str, str, Money | None]] = field(default_factory=list)

    def create_reservation(self, lines: Sequence[Line], *, key: str, **options: Any) -> Reservation:
        """Hold the lines, once for each key."""
        self._answer()
        if key not in self.reservations:
            if any(self.units[line.product_id] < line.quantity for line in lines):
                raise InsufficientStock(409, {"code": "INSUFFICIENT_STOCK"})
            self._move(lines, -1)
            self.reservations[key] = Reservation(
                key, ReservationStatus.HELD, lines=tuple(lines), order_id=options["order_id"], held_until=HELD_UNTIL
            )
        return self.reservations[key]

    def get_reservation(self, reservation_id: str) -> Reservation:
        """The reservation as it is."""
        self._answer()
        if reservation_id not in self.reservations:
            raise NotFound(404, {"code": "RESERVATION_NOT_FOUND"})
        return self.reservations[reservation_id]

    def extend_reservation(self, reservation_id: str) -> Reservation:
        """Only what is held can be extended."""
        reservation = self.get_reservation(reservation_id)
        if reservation.status is not ReservationStatus.HELD:
            raise AlreadyDecided(409, {"code": "ALREADY_DECIDED"})
        return reservation

    def cancel_reservation(self, reservation_id: str) -> Reservation:
        """Release the units, unless they are sold."""
        if self.get_reservation(reservation_id).status is ReservationStatus.COMMITTED:
            raise AlreadyDecided(409, {"code": "ALREADY_DECIDED"})
        return self._release(reservation_id, "CANCELLED")

    def record_payment(
        self,
        reservation_id: str,
        outcome: PaymentOutcome,
        *,
        payment_reference: str | None = None,
        retry: bool = False,
        money: Money | None = None,
    ) -> Reservation:
        """Sell what is held, or what is still available after the hold has ended."""
        reservation = self.get_reservation(reservation_id)
        if self.payments_that_fail:
            self.payments_that_fail -= 1
            raise Unavailable(503, {"code": "UNAVAILABLE"})
        if outcome is PaymentOutcome.FAILED:
            assert retry, "the hold is kept for another card"
            return self.extend_reservation(reservation_id)
        self.payments.append((reservation_id, str(payment_reference), money))
        if reservation.status is ReservationStatus.COMMITTED and reservation.payment_reference == payment_reference:
            return reservation
        if reservation.status is ReservationStatus.RELEASED and self._has(reservation.lines):
            self._move(reservation.lines, -1)
        elif reservation.status is not ReservationStatus.HELD:
            raise PaymentUnfulfilled(409, {"code": "PAYMENT_UNFULFILLED"})
        return self._set(reservation_id, status=ReservationStatus.COMMITTED, payment_reference=payment_reference)

    def ends_hold(self, reservation_id: str) -> None:
        """The hold's time is over."""
        self._release(reservation_id, "EXPIRED")

    def _release(self, reservation_id: str, reason: str) -> Reservation:
        self._move(self.reservations[reservation_id].lines, 1)
        return self._set(reservation_id, status=ReservationStatus.RELEASED, reason=reason)

    def _set(self, reservation_id: str, **changes: Any) -> Reservation:
        self.reservations[reservation_id] = replace(self.reservations[reservation_id], **changes)
        return self.reservations[reservation_id]

    def _has(self, lines: Sequence[Line]) -> bool:
        return all(self.units[line.product_id] >= line.quantity for line in lines)

    def _move(self, lines: Sequence[Line], sign: int) -> None:
        for line in lines:
            self.units[line.product_id] += sign * line.quantity

    def _answer(self) -> None:
        if self.is_down:
            raise Unavailable(503, {"code": "UNAVAILABLE"})


@dataclass
class FakeProvider:
    """Writes down what it is asked for. It decides nothing: a test sends the webhooks itself."""

    is_silent: bool = False
    charges: list[Charge] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)

    def charge(self, charge: Charge) -> None:
        """A silent provider has the request, but its answer is lost."""
        self.charges.append(charge)
        if self.is_silent:
            raise TimeoutError("timed out")

    def refund(self, payment_id: str) -> None:
        """A silent provider cannot be asked."""
        if self.is_silent:
            raise TimeoutError("timed out")
        self.refunds.append(payment_id)
