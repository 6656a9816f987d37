"""Which events follow from a reservation's row, given what was announced of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.live.published import Announced, PublishedReservation
from inventory.live.reservations import decisions
from inventory.live.reservations.decisions import announce, steps
from inventory.model import AfterSale, LevelKey, Line, LinesChange, Refund, ReleaseReason, Reservation, Shortage, Status

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = PublishedReservation("R-1")
SHORT = Shortage("P-2", None, requested=2, available=1)
ABOUT = {"reservation_id": "R-1", "execution_name": "R-1", "order_id": "1001", "created_at": "T-1"}
HELD, CHANGED, COMMITTED = "ReservationHeld", "ReservationChanged", "ReservationCommitted"
RELEASED, REJECTED, UNFULFILLED, RETURNED = (
    "ReservationReleased",
    "ReservationRejected",
    "PaymentUnfulfilled",
    "StockReturned",
)


def reservation(status: Status = Status.HELD, **more: Any) -> Reservation:
    """A reservation of two units of P-1; a held one has an end, and another one was decided."""
    held_until, decided_at = ("T-9", None) if status in (Status.HELD, Status.PAID) else (None, "T-5")
    fields = {"held_until": held_until, "decided_at": decided_at, "order_id": "1001", "customer_id": "C-1"} | more
    return Reservation("R-1", status, (Line("P-1", "main", 2),), hold_seconds=900, created_at="T-1", **fields)


def changed(*at: str) -> tuple[LinesChange, ...]:
    """The lines were changed at these times."""
    return tuple(LinesChange(moment, ()) for moment in at)


def refund(reference: str, **more: Any) -> Refund:
    """A payment that bought nothing."""
    return Refund("R-1", reference, since="T-6", **more)


def returned(product_id: str, units: int, **more: Any) -> AfterSale:
    """Units of a product came back."""
    return AfterSale(LevelKey(product_id, "main", **more), returned=units)


def announced(found: Reservation, refunds: Sequence[Refund] = ()) -> PublishedReservation:
    """The row after this state was announced and everything was sent."""
    row = announce(NEW, found, refunds, NOW)
    assert row
    return replace(row, pending=())


def events(row: PublishedReservation, found: Reservation, refunds: Sequence[Refund] = ()) -> list[str]:
    """The types of the new events."""
    after = announce(row, found, refunds, NOW)
    return [event.detail_type for event in after.pending] if after else []


RESCUED = reservation(Status.COMMITTED, rescued=True)
EXPIRED = reservation(Status.RELEASED, reason=ReleaseReason.EXPIRED)
UNFULFILLED_ROW = reservation(Status.UNFULFILLED, has_refunds=True)

# what was announced (None: nothing), what the row says now, and the events of it
PATHS: dict[str, tuple[Reservation | None, Reservation, list[str]]] = {
    "held": (None, reservation(), [HELD]),
    "held and changed before it was seen": (None, reservation(changes=changed("T-2")), [HELD, CHANGED]),
    "rejected": (None, reservation(Status.REJECTED, shortages=(SHORT,)), [REJECTED]),
    "committed before it was seen": (None, reservation(Status.COMMITTED), [HELD, COMMITTED]),
    "released before it was seen": (None, EXPIRED, [HELD, RELEASED]),
    "rescued before it was seen": (None, RESCUED, [HELD, RELEASED, COMMITTED]),
    "still held": (reservation(), reservation(), []),
    "paid": (reservation(), reservation(Status.PAID), []),
    "paid before it was seen": (None, reservation(Status.PAID), [HELD]),
    "committed": (reservation(), reservation(Status.COMMITTED), [COMMITTED]),
    "released": (reservation(), EXPIRED, [RELEASED]),
    "rescued": (reservation(), RESCUED, [RELEASED, COMMITTED]),
    "rescued after its release was announced": (EXPIRED, RESCUED, [COMMITTED]),
    "still committed": (reservation(Status.COMMITTED), reservation(Status.COMMITTED), []),
    "still rejected": (reservation(Status.REJECTED), reservation(Status.REJECTED), []),
    "unfulfilled": (reservation(), UNFULFILLED_ROW, [RELEASED]),
    "unfulfilled after its release was announced": (EXPIRED, UNFULFILLED_ROW, []),
    "extended": (reservation(), reservation(held_until="T-10"), [CHANGED]),
    "changed": (reservation(), reservation(changes=changed("T-2")), [CHANGED]),
    "changed again": (reservation(changes=changed("T-2")), reservation(changes=changed("T-2", "T-3")), [CHANGED]),
    "changed and extended": (reservation(), reservation(changes=changed("T-2"), held_until="T-10"), [CHANGED]),
    "changed and committed": (
        reservation(),
        reservation(Status.COMMITTED, changes=changed("T-2")),
        [CHANGED, COMMITTED],
    ),
    "changed and released": (reservation(), replace(EXPIRED, changes=changed("T-2")), [CHANGED, RELEASED]),
    "changed before it was committed and seen": (
        None,
        reservation(Status.COMMITTED, changes=changed("T-2")),
        [HELD, CHANGED, COMMITTED],
    ),
    "replaced by another of the same name": (
        reservation(Status.COMMITTED),
        replace(reservation(), created_at="T-7"),
        [HELD],
    ),
    "replaced in the same state": (reservation(), replace(reservation(), created_at="T-7"), [HELD]),
    "in a state that nothing leads to": (reservation(Status.COMMITTED), reservation(), [HELD]),
    "rejected after it was announced as held": (reservation(), reservation(Status.REJECTED), [REJECTED]),
    "held after it was announced as rejected": (reservation(Status.REJECTED), reservation(), [HELD]),
    "rejected with an end that it never had": (None, reservation(Status.REJECTED, held_until="T-9"), [REJECTED]),
    "returned": (
        reservation(Status.COMMITTED),
        reservation(Status.COMMITTED, after_sale=(returned("P-1", 1),)),
        [RETURNED],
    ),
    "dispatched": (
        reservation(Status.COMMITTED),
        reservation(Status.COMMITTED, after_sale=(returned("P-1", 0),)),
        [],
    ),
    "committed and returned before it was seen": (
        None,
        reservation(Status.COMMITTED, after_sale=(returned("P-1", 1),)),
        [HELD, COMMITTED, RETURNED],
    ),
}


@pytest.mark.parametrize(("before", "now", "expected"), PATHS.values(), ids=PATHS)
def test_what_happened_since_is_announced_in_its_order_and_once(
    before: Reservation | None, now: Reservation, expected: list[str]
) -> None:
    row = announced(before) if before else NEW

    assert events(row, now) == expected
    after = announce(row, now, [], NOW) or row
    assert [event.detail["sequence"] for event in after.pending] == list(range(row.sequence + 1, after.sequence + 1))
    assert after.sequence == row.sequence + len(expected)
    assert announce(after, now, [], NOW) is None


def test_payments_are_announced_once_each_in_the_order_of_their_references() -> None:
    committed = reservation(Status.COMMITTED, has_refunds=True)
    row = announced(committed, [refund("PAY-2")])

    after = announce(row, committed, [refund("PAY-3"), refund("PAY-2"), refund("PAY-1")], NOW)

    assert after
    assert [event.detail["payment_reference"] for event in after.pending] == ["PAY-1", "PAY-3"]
    assert all({**event.detail, **ABOUT} == event.detail for event in after.pending)
    assert after.announced.payments == {"PAY-1", "PAY-2", "PAY-3"}


def test_a_payment_that_bought_nothing_says_its_amount_and_since_when() -> None:
    found = [refund("PAY-1", amount="19.90", currency="EUR"), refund("PAY-2")]

    after = announce(announced(UNFULFILLED_ROW), UNFULFILLED_ROW, found, NOW)

    assert after
    names = ("payment_reference", "amount", "currency", "since")
    assert [tuple(event.detail[name] for name in names) for event in after.pending] == [
        ("PAY-1", "19.90", "EUR", "T-6"),
        ("PAY-2", None, None, "T-6"),
    ]


@pytest.mark.parametrize(
    ("row", "refunds", "expected"),
    [
        (reservation(Status.UNFULFILLED, payment_reference="PAY-1"), [], ["PAY-1"]),
        (reservation(Status.UNFULFILLED, payment_reference="PAY-1"), [refund("PAY-2")], ["PAY-2"]),
        (reservation(Status.UNFULFILLED), [], []),
        (reservation(Status.COMMITTED, payment_reference="PAY-1"), [], []),
        (reservation(Status.COMMITTED, payments_to_announce=frozenset({"PAY-2"})), [], ["PAY-2"]),
        (reservation(Status.COMMITTED, payments_announced=frozenset({"PAY-2"})), [], ["PAY-2"]),
    ],
)
def test_a_payment_that_only_the_reservations_row_knows_is_announced(
    row: Reservation, refunds: list[Refund], expected: list[str]
) -> None:
    after = announce(NEW, row, refunds, NOW)

    assert after
    payments = [event.detail for event in after.pending if event.detail_type == UNFULFILLED]
    assert [payment["payment_reference"] for payment in payments] == expected
    assert all(payment["since"] == ("T-6" if refunds else "T-5") for payment in payments)


def test_units_that_came_back_since_are_announced_by_product_whatever_their_shard() -> None:
    first = reservation(Status.COMMITTED, after_sale=(returned("P-1", 1), returned("P-2", 2)))
    row = announced(first)
    assert row.announced.returned == {("P-1", "main"): 1, ("P-2", "main"): 2}

    more = replace(first, after_sale=(returned("P-1", 2), returned("P-1", 1, shard=1), returned("P-2", 2)))
    after = announce(row, more, [], NOW)

    assert after
    [event] = after.pending
    assert {**event.detail, **ABOUT} == event.detail
    assert event.detail["lines"] == [{"product_id": "P-1", "warehouse_id": "main", "quantity": 2}]
    assert after.announced.returned == {("P-1", "main"): 3, ("P-2", "main"): 2}


def test_what_was_dispatched_and_not_returned_is_not_counted() -> None:
    row = announced(reservation(Status.COMMITTED, after_sale=(returned("P-1", 1), returned("P-2", 0))))

    assert row.announced.returned == {("P-1", "main"): 1}


# --- what events say


def detail_of(found: Reservation, detail_type: str) -> dict[str, Any]:
    """The event of a type, of a reservation that is seen for the first time."""
    after = announce(NEW, found, [], NOW)
    assert after
    [event] = [event for event in after.pending if event.detail_type == detail_type]
    return dict(event.detail)


LINES = [
    {
        "product_id": "P-1",
        "warehouse_id": "main",
        "quantity": 2,
        "sources": [{"warehouse_id": "main", "quantity": 2}],
    }
]


@pytest.mark.parametrize(
    ("found", "detail_type", "expected"),
    [
        (
            reservation(shortages=(SHORT,)),
            HELD,
            {"lines": LINES, "held_until": "T-9", "shortages": [SHORT.to_json()]},
        ),
        (
            reservation(changes=changed("T-2")),
            CHANGED,
            {"lines": LINES, "held_until": "T-9", "shortages": []},
        ),
        (
            reservation(Status.REJECTED, shortages=(SHORT,)),
            REJECTED,
            {
                "decided_at": "T-5",
                "reason": None,
                "lines": [{"product_id": "P-1", "warehouse_id": "main", "quantity": 2}],
                "shortages": [SHORT.to_json()],
            },
        ),
        (
            reservation(Status.COMMITTED, payment_reference="PAY-1"),
            COMMITTED,
            {"decided_at": "T-5", "lines": LINES, "payment_reference": "PAY-1", "rescued": False},
        ),
        (
            reservation(Status.RELEASED, reason=ReleaseReason.CANCELLED),
            RELEASED,
            {"decided_at": "T-5", "lines": LINES, "reason": "CANCELLED"},
        ),
        (RESCUED, RELEASED, {"decided_at": "T-5", "lines": LINES, "reason": "EXPIRED"}),
        (RESCUED, COMMITTED, {"decided_at": "T-5", "lines": LINES, "payment_reference": None, "rescued": True}),
    ],
)
def test_an_event_says_what_happened_and_nothing_of_the_customer(
    found: Reservation, detail_type: str, expected: dict[str, Any]
) -> None:
    detail = detail_of(found, detail_type)

    del detail["event_id"], detail["sequence"], detail["at"]
    assert detail == ABOUT | expected


def test_a_rejected_line_that_names_no_warehouse_says_so() -> None:
    found = replace(reservation(Status.REJECTED), lines=(Line("P-1", None, 2),))

    assert detail_of(found, REJECTED)["lines"] == [{"product_id": "P-1", "warehouse_id": None, "quantity": 2}]


def test_a_change_of_a_hold_that_has_ended_says_the_last_end_that_was_announced() -> None:
    row = announced(reservation())

    after = announce(row, replace(EXPIRED, changes=changed("T-2")), [], NOW)

    assert after
    assert after.pending[0].detail["held_until"] == "T-9"
    assert after.announced == Announced(Status.RELEASED, "T-1", held_until="T-9", changed_at="T-2")


# --- the outbox


def test_new_events_are_behind_those_that_are_not_sent_yet() -> None:
    row = announce(NEW, reservation(), [], NOW)
    assert row

    assert events(row, EXPIRED) == [HELD, RELEASED]


def test_an_outbox_takes_what_fits_and_the_rest_later(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (event.to_text() for event in (announce(NEW, RESCUED, [], NOW) or NEW).pending)
    monkeypatch.setattr(decisions, "OUTBOX_LENGTH_MAX", len(first) + len(second))

    row = announce(NEW, RESCUED, [], NOW)

    assert row
    assert [event.to_text() for event in row.pending] == [first, second]
    assert (row.sequence, row.announced.status) == (2, Status.RELEASED)
    assert announce(row, RESCUED, [], NOW) is None
    assert [step.detail_type for step in steps(row.announced, RESCUED, [])] == [COMMITTED]
    later = announce(replace(row, pending=()), RESCUED, [], NOW)
    assert later
    assert [event.to_text() for event in later.pending] == [third]


def test_an_outbox_that_is_one_character_too_small_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _ = (event.to_text() for event in (announce(NEW, RESCUED, [], NOW) or NEW).pending)
    monkeypatch.setattr(decisions, "OUTBOX_LENGTH_MAX", len(first) + len(second) - 1)

    assert events(NEW, RESCUED) == [HELD]


def test_an_empty_outbox_takes_an_event_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "OUTBOX_LENGTH_MAX", 1)

    assert events(NEW, RESCUED) == [HELD]
