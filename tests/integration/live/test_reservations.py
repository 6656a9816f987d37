"""Which events follow from reservations, whenever their rows are seen."""

import json
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.live.published import reservation_subject
from inventory.model import Reservation
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.live import Publisher, reservation_record
from tests.support.shop import TASK_TOKEN, Shop

CUSTOMER = "customer-of-the-test"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop with ten units of P-1."""
    shop.stocks("P-1", on_hand=10)
    return shop


def holds(shop: Shop, quantity: int = 2, **more: Any) -> Reservation:
    return shop.holds(("P-1", quantity), reservation_id="R-1", customer_id=CUSTOMER, **more)


def test_each_step_of_a_sale_is_announced_once(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop, order_id="1001")
    publisher.sees_reservation()
    shop.pays(held)
    publisher.sees_reservation()
    shop.commits(held)
    publisher.sees_reservation()
    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationCommitted"]
    assert [event["sequence"] for event in publisher.targets.events] == [1, 2]
    begun = publisher.event("ReservationHeld")
    assert (begun["reservation_id"], begun["order_id"], begun["held_until"]) == ("R-1", "1001", held.held_until)
    assert begun["lines"][0]["sources"] == [{"warehouse_id": "main", "quantity": 2}]
    assert publisher.event("ReservationCommitted")["payment_reference"] == "PAY-1"


def test_a_row_that_is_seen_late_announces_all_that_it_went_through(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    shop.pays(held)
    shop.commits(held)

    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationCommitted"]


def test_a_rescued_reservation_was_released_before(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    publisher.sees_reservation()
    shop.times_out(held)
    shop.pays(held)

    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationReleased", "ReservationCommitted"]
    assert publisher.event("ReservationReleased")["reason"] == "EXPIRED"
    assert publisher.event("ReservationCommitted")["rescued"] is True


def test_a_rescue_after_a_release_that_was_announced_is_a_sale(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    shop.times_out(held)
    publisher.sees_reservation()
    shop.pays(held)

    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationReleased", "ReservationCommitted"]


def test_a_rejected_reservation_says_what_was_short(publisher: Publisher, shop: Shop) -> None:
    shop.reserves(("P-1", 11), reservation_id="R-1")

    publisher.sees_reservation()

    assert publisher.sent == ["ReservationRejected"]
    [short] = publisher.event("ReservationRejected")["shortages"]
    assert (short["requested"], short["available"]) == (11, 10)


def test_an_extension_is_a_change(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    publisher.sees_reservation()
    extended = shop.reservations.extend("R-1", shop.now() + timedelta(minutes=5))

    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationChanged"]
    assert publisher.event("ReservationChanged")["held_until"] == extended.held_until != held.held_until


def test_a_payment_that_bought_nothing_is_announced_with_its_amount(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop, quantity=10)
    publisher.sees_reservation()
    shop.times_out(held)
    shop.holds(("P-1", 1), reservation_id="R-2")
    shop.pays(held, amount="19.90", currency="EUR")

    publisher.sees_reservation()
    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationReleased", "PaymentUnfulfilled"]
    payment = publisher.event("PaymentUnfulfilled")
    assert (payment["payment_reference"], payment["amount"], payment["currency"]) == ("PAY-1", "19.90", "EUR")


def test_each_surplus_payment_changes_the_row_and_is_announced(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    shop.pays(held)
    shop.commits(held)
    publisher.sees_reservation()

    for reference in ("PAY-2", "PAY-3"):
        before = shop.rows(shop.tables.reservations)
        shop.pays(held, reference)
        assert shop.rows(shop.tables.reservations) != before, "a stream has no record of a write that changes nothing"
        publisher.sees_reservation()

    unfulfilled = [event for event in publisher.targets.events if event["detail_type"] == "PaymentUnfulfilled"]
    assert [event["payment_reference"] for event in unfulfilled] == ["PAY-2", "PAY-3"]


def test_returned_units_are_announced_as_they_come_back(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop, quantity=3)
    shop.pays(held)
    shop.commits(held)
    publisher.sees_reservation()

    for units, reference in ((1, "RET-1"), (2, "RET-2")):
        shop.returns(held, ("P-1", units), reference=reference)
        publisher.sees_reservation()

    returned = [event for event in publisher.targets.events if event["detail_type"] == "StockReturned"]
    assert [event["lines"][0]["quantity"] for event in returned] == [1, 2]


def test_a_row_that_another_tool_replaced_is_a_new_reservation(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    shop.pays(held)
    shop.commits(held)
    publisher.sees_reservation()
    [row] = shop.rows(shop.tables.reservations)
    replaced = row | {"status": "HELD", "created_at": "2026-04-01T00:00:00.000Z"}
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(replaced))

    publisher.sees_reservation()

    assert publisher.sent[-1] == "ReservationHeld"
    assert publisher.targets.events[-1]["sequence"] == 3


def test_a_deleted_row_is_no_event(publisher: Publisher, shop: Shop) -> None:
    holds(shop)
    shop.client.delete_item(TableName=shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})

    assert publisher.gets(reservation_record(shop, event_name="REMOVE"), reservation_record(shop)) == []

    assert publisher.sent == []
    assert publisher.targets.queued == []


def test_the_publishers_row_outlives_the_reservation(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    publisher.sees_reservation()
    subject = {"subject": reservation_subject("R-1")}
    assert "expire_at" not in publisher.row(subject)

    shop.cancels(held)
    publisher.sees_reservation()

    [row] = shop.rows(shop.tables.reservations)
    assert publisher.row(subject)["expire_at"] > row["expire_at"]


def test_neither_a_task_token_nor_the_customer_leaves(publisher: Publisher, shop: Shop) -> None:
    held = holds(shop)
    publisher.sees_reservation()
    shop.times_out(held)
    publisher.sees_reservation()
    shop.pays(held)
    publisher.sees_reservation()

    assert publisher.sent == ["ReservationHeld", "ReservationReleased", "ReservationCommitted"]
    sent = json.dumps(publisher.targets.events)
    assert TASK_TOKEN not in sent
    assert CUSTOMER not in sent


def test_an_unplaced_line_says_where_it_is_held(publisher: Publisher, shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "berlin"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=3, warehouse_id="berlin")
    shop.holds(("P-1", 12), reservation_id="R-1")

    publisher.sees_reservation()

    [line] = publisher.event("ReservationHeld")["lines"]
    assert line["warehouse_id"] is None
    assert {source["warehouse_id"] for source in line["sources"]} == {"main", "berlin"}
