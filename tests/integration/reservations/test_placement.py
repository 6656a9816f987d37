"""Lines that name no warehouse are held where the shop's settings find them, in one transaction or not at all."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import InvalidReservation, ReservationConflict, TransientError
from inventory.model import LevelKey, Reservation, Shortage
from inventory.reservations.reservation_request import DISTINCT_LINES_MAX
from inventory.stock.shards.parts import Holdable
from inventory.stock.sourcing import SOURCES_MAX, Sourcing, SourcingPolicy
from tests.support.aws_calls import recorded
from tests.support.shop import Shop, at_once

HOLD = timedelta(seconds=1)


def sourcing(how: Sourcing, *warehouses: str) -> SourcingPolicy:
    return SourcingPolicy(warehouses or ("main", "outlet", "north"), how)


def stocks(shop: Shop, product_id: str = "P-1", **units: int) -> None:
    """Levels of a product, by warehouse."""
    for warehouse_id, on_hand in units.items():
        shop.stocks(product_id, on_hand=on_hand, warehouse_id=warehouse_id)


def sources(reservation: Reservation) -> list[list[tuple[str, int]]]:
    """Where each line is taken from."""
    return [[(source.warehouse_id, source.quantity) for source in line.sources] for line in reservation.lines]


def named(warehouse_id: str, quantity: int, product_id: str = "P-1") -> dict[str, Any]:
    """A line that names its warehouse."""
    return {"product_id": product_id, "warehouse_id": warehouse_id, "quantity": quantity}


@pytest.fixture
def split(shop: Shop) -> Shop:
    """A shop that splits lines, with 2 units in main, 3 in the outlet, and 9 where nothing is taken from unasked."""
    shop.sourcing = sourcing(Sourcing.SPLIT)
    stocks(shop, main=2, outlet=3, elsewhere=9)
    return shop


# --- where lines are taken from


def test_a_line_that_the_first_warehouse_has_is_held_there_without_a_read(split: Shop) -> None:
    with recorded(split.client) as calls:
        reservation = split.reserves(("P-1", 2))

    assert [call.operation for call in calls] == ["TransactWriteItems"]
    assert sources(reservation) == [[("main", 2)]]
    split.adds_up()


def test_a_line_that_is_short_there_is_split_after_one_read(split: Shop) -> None:
    with recorded(split.client) as calls:
        reservation = split.reserves(("P-1", 4))

    assert [call.operation for call in calls] == ["TransactWriteItems", "Query", "TransactWriteItems"]
    assert sources(reservation) == [[("main", 2), ("outlet", 2)]]
    assert split.reservation(reservation) == reservation
    assert split.level("P-1", "outlet").reserved == 2
    split.adds_up()


def test_one_warehouse_has_the_line_whole_or_it_is_rejected_with_the_most_that_one_has(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.ONE_WAREHOUSE)
    stocks(shop, main=2, outlet=3, elsewhere=9)

    whole, refused = shop.reserves(("P-1", 3)), shop.reserves(("P-1", 3))

    assert sources(whole) == [[("outlet", 3)]]
    assert refused.shortages == (Shortage("P-1", None, requested=3, available=2),)
    assert shop.reservation(refused) == refused
    shop.adds_up()


def test_a_product_that_is_only_in_the_outlet_can_be_bought(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.ONE_WAREHOUSE)
    stocks(shop, outlet=3)

    assert sources(shop.reserves(("P-1", 3))) == [[("outlet", 3)]]
    shop.adds_up()


@pytest.mark.parametrize("warehouses", [("main",), ("main", "outlet")])
def test_a_product_that_is_only_elsewhere_is_short_and_an_unknown_one_is_invalid(
    shop: Shop, warehouses: tuple[str, ...]
) -> None:
    shop.sourcing = sourcing(Sourcing.SPLIT, *warehouses)
    stocks(shop, elsewhere=3)

    assert shop.reserves(("P-1", 1)).shortages == (Shortage("P-1", None, requested=1, available=0),)
    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(("P-1", 1), ("P-2", 1), named("nowhere", 1))
    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("lines[1].product_id", "there is no stock level of P-2"),
        ("lines[2].product_id", "there is no stock level of P-1 in warehouse nowhere"),
    ]


def test_nothing_is_taken_from_a_retired_or_unreadable_level(split: Shop) -> None:
    split.retires("P-1", "outlet")
    broken = {"product_id": "P-1", "warehouse_id": "north", "available": 9}
    split.client.put_item(TableName=split.tables.inventory, Item=to_attributes(broken))

    assert split.reserves(("P-1", 4)).shortages == (Shortage("P-1", None, requested=4, available=2),)
    split.client.delete_item(
        TableName=split.tables.inventory, Key=to_attributes({"product_id": "P-1", "warehouse_id": "north"})
    )
    split.adds_up()


def test_only_the_products_that_are_short_are_read_and_placed_elsewhere(split: Shop) -> None:
    stocks(split, "P-2", main=5, outlet=5)

    with recorded(split.client) as calls:
        reservation = split.reserves(("P-2", 5), ("P-1", 5), named("outlet", 1, "P-2"))

    assert Counter(call.operation for call in calls) == {"TransactWriteItems": 2, "Query": 1}
    assert sources(reservation) == [[("main", 5)], [("main", 2), ("outlet", 3)], [("outlet", 1)]]
    split.adds_up()


def test_lines_of_one_level_are_one_write_and_one_movement(split: Shop) -> None:
    reservation = split.holds(("P-1", 3), named("main", 1), named("outlet", 1))
    split.pays(reservation)

    split.commits(reservation)

    assert sources(reservation) == [[("main", 1), ("outlet", 2)], [("main", 1)], [("outlet", 1)]]
    sold = [row for row in split.rows(split.tables.movements) if row["kind"] == "SOLD"]
    assert {row["warehouse_id"]: row["delta"] for row in sold} == {"main": -2, "outlet": -3}
    assert len(sold) == 2
    split.adds_up()


def test_a_line_that_names_its_warehouse_is_never_placed_elsewhere(split: Shop) -> None:
    with recorded(split.client) as calls:
        refused = split.reserves(named("main", 3), ("P-1", 1))

    assert refused.shortages == (Shortage("P-1", "main", requested=3, available=2),)
    assert Counter(call.operation for call in calls) == {"TransactWriteItems": 1, "Query": 1, "PutItem": 1}
    with recorded(split.client) as calls:
        assert split.reserves(named("main", 3)).shortages == (Shortage("P-1", "main", requested=3, available=2),)
    assert Counter(call.operation for call in calls) == {"TransactWriteItems": 1, "PutItem": 1}


def test_a_line_that_the_only_warehouse_has_not_is_refused_without_a_read(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.SPLIT, "main")
    stocks(shop, main=2, elsewhere=9)

    with recorded(shop.client) as calls:
        refused = shop.reserves(("P-1", 3))

    assert refused.shortages == (Shortage("P-1", None, requested=3, available=2),)
    assert [call.operation for call in calls] == ["TransactWriteItems", "PutItem"]


def test_without_sourcing_each_line_names_its_warehouse(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.NAMED)
    stocks(shop, main=2, elsewhere=9)

    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(named("elsewhere", 9), ("P-1", 1))

    assert [error.field for error in refused.value.errors] == ["lines[1].warehouse_id"]
    assert shop.rows(shop.tables.reservations) == []
    assert sources(shop.reserves(named("elsewhere", 9))) == [[("elsewhere", 9)]]
    shop.adds_up()


def test_a_cart_may_have_45_sources_and_not_one_more(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.SPLIT, "main", "outlet")
    products = [f"P-{number}" for number in range(23)]
    for product in products:
        stocks(shop, product, main=1, outlet=1)

    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(*((product, 2) for product in products))
    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("lines", "would be taken from 46 products and warehouses, and at most 45 are possible")
    ]
    assert shop.rows(shop.tables.reservations) == []

    reservation = shop.holds(*((product, 2) for product in products[1:]), ("P-0", 1), customer_id="C-1")
    assert len(reservation.holdings) == SOURCES_MAX == DISTINCT_LINES_MAX
    shop.pays(reservation)
    assert shop.commits(reservation)[0].status == "COMMITTED"
    shop.adds_up()


# --- what was asked, and the plan


def test_a_repeated_request_gets_the_first_answer_wherever_its_units_would_come_from_now(split: Shop) -> None:
    first = split.reserves(("P-1", 4), reservation_id="R-1")
    stocks(split, main=50)

    assert split.reserves(("P-1", 3), ("P-1", 1), reservation_id="R-1") == first
    split.sourcing = sourcing(Sourcing.NAMED)
    assert split.reserves(("P-1", 4), reservation_id="R-1") == first
    split.adds_up()


def test_a_rejection_is_repeated_even_if_there_is_enough_now(split: Shop) -> None:
    first = split.reserves(("P-1", 6), reservation_id="R-1")
    stocks(split, main=50)

    assert split.reserves(("P-1", 6), reservation_id="R-1") == first
    assert first.status == "REJECTED"


@pytest.mark.parametrize("other", [named("main", 2), named("outlet", 2), ("P-1", 1)], ids=["main", "outlet", "fewer"])
def test_the_same_key_for_a_warehouse_that_was_not_named_is_a_conflict(split: Shop, other: Any) -> None:
    split.reserves(("P-1", 2), reservation_id="R-1")

    with pytest.raises(ReservationConflict):
        split.reserves(other, reservation_id="R-1")


def write_as_the_first_edition(shop: Shop, reservation: Reservation) -> None:
    """Let the row of a reservation know nothing of placement."""
    lines = [named(line.sources[0].warehouse_id, line.quantity, line.product_id) for line in reservation.lines]
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key=to_attributes({"reservation_id": reservation.name}),
        UpdateExpression="SET #lines = :lines",
        ExpressionAttributeNames={"#lines": "lines"},
        ExpressionAttributeValues=to_attributes({":lines": lines}),
    )


@pytest.mark.parametrize("line", [("P-1", 2), named("main", 2)], ids=["unplaced", "named"])
def test_a_hold_of_the_first_edition_is_repeated_and_sold_from_its_own_warehouse(shop: Shop, line: Any) -> None:
    stocks(shop, main=5)
    held = shop.holds(line, reservation_id="R-1")
    write_as_the_first_edition(shop, held)
    shop.sourcing = sourcing(Sourcing.SPLIT)

    assert shop.reserves(("P-1", 2), reservation_id="R-1").status == "HELD"
    assert shop.reserves(named("main", 2), reservation_id="R-1").status == "HELD"
    with pytest.raises(ReservationConflict):
        shop.reserves(named("outlet", 2), reservation_id="R-1")
    shop.pays(held)
    assert shop.commits(held)[0].status == "COMMITTED"
    assert shop.level().on_hand == 3
    shop.adds_up()


# --- what becomes of the units


def expires(shop: Shop, held: Reservation) -> None:
    shop.times_out(held)


def is_cancelled(shop: Shop, held: Reservation) -> None:
    shop.cancels(held)


def is_stranded(shop: Shop, held: Reservation) -> None:
    assert shop.reconciles(later=HOLD)["released"] == 1


@pytest.mark.parametrize("end", [expires, is_cancelled, is_stranded], ids=lambda end: end.__name__)
def test_a_split_hold_gives_its_units_back_to_where_they_came_from(
    split: Shop, end: Callable[[Shop, Reservation], None]
) -> None:
    held = split.holds(("P-1", 5), hold_seconds=1)

    end(split, held)

    assert [split.level("P-1", name).available for name in ("main", "outlet", "elsewhere")] == [2, 3, 9]
    split.adds_up()


def test_a_split_hold_that_was_paid_is_sold_from_its_sources_by_the_reconciliation_too(split: Shop) -> None:
    split.pays(split.holds(("P-1", 5), hold_seconds=1))

    assert split.reconciles(later=HOLD)["committed"] == 1

    assert [split.level("P-1", name).on_hand for name in ("main", "outlet", "elsewhere")] == [0, 0, 9]
    split.adds_up()


def test_a_late_payment_buys_from_the_sources_or_not_at_all(split: Shop) -> None:
    held = split.holds(("P-1", 4))
    split.times_out(held)
    other = split.holds(named("outlet", 2))
    unfulfilled = split.holds(("P-1", 3))
    split.cancels(other)
    split.times_out(unfulfilled)

    assert split.pays(held).reservation.rescued
    assert not split.pays(unfulfilled, "PAY-2").fulfilled
    assert [split.level("P-1", name).on_hand for name in ("main", "outlet")] == [0, 1]
    split.adds_up()


def test_the_comparison_and_the_repair_know_where_units_are_held(split: Shop) -> None:
    split.holds(("P-1", 5))
    assert split.finds_drift().agree
    split.client.update_item(
        TableName=split.tables.inventory,
        Key=to_attributes({"product_id": "P-1", "warehouse_id": "outlet"}),
        UpdateExpression="SET reserved = :none, available = :all",
        ExpressionAttributeValues=to_attributes({":none": 0, ":all": 3}),
    )

    [drift] = split.finds_drift().drifts

    assert (drift.level.key, drift.held) == (LevelKey("P-1", "outlet"), 3)
    assert split.repairs_drift(drift)
    split.adds_up()


def test_a_deleted_level_of_a_split_hold_is_created_again(split: Shop) -> None:
    split.holds(("P-1", 5), hold_seconds=1)
    split.client.delete_item(
        TableName=split.tables.inventory, Key=to_attributes({"product_id": "P-1", "warehouse_id": "outlet"})
    )

    assert split.reconciles(later=HOLD) == {"stranded": 1, "recreated": 1, "released": 1}

    assert split.level("P-1", "outlet").available == 3
    split.adds_up()


# --- races


def test_checkouts_at_once_get_every_unit_and_none_twice(shop: Shop) -> None:
    shop.sourcing = sourcing(Sourcing.SPLIT)
    stocks(shop, main=7, outlet=7, north=7)

    answers = at_once(*[lambda: shop.reserves(("P-1", 2)) for _ in range(14)])

    statuses = Counter(getattr(answer, "status", type(answer)) for answer in answers)
    assert set(statuses) <= {"HELD", "REJECTED", TransientError}
    left = sum(shop.level("P-1", name).available for name in ("main", "outlet", "north"))
    assert left == 21 - 2 * statuses["HELD"]
    assert left < 2 or statuses[TransientError]  # nothing is refused while there is enough
    assert all(answer.shortages[0].available < 2 for answer in answers if getattr(answer, "status", 0) == "REJECTED")
    shop.adds_up()


def test_a_plan_that_was_overtaken_is_made_again(split: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    stocks(split, north=4)
    read = split.stock_store.holdable
    rivals = iter([named("outlet", 3), named("north", 1)])

    def overtaken(product_id: str) -> Holdable:
        found = read(product_id)
        for rival in rivals:
            split.reserves(rival)
            break
        return found

    monkeypatch.setattr(split.stock_store, "holdable", overtaken)

    reservation = split.reserves(("P-1", 5))

    assert sources(reservation) == [[("main", 2), ("north", 3)]]
    split.adds_up()


def test_a_checkout_that_is_overtaken_always_ends_with_an_error_that_can_be_retried(
    split: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split.stock_store, "holdable", lambda product_id: Holdable({LevelKey(product_id, "outlet"): 9}))

    with pytest.raises(TransientError):
        split.reserves(("P-1", 5))

    assert split.rows(split.tables.reservations) == []
    split.adds_up()


def test_the_limit_of_a_customer_counts_the_units_of_all_sources(split: Shop) -> None:
    held = split.reserves(("P-1", 5), customer_id="C-1")
    assert split.held_by("C-1") == (1, 5)

    split.times_out(held)

    assert split.held_by("C-1") == (0, 0)
    split.adds_up()
