"""What the rows of a reservation say of its past, each as an entry with its time."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from inventory.model import FailedExecution, Refund, Reservation, Status
from inventory.values import dataclass


class EntryKind(StrEnum):
    """What happened. Of one moment, the later ones of this list happened later."""

    HELD = "HELD"
    CHANGED = "CHANGED"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    REJECTED = "REJECTED"
    UNFULFILLED = "UNFULFILLED"
    REFUND_DUE = "REFUND_DUE"
    REFUND_RETURNED = "REFUND_RETURNED"
    EXECUTION_FAILED = "EXECUTION_FAILED"


RANKS = {kind: rank for rank, kind in enumerate(EntryKind)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: what it was about, and the properties of its kind."""

    at: str
    kind: EntryKind
    about: dict[str, Any]
    details: dict[str, Any]

    @property
    def place(self) -> tuple[str, int, str]:
        """Its place in a list, the oldest first."""
        return self.at, RANKS[self.kind], self.about["execution_name"]

    def to_json(self) -> dict[str, Any]:
        return {"at": self.at, "kind": self.kind} | self.about | self.details


def entries_of_reservation(reservation: Reservation, refunds: Iterable[Refund]) -> Iterator[Entry]:
    """What happened to a reservation, in no order.

    The time of a payment is not stored: a paid reservation is sold within a moment, so COMMITTED says both.
    """
    about = {
        "reservation_id": reservation.reservation_id,
        "execution_name": reservation.execution_name,
        "order_id": reservation.order_id,
        "customer_id": reservation.customer_id,
        "status": reservation.status,
    }
    shown = reservation.to_json()
    if reservation.status is not Status.REJECTED:
        held = {name: shown[name] for name in ("lines", "shortages", "held_until")}
        yield Entry(reservation.created_at, EntryKind.HELD, about, held)
    for change in reservation.changes:
        yield Entry(change.at, EntryKind.CHANGED, about, {"changes": [line.to_json() for line in change.lines]})
    if reservation.is_decided:
        at = reservation.decided_at or reservation.created_at
        yield Entry(at, EntryKind(reservation.status), about, _decision(reservation, shown))
    for refund in refunds:
        yield from entries_of_refund(refund, about)


def entries_of_refund(refund: Refund, about: dict[str, Any]) -> Iterator[Entry]:
    """A payment that bought nothing, and its return."""
    payment = {name: refund.to_json()[name] for name in ("payment_reference", "amount", "currency")}
    yield Entry(refund.since, EntryKind.REFUND_DUE, about, payment)
    if returned := refund.returned:
        by_hand = {"reference": returned.reference, "by": returned.actor, "note": returned.note}
        yield Entry(returned.at, EntryKind.REFUND_RETURNED, about, payment | by_hand)


def entry_of_execution(failed: FailedExecution, customer_id: str | None) -> Entry:
    """An execution that failed, timed out or was stopped; its order may have no reservation."""
    shown = failed.to_json()
    about = {name: shown[name] for name in ("reservation_id", "execution_name", "order_id", "status")}
    details = {name: shown[name] for name in ("error", "cause")}
    return Entry(failed.failed_at, EntryKind.EXECUTION_FAILED, about | {"customer_id": customer_id}, details)


def _decision(reservation: Reservation, shown: dict[str, Any]) -> dict[str, Any]:
    """What the decision says, beside the status: why the hold ended, or what was short."""
    match reservation.status:
        case Status.COMMITTED:
            return {name: shown[name] for name in ("payment_reference", "rescued")}
        case Status.REJECTED:
            return {name: shown[name] for name in ("lines", "shortages", "reason")}
        case Status.UNFULFILLED:
            return {name: shown[name] for name in ("payment_reference", "reason")}
    by_hand = reservation.intervention
    return {
        "reason": reservation.reason,
        "by": by_hand.actor if by_hand else None,
        "note": by_hand.note if by_hand else None,
    }
