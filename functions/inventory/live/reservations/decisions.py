"""Which events follow from a reservation's row, given what was announced of it: plain functions over values.

A row may be seen late. All that it went through is announced then, in its order, as far as the row still knows it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from inventory.live.events import DetailType, Event
from inventory.live.published import Announced, PublishedReservation
from inventory.model import Refund, ReleaseReason, Reservation, Status
from inventory.values import dataclass

# An outbox may have so many characters: its row must fit into 400 KB, and a character of an event is one byte.
OUTBOX_LENGTH_MAX = 300_000

# The states that have events. A payment is announced when its units are sold, and one that came too late by itself.
ANNOUNCED_AS = {
    Status.PAID: Status.HELD,
    Status.UNFULFILLED: Status.RELEASED,
}
NEXT = {
    None: (Status.HELD, Status.REJECTED),
    Status.HELD: (Status.COMMITTED, Status.RELEASED),
    Status.RELEASED: (Status.COMMITTED,),  # a rescue
    Status.COMMITTED: (),
    Status.REJECTED: (),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One event, and what was announced when it was sent."""

    detail_type: DetailType
    content: Mapping[str, Any]
    announced: Announced


def announce(
    published: PublishedReservation, reservation: Reservation, refunds: Sequence[Refund], now: datetime
) -> PublishedReservation | None:
    """The reservation's row with the next events in its outbox, as many as fit; None if there are none.

    Args:
        refunds: the payments of it that bought nothing.
    """
    pending = published.pending
    length = sum(len(event.to_text()) for event in pending)
    sequence, announced = published.sequence, published.announced
    for step in steps(announced, reservation, refunds):
        event = Event.of(step.detail_type, step.content, sequence + 1, now)
        length += len(event.to_text())
        if pending and length > OUTBOX_LENGTH_MAX:
            break
        sequence, announced, pending = sequence + 1, step.announced, (*pending, event)
    if sequence == published.sequence:
        return None
    return replace(published, sequence=sequence, announced=announced, pending=pending)


def steps(announced: Announced, reservation: Reservation, refunds: Sequence[Refund]) -> Iterator[Step]:
    """Every event that was not announced, in the order in which it happened."""
    if announced.created_at != reservation.created_at or not _path(announced.status, reservation):
        announced = Announced()  # another tool has replaced the row: it is a new reservation
    for step in _of_states(announced, reservation):
        yield step
        announced = step.announced
    for step in _of_payments(announced, reservation, refunds):
        yield step
        announced = step.announced
    yield from _of_returns(announced, reservation)


def _path(start: Status | None, reservation: Reservation) -> tuple[Status | None, ...]:
    """The states from this one to that of the reservation, both included; none if there is no way."""
    end = ANNOUNCED_AS.get(reservation.status, reservation.status)
    if start is end:
        return (start,)
    # Only an expired reservation can be rescued.
    ways = [state for state in NEXT[start] if not (reservation.rescued and start is Status.HELD and state is end)]
    found = (_path(state, reservation) for state in ways)
    return next(((start, *path) for path in found if path), ())


def _of_states(announced: Announced, reservation: Reservation) -> Iterator[Step]:
    here, *further = _path(announced.status, reservation)
    if here is Status.HELD:
        for step in _of_changes(announced, reservation):
            yield step
            announced = step.announced
    for state in further:
        announced = replace(announced, status=state, created_at=reservation.created_at)
        if state is Status.HELD:
            announced = replace(announced, held_until=reservation.held_until)
        yield Step(*_content_of(state, reservation), announced)
        if state is Status.HELD:
            for step in _of_changes(announced, reservation):
                yield step
                announced = step.announced


def _of_changes(announced: Announced, reservation: Reservation) -> Iterator[Step]:
    """Other lines, or another end, of what is or was held; a released reservation no longer knows its end."""
    changed_at = reservation.changes[-1].at if reservation.changes else None
    held_until = reservation.held_until or announced.held_until
    if (changed_at, held_until) != (announced.changed_at, announced.held_until):
        content = _held(reservation) | {"held_until": held_until}
        yield Step(
            DetailType.RESERVATION_CHANGED,
            content,
            replace(announced, changed_at=changed_at, held_until=held_until),
        )


def _content_of(state: Status | None, reservation: Reservation) -> tuple[DetailType, dict[str, Any]]:
    about = _about(reservation)
    decided = about | {"decided_at": reservation.decided_at}
    if state is Status.HELD:
        return DetailType.RESERVATION_HELD, _held(reservation)
    if state is Status.REJECTED:
        rejected = {
            "reason": reservation.reason,
            "lines": [line.request_json() | {"warehouse_id": line.warehouse_id} for line in reservation.lines],
            "shortages": [shortage.to_json() for shortage in reservation.shortages],
        }
        return DetailType.RESERVATION_REJECTED, decided | rejected
    if state is Status.COMMITTED:
        sold = {
            "lines": _lines(reservation),
            "payment_reference": reservation.payment_reference,
            "rescued": reservation.rescued,
        }
        return DetailType.RESERVATION_COMMITTED, decided | sold
    # A rescue removes the reason, and only expired reservations are rescued.
    released = {"reason": reservation.reason or ReleaseReason.EXPIRED, "lines": _lines(reservation)}
    return DetailType.RESERVATION_RELEASED, decided | released


def _of_payments(announced: Announced, reservation: Reservation, refunds: Sequence[Refund]) -> Iterator[Step]:
    found = {refund.payment_reference: refund for refund in refunds}
    # The first edition kept such payments on the reservation's row.
    on_row = {*reservation.payments_to_announce, *reservation.payments_announced}
    if reservation.status is Status.UNFULFILLED and reservation.payment_reference and not found:
        on_row.add(reservation.payment_reference)
    for reference in sorted((found.keys() | on_row) - announced.payments):
        announced = replace(announced, payments=announced.payments | {reference})
        refund = found.get(reference)
        content = {
            "payment_reference": reference,
            "amount": refund.amount if refund else None,
            "currency": refund.currency if refund else None,
            "since": refund.since if refund else reservation.decided_at,
        }
        yield Step(DetailType.PAYMENT_UNFULFILLED, _about(reservation) | content, announced)


def _of_returns(announced: Announced, reservation: Reservation) -> Iterator[Step]:
    returned: Counter[tuple[str, str]] = Counter()
    for after in reservation.after_sale:
        returned[after.key.product_id, after.key.warehouse_id] += after.returned
    more = {key: units - announced.returned.get(key, 0) for key, units in returned.items()}
    lines = [
        {"product_id": product_id, "warehouse_id": warehouse_id, "quantity": units}
        for (product_id, warehouse_id), units in more.items()
        if units > 0
    ]
    if lines:
        announced = replace(announced, returned={key: units for key, units in returned.items() if units})
        yield Step(DetailType.STOCK_RETURNED, _about(reservation) | {"lines": lines}, announced)


# --- what events say: nothing that is not named here leaves, and never a task token or the customer


def _about(reservation: Reservation) -> dict[str, Any]:
    return {
        "reservation_id": reservation.reservation_id,
        "execution_name": reservation.execution_name,
        "order_id": reservation.order_id,
        "created_at": reservation.created_at,
    }


def _lines(reservation: Reservation) -> list[dict[str, Any]]:
    return [line.to_json() for line in reservation.lines]


def _held(reservation: Reservation) -> dict[str, Any]:
    return _about(reservation) | {
        "lines": _lines(reservation),
        "held_until": reservation.held_until,
        "shortages": [shortage.to_json() for shortage in reservation.shortages],
    }
