"""Payments to return: money that bought nothing is recorded, and an administrator records that it was returned."""

from dataclasses import dataclass

from inventory.errors import AlreadyDecided, PaymentNotFound, RefundConflict, ReservationNotFound, ReservationUnreadable
from inventory.model import MoneyReturned, Refund, Reservation
from inventory.reservations.refund_store import RefundStore
from inventory.reservations.store import ReservationStore

# How many payments of one reservation an answer names: 6 MB, the most that Lambda answers, have room for them.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYMENTS_SHOWN_MAX = 5_000
PAYMENTS_SHOWN_IN_LIST_MAX = 20
REFUNDS_SHOWN_MAX = 100
# How many payments of a reservation of the first edition one run moves to rows of their own.
ADOPTED_MAX = 100


@dataclass(frozen=True, slots=True)
class Refunds:
    """The use cases of payments to return."""

    store: ReservationStore
    refunds: RefundStore

    def return_payment(self, reservation_id: str, payment_reference: str, returned: MoneyReturned) -> Refund:
        """Record that the money of a payment was returned; the same reference again answers the same.

        Raises:
            PaymentNotFound: no such payment is to return.
            RefundConflict: it was returned under another reference.
            AlreadyDecided: the payment has bought its reservation, so there is nothing to return.
        """
        refund = self._return(reservation_id, payment_reference, returned)
        if refund.returned and refund.returned.reference != returned.reference:
            raise RefundConflict(
                f"the payment {payment_reference} was returned with the reference {refund.returned.reference}"
            )
        return refund

    def is_due(self, refund: Refund) -> bool:
        """Whether the money is still to be returned, or was.

        A payment may come before its reservation is known. When it is reported again later, it buys the reservation. To
        withdraw its refund then would cost every sale a write. So it is withdrawn when the refund is read.
        """
        if refund.reservation_status is not None or refund.returned:
            return True
        reservation = self._find(refund.reservation_id)
        if reservation is None or not reservation.is_bought_by(refund.payment_reference):
            return True
        self.refunds.withdraw(refund)
        return False

    def unfulfilled_payments(self, reservation: Reservation, most: int = PAYMENTS_SHOWN_MAX) -> list[str]:
        """The payments of a reservation that bought nothing and have rows of their own; at most so many."""
        if not _may_have_rows(reservation):
            return []
        return self.refunds.payment_references_of(reservation.reservation_id, most)

    def of_reservation(self, reservation: Reservation) -> list[Refund]:
        """The payments of a reservation that bought nothing, with who returned which; at most REFUNDS_SHOWN_MAX."""
        rows = (
            self.refunds.of_reservation(reservation.reservation_id, REFUNDS_SHOWN_MAX)
            if _may_have_rows(reservation)
            else []
        )
        known = {refund.payment_reference for refund in rows}
        kept = sorted((reservation.payments_to_announce | reservation.payments_announced) - known)
        of_first_edition = [refund_of_first_edition(reservation, payment_reference) for payment_reference in kept]
        return [refund for refund in (*rows, *of_first_edition) if self.is_due(refund)][:REFUNDS_SHOWN_MAX]

    def adopt(self, reservation: Reservation) -> Reservation:
        """Give payments that the first edition kept in the reservation's row rows of their own; at most a hundred.

        The rows come first: a crash in between repeats what changes nothing.
        """
        kept = sorted(reservation.payments_to_announce) + sorted(reservation.payments_announced)
        adopted = kept[:ADOPTED_MAX]
        for payment_reference in adopted:
            self.refunds.add(refund_of_first_edition(reservation, payment_reference))
        return self.store.forget_payments(reservation, frozenset(adopted)) if adopted else reservation

    def _return(self, reservation_id: str, payment_reference: str, returned: MoneyReturned) -> Refund:
        refund = self.refunds.find(reservation_id, payment_reference) or self._of_first_edition(
            reservation_id, payment_reference
        )
        if refund is None:
            raise PaymentNotFound(f"reservation {reservation_id} has no payment {payment_reference} to return")
        if not self.is_due(refund):
            raise AlreadyDecided(f"the payment {payment_reference} has bought reservation {reservation_id}")
        refund = self.refunds.return_payment(reservation_id, payment_reference, returned)
        if refund is None:  # it was withdrawn meanwhile
            raise AlreadyDecided(f"the payment {payment_reference} has bought reservation {reservation_id}")
        return refund

    def _of_first_edition(self, reservation_id: str, payment_reference: str) -> Refund | None:
        reservation = self._find(reservation_id)
        if reservation is None or payment_reference not in (
            reservation.payments_to_announce | reservation.payments_announced
        ):
            return None
        return self.refunds.add(refund_of_first_edition(reservation, payment_reference))

    def _find(self, reservation_id: str) -> Reservation | None:
        try:
            return self.store.get(reservation_id)
        except (ReservationNotFound, ReservationUnreadable):  # a row that cannot be read must not hide the others
            return None


def _may_have_rows(reservation: Reservation) -> bool:
    """Whether some payment may have a row of its own: one that the first edition kept gets it with its return."""
    return reservation.has_refunds or bool(reservation.payments_to_announce | reservation.payments_announced)


def refund_of_first_edition(reservation: Reservation, payment_reference: str) -> Refund:
    """The refund of a payment that the first edition kept in its reservation's row."""
    return Refund(
        reservation_id=reservation.reservation_id,
        payment_reference=payment_reference,
        since=reservation.decided_at or reservation.created_at,
        reservation_status=reservation.status,
        order_id=reservation.order_id,
        is_announced=payment_reference in reservation.payments_announced,
    )
