"""Every change of a reservation: what it returns is what is stored, in its place in the index, read consistently."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.aws.changes import to_attributes, to_item
from inventory.errors import AlreadyDecided
from inventory.items import reservation_item, to_reservation
from inventory.model import Intervention, LevelKey, Reservation, Status, iso
from tests.support.aws_calls import Call, recorded
from tests.support.shop import Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
MINUTE = timedelta(minutes=1)
RETENTION = timedelta(days=365)


def held(shop: Shop) -> Reservation:
    return shop.holds(("P-1", 3), ("P-2", 1), order_id="1001", customer_id="C-1")


def held_without_a_customer(shop: Shop) -> Reservation:
    return shop.reserves(("P-1", 3))


def rejected(shop: Shop) -> Reservation:
    return shop.reserves(("P-1", 99), ("P-2", 1), customer_id="C-1")


def rejected_by_the_limit(shop: Shop) -> Reservation:
    return shop.reserves(("P-1", 1), ("P-2", 1_001), customer_id="C-1")


def extended(shop: Shop) -> Reservation:
    reservation = held(shop)
    later(shop)
    return shop.extends(reservation)


def paid(shop: Shop) -> Reservation:
    return shop.pays(held(shop)).reservation


def committed(shop: Shop) -> Reservation:
    reservation = paid(shop)
    later(shop)
    return shop.commits(reservation)[0]


def committed_by_the_reconciliation(shop: Shop) -> Reservation:
    reservation = paid(shop)
    later(shop)
    return shop.reservation_store.commit(reservation, shop.now(), wait_is_over=False)


def expired(shop: Shop) -> Reservation:
    reservation = held(shop)
    later(shop)
    return shop.times_out(reservation)


def cancelled(shop: Shop) -> Reservation:
    reservation = held(shop)
    later(shop)
    return shop.cancels(reservation)


def cancelled_without_a_signal(shop: Shop) -> Reservation:
    shop.signals.result = "FAILED"
    return cancelled(shop)


def declined(shop: Shop) -> Reservation:
    reservation = held(shop)
    later(shop)
    return shop.declines(reservation).reservation


def is_released_by_hand(shop: Shop, reservation: Reservation) -> Reservation:
    return shop.reservations.release_by_hand(reservation.reservation_id, Intervention("ada", "test"), shop.now())


def released_by_hand(shop: Shop) -> Reservation:
    reservation = held(shop)
    later(shop)
    return is_released_by_hand(shop, reservation)


def rescued(shop: Shop) -> Reservation:
    reservation = expired(shop)
    later(shop)
    return shop.pays(reservation).reservation


def unfulfilled(shop: Shop) -> Reservation:
    reservation = declined(shop)
    later(shop)
    return shop.pays(reservation).reservation


def cancelled_after_expiry(shop: Shop) -> Reservation:
    reservation = expired(shop)
    later(shop)
    return shop.cancels(reservation)


def unfulfilled_after_expiry(shop: Shop) -> Reservation:
    reservation = shop.holds(("P-1", 3))
    later(shop)
    shop.times_out(reservation)
    level = shop.level("P-1")
    shop.adjusts(-level.available)
    unfulfilled = shop.pays(reservation).reservation
    shop.adjusts(+level.available)
    return unfulfilled


def paid_twice(shop: Shop) -> Reservation:
    reservation = committed(shop)
    later(shop)
    return shop.pays(reservation, "PAY-2").reservation


def later(shop: Shop) -> None:
    """A minute passes in the shop."""
    moment = shop.now() + MINUTE
    shop.now = lambda: moment


UNDECIDED = [held, held_without_a_customer, extended, paid]
DECIDED = [
    rejected,
    rejected_by_the_limit,
    committed,
    committed_by_the_reconciliation,
    expired,
    cancelled,
    cancelled_without_a_signal,
    declined,
    released_by_hand,
    rescued,
    cancelled_after_expiry,
    unfulfilled,
    unfulfilled_after_expiry,
    paid_twice,
]


@pytest.fixture(autouse=True)
def stocked(shop: Shop) -> None:
    """It is noon, and there are units of two products."""
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=50)
    shop.stocks("P-2", on_hand=2_000)


def row_of(shop: Shop, reservation: Reservation) -> dict[str, Any]:
    """The row of a reservation."""
    [row] = [row for row in shop.rows(shop.tables.reservations) if row["reservation_id"] == reservation.reservation_id]
    return row


@pytest.mark.parametrize("change", [*UNDECIDED, *DECIDED], ids=lambda change: change.__name__)
def test_what_a_change_returns_is_what_is_stored(shop: Shop, change: Callable[[Shop], Reservation]) -> None:
    returned = change(shop)

    stored = shop.reservation(returned)
    assert (returned.status, returned.reason, returned.held_until) == (stored.status, stored.reason, stored.held_until)
    assert (returned.lines, returned.shortages) == (stored.lines, stored.shortages)
    assert (returned.decided_at, returned.payment_reference) == (stored.decided_at, stored.payment_reference)
    assert (returned.rescued, returned.notify_since) == (stored.rescued, stored.notify_since)
    assert (returned.intervention, returned.customer_id) == (stored.intervention, stored.customer_id)
    shop.adds_up()


@pytest.mark.parametrize("change", [*UNDECIDED, *DECIDED], ids=lambda change: change.__name__)
def test_a_row_is_in_the_index_where_its_reservation_belongs(shop: Shop, change: Callable[[Shop], Reservation]) -> None:
    row = row_of(shop, change(shop))

    row.pop("expire_at", None)
    row.pop("latest_refund", None)  # only lets the row change, so that its stream has a record
    assert row == to_item(to_attributes(reservation_item(to_reservation(row))))


@pytest.mark.parametrize("change", DECIDED, ids=lambda change: change.__name__)
def test_a_decided_reservation_may_be_deleted_a_year_after_its_decision(
    shop: Shop, change: Callable[[Shop], Reservation]
) -> None:
    row = row_of(shop, change(shop))

    decided_at = datetime.fromisoformat(row["decided_at"])
    assert row["decided_at"] == iso(shop.now()) or change in (paid_twice, cancelled_after_expiry)
    assert row["expire_at"] == Decimal((decided_at + RETENTION).timestamp())


@pytest.mark.parametrize("change", [expired, cancelled, cancelled_without_a_signal, declined, released_by_hand])
def test_a_released_reservation_has_no_end_of_its_hold_and_keeps_a_token_only_until_it_is_signalled(
    shop: Shop, change: Callable[[Shop], Reservation]
) -> None:
    released = shop.reservation(change(shop))

    assert released.held_until is None
    assert (released.task_token is None) == (change is not cancelled_without_a_signal)


def test_who_released_a_reservation_by_hand_and_why_is_stored(shop: Shop) -> None:
    assert shop.reservation(released_by_hand(shop)).intervention == Intervention("ada", "test")


def test_a_repeated_request_makes_one_attempt_to_hold(shop: Shop) -> None:
    first = shop.reserves(("P-1", 3), reservation_id="R-9", customer_id="C-1")

    with recorded(shop.client) as calls:
        again = shop.reserves(("P-1", 3), reservation_id="R-9", customer_id="C-1")

    assert again == first
    assert [call.operation for call in calls] == ["TransactWriteItems"]


@pytest.mark.parametrize("change", UNDECIDED, ids=lambda change: change.__name__)
def test_an_undecided_reservation_never_expires(shop: Shop, change: Callable[[Shop], Reservation]) -> None:
    row = row_of(shop, change(shop))

    assert not {"expire_at", "decided_at", "reason"} & row.keys()
    assert Status(row["status"]).is_active


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (rejected, Shop.times_out),
        (committed, Shop.commits),
        (committed, Shop.times_out),
        (committed, Shop.cancels),
        (expired, Shop.times_out),
        (cancelled, Shop.times_out),
        (cancelled, Shop.cancels),
        (declined, Shop.declines),
        (cancelled_after_expiry, Shop.cancels),
        (unfulfilled, Shop.times_out),
        (unfulfilled_after_expiry, Shop.cancels),
        (expired, is_released_by_hand),
        (paid, Shop.extends),
        (committed, Shop.extends),
        (rejected, Shop.extends),
        (expired, Shop.extends),
        (unfulfilled, Shop.extends),
    ],
)
def test_a_call_that_finds_the_reservation_decided_writes_nothing(
    shop: Shop, change: Callable[[Shop], Reservation], again: Callable[[Shop, Reservation], object]
) -> None:
    reservation = change(shop)
    later(shop)

    with recorded(shop.client) as calls, suppress(AlreadyDecided):
        again(shop, reservation)

    assert calls
    assert {call.operation for call in calls} <= {"GetItem", "BatchGetItem"}


def test_every_read_of_a_row_that_a_change_decides_by_is_strongly_consistent(shop: Shop) -> None:
    with recorded(shop.client) as calls:
        for change in (*UNDECIDED, *DECIDED):
            change(shop)
        shop.adjusts(+1)
        shop.stocks("P-1", on_hand=60)
        shop.reconciles(later=timedelta(days=1))
        shop.stock_store.levels_of("P-1")
        shop.ledger.sum_of(LevelKey("P-1", "main"))
        shop.refund_store.find("R-1", "PAY-1")
        shop.refund_store.payment_references_of("R-1", most=1)

    reads = [read for call in calls for read in reads_of_rows(call)]
    assert len(reads) > 20
    assert [read for read in reads if not read.get("ConsistentRead")] == []


def reads_of_rows(call: Call) -> list[dict[str, Any]]:
    """The reads of rows in a call; an index has no consistent reads."""
    match call.operation:
        case "GetItem":
            return [call.request]
        case "BatchGetItem":
            return list(call.request["RequestItems"].values())
        case "Query" if "IndexName" not in call.request:
            return [call.request]
        case _:
            return []
