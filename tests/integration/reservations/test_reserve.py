"""Reserving: all lines or none, no unit twice, and the same reservation for the same request."""

from collections.abc import Callable

import pytest

from inventory.errors import InvalidReservation, ReservationConflict
from inventory.identifiers import name_of
from inventory.model import LevelKey, Reservation, Shortage
from inventory.reservations.reservation_request import DISTINCT_LINES_MAX
from tests.support.handlers import Functions
from tests.support.shop import Shop
from tests.support.shop.first_edition import rename_as_in_the_first_edition


def test_a_hold_moves_units_from_available_to_reserved(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    reservation = shop.reserves(("P-1", 3))

    level = shop.level("P-1")
    assert reservation.status == "HELD"
    assert (level.on_hand, level.available, level.reserved) == (10, 7, 3)
    shop.adds_up()


def test_the_last_unit_can_be_held(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)

    reservation = shop.reserves(("P-1", 3))

    assert reservation.status == "HELD"
    assert shop.level("P-1").available == 0
    shop.adds_up()


def test_equal_lines_of_one_cart_are_added_up(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)

    reservation = shop.reserves(("P-1", 2), ("P-1", 2))

    assert reservation.status == "REJECTED"
    assert reservation.shortages == (Shortage("P-1", None, requested=4, available=3),)
    assert shop.level("P-1").available == 3
    shop.adds_up()


def test_equal_lines_that_fit_together_are_held_as_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)

    reservation = shop.reserves(("P-1", 2), ("P-1", 2))

    assert [(line.product_id, line.quantity) for line in reservation.lines] == [("P-1", 4)]
    assert shop.level("P-1").reserved == 4
    shop.adds_up()


def test_the_same_product_in_two_warehouses_is_two_lines(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    shop.stocks("P-1", on_hand=1, warehouse_id="north")

    reservation = shop.reserves(("P-1", 1), {"product_id": "P-1", "warehouse_id": "north", "quantity": 1})

    assert reservation.status == "HELD"
    assert shop.level("P-1").available == shop.level("P-1", "north").available == 0
    shop.adds_up()


def test_one_short_line_holds_nothing_of_the_others(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=1)

    reservation = shop.reserves(("P-1", 2), ("P-2", 2))

    assert reservation.status == "REJECTED"
    assert shop.level("P-1").reserved == shop.level("P-2").reserved == 0
    shop.adds_up()


def test_a_rejection_names_every_short_line_with_its_requested_and_available_units(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    shop.stocks("P-2", on_hand=10)
    shop.stocks("P-3", on_hand=0)

    reservation = shop.reserves(("P-1", 2), ("P-2", 5), ("P-3", 7))

    assert reservation.outcome() == {
        "reservation_id": reservation.reservation_id,
        "execution_name": reservation.execution_name,
        "status": "REJECTED",
        "reason": None,
        "shortages": [
            {"product_id": "P-1", "warehouse_id": None, "requested": 2, "available": 1},
            {"product_id": "P-3", "warehouse_id": None, "requested": 7, "available": 0},
        ],
    }
    assert shop.reservation(reservation) == reservation


def test_units_that_others_hold_are_not_available(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 4))

    reservation = shop.reserves(("P-1", 2))

    assert reservation.shortages == (Shortage("P-1", None, requested=2, available=1),)
    shop.adds_up()


@pytest.mark.parametrize("lines", [1, 2, DISTINCT_LINES_MAX])
def test_a_cart_of_up_to_45_products_is_held_and_sold_whole(shop: Shop, lines: int) -> None:
    products = [f"P-{number}" for number in range(lines)]
    for product in products:
        shop.stocks(product, on_hand=2)

    reservation = shop.holds(*((product, 2) for product in products))
    shop.pays(reservation)
    committed, _ = shop.commits(reservation)

    assert committed.status == "COMMITTED"
    assert {
        level.on_hand for level in shop.stock_store.levels([LevelKey(product, "main") for product in products])
    } == {0}
    shop.adds_up()


def test_a_cart_of_45_products_is_released_whole(shop: Shop) -> None:
    products = [f"P-{number}" for number in range(DISTINCT_LINES_MAX)]
    for product in products:
        shop.stocks(product, on_hand=2)
    reservation = shop.holds(*((product, 2) for product in products))

    shop.times_out(reservation)

    assert {
        level.available for level in shop.stock_store.levels([LevelKey(product, "main") for product in products])
    } == {2}
    shop.adds_up()


def test_an_unknown_product_is_named_by_its_field_and_nothing_is_written(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(("P-1", 1), ("P-9", 1), {"product_id": "P-1", "warehouse_id": "w", "quantity": 1})

    assert [error.field for error in refused.value.errors] == ["lines[1].product_id", "lines[2].product_id"]
    assert shop.rows(shop.tables.reservations) == []
    assert shop.level("P-1").available == 10


def test_an_unknown_product_is_reported_before_a_shortage(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)

    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(("P-1", 2), ("P-9", 1))

    assert [error.field for error in refused.value.errors] == ["lines[1].product_id"]
    assert shop.rows(shop.tables.reservations) == []


def test_a_repeated_request_returns_the_same_reservation(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    first = shop.reserves(("P-1", 3), reservation_id="R-1", order_id="O-1")

    again = shop.reserves(("P-1", 3), reservation_id="R-1", order_id="O-1")

    assert again == first
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_the_same_lines_in_another_order_or_split_are_the_same_request(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    first = shop.reserves(("P-1", 3), ("P-2", 1), reservation_id="R-1")

    again = shop.reserves(("P-2", 1), ("P-1", 1), ("P-1", 2), reservation_id="R-1")

    assert again == first
    shop.adds_up()


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": 2},
        {"product_id": "P-2"},
        {"warehouse_id": "north"},
        {"warehouse_id": None},
        {"order_id": "O-2"},
        {"customer_id": "C-2"},
        {"hold_seconds": 60},
    ],
    ids=lambda other: next(iter(other)),
)
def test_other_content_under_the_same_id_is_a_conflict(shop: Shop, other: dict[str, int | str]) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.stocks("P-1", on_hand=10, warehouse_id="north")
    line = {"product_id": "P-1", "warehouse_id": "main", "quantity": 1}
    content = {"order_id": "O-1", "customer_id": "C-1", "hold_seconds": 900}
    first = shop.reserves(line, reservation_id="R-1", **content)  # type: ignore[arg-type]

    with pytest.raises(ReservationConflict):
        shop.reserves(
            {name: other.get(name, value) for name, value in line.items()},
            reservation_id="R-1",
            **{name: other.get(name, value) for name, value in content.items()},  # type: ignore[arg-type]
        )

    assert shop.reservation("R-1") == first
    shop.adds_up()


def test_a_repeated_request_is_the_same_although_the_settings_would_refuse_it_now(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    first = shop.reserves(("P-1", 3), reservation_id="R-1", hold_seconds=900)
    shop.longest_hold_seconds, shop.customer_id_required = 600, True

    assert shop.reserves(("P-1", 3), reservation_id="R-1", hold_seconds=900) == first
    assert shop.level("P-1").reserved == 3
    with pytest.raises(InvalidReservation):
        shop.reserves(("P-1", 2), reservation_id="R-1", hold_seconds=900)
    with pytest.raises(InvalidReservation):
        shop.reserves(("P-1", 3), reservation_id="R-2", hold_seconds=900)
    shop.adds_up()


def test_a_step_that_is_repeated_after_an_update_finds_the_hold_of_the_first_edition(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    rename_as_in_the_first_edition(shop, shop.holds(("P-1", 3), reservation_id="k-1"))

    again = shop.reserves(("P-1", 3), reservation_id="k-1")

    assert (again.status, again.reservation_id) == ("HELD", "k-1")
    assert len(shop.rows(shop.tables.reservations)) == 1
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_other_content_that_exceeds_the_stock_is_a_conflict_too(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    first = shop.reserves(("P-1", 1), reservation_id="R-1")

    with pytest.raises(ReservationConflict):
        shop.reserves(("P-1", 99), reservation_id="R-1")

    assert shop.reservation("R-1") == first


def test_a_rejected_request_stays_rejected_after_a_delivery(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    first = shop.reserves(("P-1", 2), reservation_id="R-1")
    shop.adjusts(+10)

    again = shop.reserves(("P-1", 2), reservation_id="R-1")

    assert again == first
    assert shop.level("P-1").reserved == 0


def paid(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)


def sold(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)
    shop.commits(reservation)


def expired(shop: Shop, reservation: Reservation) -> None:
    shop.times_out(reservation)


def paid_after_a_cancellation(shop: Shop, reservation: Reservation) -> None:
    shop.cancels(reservation)
    shop.pays(reservation)


@pytest.mark.parametrize("decide", [paid, sold, expired, paid_after_a_cancellation], ids=lambda decide: decide.__name__)
def test_a_repeated_request_after_a_decision_returns_the_reservation_and_holds_nothing_more(
    shop: Shop, decide: Callable[[Shop, Reservation], None]
) -> None:
    shop.stocks("P-1", on_hand=10)
    decide(shop, shop.reserves(("P-1", 3), reservation_id="R-1"))
    reservation, level = shop.reservation("R-1"), shop.level("P-1")

    again = shop.reserves(("P-1", 3), reservation_id="R-1")

    assert again == shop.reservation("R-1") == reservation
    assert shop.level("P-1") == level
    shop.adds_up()


@pytest.mark.parametrize(("hold_seconds", "longest_hold_seconds"), [(600, 600), (600, 86_400), (2_678_400, 2_678_400)])
def test_the_wait_for_a_payment_can_miss_a_heartbeat_before_it_times_out(
    shop: Shop, functions: Functions, hold_seconds: int, longest_hold_seconds: int
) -> None:
    shop.longest_hold_seconds = longest_hold_seconds
    shop.stocks("P-1", on_hand=10)
    functions.serve(shop)
    request = {"lines": [{"product_id": "P-1", "quantity": 1}], "hold_seconds": hold_seconds}

    answer = functions.invoke("reserve_stock", {"reservation_id": "R-1", "request": request})

    # HeartbeatSeconds must be smaller than TimeoutSeconds:
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
    assert (answer["status"], answer["hold_seconds"]) == ("HELD", hold_seconds)
    assert answer["longest_hold_seconds"] == max(hold_seconds + 1, longest_hold_seconds)


def test_a_second_execution_of_one_reservation_is_in_conflict_with_the_first(shop: Shop, functions: Functions) -> None:
    shop.stocks("P-1", on_hand=10)
    functions.serve(shop)
    request = {"lines": [{"product_id": "P-1", "quantity": 1}]}
    first = {"reservation_id": name_of("order.17"), "request": request | {"reservation_id": "order.17"}}

    decided = functions.invoke("reserve_stock", first)
    started_directly = functions.invoke("reserve_stock", {"reservation_id": "order.17", "request": request})

    assert (decided["status"], started_directly["status"]) == ("HELD", "CONFLICT")
    assert functions.invoke("reserve_stock", first) == decided
