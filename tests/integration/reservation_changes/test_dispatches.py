"""Dispatches: the units of a tracked sale leave their warehouses, in parts, each once."""

from datetime import timedelta

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import (
    LevelNotFound,
    NotAllocated,
    ReservationConflict,
    ReservationNotFound,
    StockDrifted,
)
from inventory.model import AfterSale, LevelKey, Reservation, utc_now
from tests.support.fault_injection import just_before, lost_responses
from tests.support.shop import Shop, at_once
from tests.support.shop.drift import deletes_row

MAIN = LevelKey("P-1", "main")


def sold(shop: Shop, quantity: int = 3, *, tracked: bool = True) -> Reservation:
    """A reservation that bought some of ten units."""
    shop.tracks_dispatch = tracked
    shop.stocks("P-1", on_hand=10)
    return shop.sold(("P-1", quantity), reservation_id="R-1")


def units(shop: Shop) -> tuple[int, int, int]:
    level = shop.level()
    return level.on_hand, level.available, level.allocated


def test_dispatched_units_leave_the_warehouse(shop: Shop) -> None:
    bought = sold(shop)

    changed = shop.dispatches(bought, ("P-1", 2), reference="PARCEL-1")

    assert units(shop) == (8, 7, 1)
    assert changed == shop.reservation("R-1")
    assert (changed.after_sale, changed.revision) == ((AfterSale(MAIN, dispatched=2),), 1)
    [line] = changed.to_json()["lines"]
    assert (line["dispatched"], line["returned"]) == (2, 0)
    [row] = [row for row in shop.rows(shop.tables.movements) if row["kind"] == "DISPATCHED"]
    assert (row["delta"], row["allocated_delta"], row["reference"]) == (-2, -2, "R-1")
    assert row["reason"] == "dispatched: PARCEL-1"
    assert "units" not in row
    shop.adds_up()


def test_without_lines_all_that_is_left_is_dispatched(shop: Shop) -> None:
    bought = sold(shop)
    shop.dispatches(bought, ("P-1", 1))
    shop.returns(bought, ("P-1", 2))  # one of them was not dispatched

    shop.dispatches(bought)

    assert units(shop) == (9, 9, 0)
    with pytest.raises(NotAllocated):
        shop.dispatches(bought)
    shop.adds_up()


def test_a_dispatch_changes_no_alert_because_sold_units_did_not_count(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=9, low_stock_threshold=7)
    bought = shop.holds(("P-1", 3))
    shop.pays(bought)
    assert shop.publishes(shop.commits(bought)[1]) == 1

    shop.dispatches(bought)

    assert shop.level().low_stock_alerted
    assert shop.checks_low_stock(later=timedelta(days=1)) == 0


def test_the_row_gets_its_end_with_the_last_dispatch(shop: Shop) -> None:
    bought = sold(shop)
    now = utc_now()
    shop.now = lambda: now

    shop.dispatches(bought, ("P-1", 2))
    [begun] = shop.rows(shop.tables.reservations)
    shop.dispatches(bought)
    [gone] = shop.rows(shop.tables.reservations)

    assert "expire_at" not in begun
    assert gone["expire_at"] == int((now + timedelta(days=365)).timestamp())
    assert (gone["phase"], gone["phase_at"]) == (begun["phase"], begun["phase_at"])


@pytest.mark.parametrize("line", [("P-1", 4), ("P-2", 1)], ids=str)
def test_more_than_is_allocated_is_refused_and_nothing_is_written(shop: Shop, line: tuple[str, int]) -> None:
    bought = sold(shop)
    before = shop.reservation(bought)

    with pytest.raises(NotAllocated):
        shop.dispatches(bought, line)

    assert shop.reservation(bought) == before
    assert units(shop) == (10, 7, 3)


def test_nothing_of_an_untracked_sale_is_dispatched(shop: Shop) -> None:
    bought = sold(shop, tracked=False)
    shop.tracks_dispatch = True  # the setting of today does not matter

    with pytest.raises(NotAllocated):
        shop.dispatches(bought)


def test_an_unknown_reservation_is_not_found(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound):
        shop.dispatches("R-9")


def test_a_level_that_was_deleted_by_hand_is_not_found(shop: Shop) -> None:
    bought = sold(shop)
    deletes_row(shop)

    with pytest.raises(LevelNotFound):
        shop.dispatches(bought)


def test_a_level_without_the_allocated_units_is_a_drift_and_can_be_dispatched_after_its_repair(shop: Shop) -> None:
    bought = sold(shop)
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {"allocated": 1}))

    with pytest.raises(StockDrifted):
        shop.dispatches(bought, reference="PARCEL-1")
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row))

    shop.dispatches(bought, reference="PARCEL-1")
    shop.adds_up()


# --- repeated calls


def test_the_same_reference_dispatches_once(shop: Shop) -> None:
    bought = sold(shop)
    first = shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")
    shop.dispatches(bought, ("P-1", 1), reference="PARCEL-2")

    again = shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")

    assert again.to_json() == first.to_json()
    assert units(shop) == (8, 7, 1)


def test_the_same_reference_with_other_content_is_a_conflict(shop: Shop) -> None:
    bought = sold(shop)
    shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")

    with pytest.raises(ReservationConflict):
        shop.dispatches(bought, ("P-1", 2), reference="PARCEL-1")
    with pytest.raises(ReservationConflict):
        shop.dispatches(bought, reference="PARCEL-1")


def test_the_same_reference_of_another_reservation_is_another_dispatch(shop: Shop) -> None:
    bought = sold(shop)
    other = shop.sold(("P-1", 1), reservation_id="R-2")

    shop.dispatches(bought, reference="1")
    shop.dispatches(other, reference="1")

    assert units(shop) == (6, 6, 0)


def test_a_refusal_is_repeated(shop: Shop) -> None:
    bought = sold(shop)
    refusals = []
    for _ in range(2):
        with pytest.raises(NotAllocated) as refused:
            shop.dispatches(bought, ("P-1", 4), reference="PARCEL-1")
        refusals.append(str(refused.value))

    assert refusals[0] == refusals[1]
    with pytest.raises(ReservationConflict):
        shop.dispatches(bought, ("P-1", 3), reference="PARCEL-1")


def test_a_dispatch_that_was_refused_before_the_sale_is_possible_after_it(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10)
    paid = shop.holds(("P-1", 1))
    shop.pays(paid)
    with pytest.raises(NotAllocated):
        shop.dispatches(paid, reference="PARCEL-1")
    shop.commits(paid)

    shop.dispatches(paid, reference="PARCEL-1")

    assert units(shop) == (9, 9, 0)


def test_a_lost_answer_dispatches_once(shop: Shop) -> None:
    bought = sold(shop)

    with lost_responses(shop.client, "TransactWriteItems"):
        shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")
    shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")

    assert units(shop) == (9, 7, 2)
    shop.adds_up()


# --- races


def test_of_many_dispatches_of_the_last_unit_at_once_one_succeeds(shop: Shop) -> None:
    bought = sold(shop, 1)

    answers = at_once(*[lambda: shop.dispatches(bought, ("P-1", 1))] * 8)

    assert sorted(type(answer).__name__ for answer in answers) == ["NotAllocated"] * 7 + ["Reservation"]
    assert units(shop) == (9, 9, 0)
    shop.adds_up()


def test_a_dispatch_between_the_read_and_the_write_of_a_return_is_seen_by_it(shop: Shop) -> None:
    bought = sold(shop, 1)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.dispatches(bought)):
        changed = shop.returns(bought, ("P-1", 1), disposition="DISCARD")

    assert changed.after_sale == (AfterSale(MAIN, dispatched=1, returned=1),)
    assert units(shop) == (9, 9, 0)  # it left once
    shop.adds_up()


def test_a_return_between_the_read_and_the_write_of_a_dispatch_is_seen_by_it(shop: Shop) -> None:
    bought = sold(shop, 1)

    with (
        just_before(shop.client, "TransactWriteItems", lambda: shop.returns(bought, ("P-1", 1))),
        pytest.raises(NotAllocated),
    ):
        shop.dispatches(bought, ("P-1", 1))

    assert units(shop) == (10, 10, 0)
    shop.adds_up()
