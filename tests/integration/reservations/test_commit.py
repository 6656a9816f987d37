"""Committing: a paid reservation is sold, and every sale has its movement in the ledger."""

from collections.abc import Callable

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import AlreadyDecided, StockDrifted
from inventory.items import movement_item
from inventory.model import Reservation, iso, movements_of_sale
from tests.support.aws_calls import recorded
from tests.support.shop import TASK_TOKEN, Shop

Decision = Callable[[Shop, Reservation], object]


def held(shop: Shop) -> Reservation:
    """A hold of three of ten units, whose execution waits for the payment."""
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3))


def test_a_paid_reservation_is_committed_and_recorded_in_the_ledger(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    payment = shop.pays(reservation)
    committed, _ = shop.commits(reservation)

    level = shop.level("P-1")
    assert payment.fulfilled
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    assert committed.outcome() == {
        "reservation_id": reservation.reservation_id,
        "execution_name": reservation.execution_name,
        "status": "COMMITTED",
        "reason": None,
        "shortages": [],
    }
    assert (level.on_hand, level.available, level.reserved) == (7, 7, 0)
    assert (committed.task_token, committed.notify_since) == (None, None)
    sold = [movement for movement in shop.rows(shop.tables.movements) if movement["kind"] == "SOLD"]
    assert [(movement["delta"], movement["reference"]) for movement in sold] == [(-3, reservation.reservation_id)]
    shop.adds_up()


def test_a_sale_before_the_end_of_the_wait_keeps_the_token_and_is_to_be_notified(shop: Shop) -> None:
    paid = shop.pays(held(shop)).reservation
    now = shop.now()

    sold = shop.reservation_store.commit(paid, now, wait_is_over=False)

    assert sold == shop.reservation(paid)
    assert (sold.status, sold.decided_at) == ("COMMITTED", iso(now))
    assert (sold.task_token, sold.notify_since) == (TASK_TOKEN, iso(now))
    shop.adds_up()


def test_a_repeated_commit_returns_the_same_and_makes_no_attempt_to_write(shop: Shop) -> None:
    reservation = held(shop)
    shop.pays(reservation)
    first, _ = shop.commits(reservation)

    with recorded(shop.client) as calls:
        again, _ = shop.commits(reservation)

    assert again == first
    assert {call.operation for call in calls} == {"GetItem", "BatchGetItem"}
    shop.adds_up()


@pytest.mark.parametrize("end", [Shop.times_out, Shop.cancels])
def test_an_unpaid_reservation_cannot_be_committed(shop: Shop, end: Decision) -> None:
    reservation = held(shop)
    with pytest.raises(AlreadyDecided):
        shop.commits(reservation)
    end(shop, reservation)

    with pytest.raises(AlreadyDecided):
        shop.commits(reservation)

    assert shop.level("P-1").on_hand == 10
    shop.adds_up()


def test_a_sale_whose_movement_another_tool_has_written_is_a_drift_that_names_its_level(shop: Shop) -> None:
    reservation = held(shop)
    shop.pays(reservation)
    now = shop.now()
    [movement] = movements_of_sale(reservation, now)
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(movement_item(movement)))

    with pytest.raises(StockDrifted, match="P-1 in main does not have the units"):
        shop.reservation_store.commit(shop.reservation(reservation), now)

    assert shop.reservation(reservation).status == "PAID"


def test_a_tracked_sale_keeps_its_units_on_hand_and_its_row_until_they_are_dispatched(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.tracks_dispatch = True
    shop.sells(("P-1", 3), reservation_id="R-1")
    [row] = shop.rows(shop.tables.reservations)

    sold = shop.reservation("R-1")

    level = shop.level("P-1")
    assert (level.on_hand, level.reserved, level.allocated, level.available) == (10, 0, 3, 7)
    assert sold.tracked
    assert sold.allocated == sold.holdings
    assert "expire_at" not in row
