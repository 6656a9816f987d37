"""Returns: sold units come back once, tied to their sale."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inventory.after_sale.store import AfterSaleStore
from inventory.aws.changes import to_attributes
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import (
    InvalidReservation,
    LevelNotFound,
    LevelUnreadable,
    NotSold,
    ReservationConflict,
    ReservationNotFound,
    StockDrifted,
    TransientError,
)
from inventory.model import UNITS_MAX, AfterSale, Level, LevelKey, Movement, MovementKind, Reservation, iso, utc_now
from inventory.stock.low_stock_alerts import OVERDUE
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.fault_injection import BUSY_DAY, injected_faults, just_before, lost_responses, with_retries
from tests.support.shop import Shop, at_once

MAIN, OUTLET = LevelKey("P-1", "main"), LevelKey("P-1", "outlet")


def units(level: Level) -> tuple[int, int, int, int]:
    return level.on_hand, level.available, level.reserved, level.allocated


def sold(shop: Shop, quantity: int = 3, on_hand: int = 10, *, tracked: bool = False) -> Reservation:
    """A reservation that bought some of a level."""
    shop.tracks_dispatch = tracked
    shop.stocks("P-1", on_hand=on_hand)
    return shop.sold(("P-1", quantity), reservation_id="R-1", order_id="1001")


def sold_from_two(shop: Shop) -> Reservation:
    """A reservation that bought three units of the main warehouse and two of the outlet."""
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=3)
    shop.stocks("P-1", on_hand=2, warehouse_id="outlet")
    return shop.sold(("P-1", 5), reservation_id="R-1")


def returned(shop: Shop) -> list[Movement]:
    """The movements of returns, the earliest first."""
    rows = [row for row in shop.rows(shop.tables.movements) if row["kind"] == MovementKind.RETURNED]
    keys = ("product_id", "warehouse_id", "movement_id", "moved_at", "actor", "reason", "reference")
    return [
        Movement(
            **{key: row[key] for key in keys},
            kind=MovementKind(row["kind"]),
            delta=int(row["delta"]),
            units=int(row["units"]) if "units" in row else None,
            allocated_delta=int(row.get("allocated_delta", 0)),
        )
        for row in sorted(rows, key=lambda row: str(row["movement_id"]))
    ]


def stored(shop: Shop) -> list[object]:
    """All that a refused return must leave as it is."""
    tables = shop.tables
    return [sorted(shop.rows(table), key=str) for table in (tables.inventory, tables.movements, tables.reservations)]


# --- what a return changes


def test_restocked_units_are_on_hand_and_available_again(shop: Shop) -> None:
    bought = sold(shop)

    changed = shop.returns(bought, ("P-1", 2), reference="RMA-17")

    assert units(shop.level()) == (9, 9, 0, 0)
    assert changed == shop.reservation("R-1")
    assert (changed.after_sale, changed.revision) == ((AfterSale(MAIN, returned=2),), 1)
    assert changed.to_json()["lines"][0]["returned"] == 2
    [movement] = returned(shop)
    assert (movement.delta, movement.units, movement.reference) == (2, None, "R-1")
    assert movement.reason == "restocked: RMA-17"
    shop.adds_up()


def test_discarded_units_leave_a_movement_and_nothing_else(shop: Shop) -> None:
    bought = sold(shop)
    before = shop.level()

    changed = shop.returns(bought, ("P-1", 2), disposition="DISCARD")

    assert shop.level() == before
    assert changed.to_json()["lines"][0]["returned"] == 2
    [movement] = returned(shop)
    assert (movement.delta, movement.units, movement.reason) == (0, 2, "discarded: RMA-1")
    shop.adds_up()


def test_units_go_back_to_their_sources_or_to_the_warehouse_that_is_named(shop: Shop) -> None:
    bought = sold_from_two(shop)
    shop.stocks("P-1", on_hand=1, warehouse_id="returns")

    shop.returns(bought, ("P-1", 4))
    shop.returns(bought, {"product_id": "P-1", "quantity": 1, "warehouse_id": "returns"})

    assert [shop.level("P-1", name).on_hand for name in ("main", "outlet", "returns")] == [3, 1, 2]
    assert shop.reservation("R-1").after_sale == (AfterSale(MAIN, returned=3), AfterSale(OUTLET, returned=2))
    shop.adds_up()


def test_equal_lines_are_added_up(shop: Shop) -> None:
    bought = sold(shop)

    shop.returns(bought, ("P-1", 1), ("P-1", 2))

    assert [movement.delta for movement in returned(shop)] == [3]


def test_a_returned_reservation_keeps_its_place_in_lists_and_its_end(shop: Shop) -> None:
    bought = sold(shop)
    [before] = shop.rows(shop.tables.reservations)
    later = shop.now() + timedelta(days=1)
    shop.now = lambda: later

    shop.returns(bought, ("P-1", 1))

    [row] = shop.rows(shop.tables.reservations)
    assert {name: row[name] for name in before} == before
    assert row.keys() - before.keys() == {"after_sale", "revision"}


def test_a_return_rearms_the_alert_of_a_level_that_rises_above_its_threshold(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    bought = shop.holds(("P-1", 3))
    shop.pays(bought)
    assert shop.publishes(shop.commits(bought)[1]) == 1

    shop.returns(bought, ("P-1", 1))
    assert shop.level().low_stock_alerted
    shop.returns(bought, ("P-1", 2))

    assert not shop.level().low_stock_alerted
    assert len(shop.sells(("P-1", 2))) == 1  # the next crossing alerts again


def test_returned_units_can_be_bought_and_returned_again(shop: Shop) -> None:
    bought = sold(shop, 1, on_hand=1)
    shop.returns(bought, ("P-1", 1))

    again = shop.sold(("P-1", 1), reservation_id="R-2")

    shop.returns(again, ("P-1", 1))
    with pytest.raises(NotSold):
        shop.returns(bought, ("P-1", 1))
    assert units(shop.level()) == (1, 1, 0, 0)


def test_a_rescued_reservation_can_be_returned(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    late = shop.holds(("P-1", 3))
    shop.times_out(late)
    shop.pays(late)

    shop.returns(late, ("P-1", 3))

    assert units(shop.level()) == (3, 3, 0, 0)
    shop.adds_up()


# --- of a tracked sale


def test_undispatched_units_are_restocked_in_place(shop: Shop) -> None:
    bought = sold(shop, tracked=True)

    changed = shop.returns(bought, ("P-1", 2))

    assert units(shop.level()) == (10, 9, 0, 1)
    [line] = changed.to_json()["lines"]
    assert (line["returned"], line["dispatched"]) == (2, 0)
    [movement] = returned(shop)
    assert (movement.delta, movement.units, movement.allocated_delta) == (0, 2, -2)
    shop.adds_up()


def test_undispatched_units_that_are_discarded_leave_the_warehouse(shop: Shop) -> None:
    bought = sold(shop, tracked=True)

    shop.returns(bought, ("P-1", 2), disposition="DISCARD")

    assert units(shop.level()) == (8, 7, 0, 1)
    [movement] = returned(shop)
    assert (movement.delta, movement.units, movement.allocated_delta) == (-2, None, -2)
    shop.adds_up()


@pytest.mark.parametrize(
    ("disposition", "left", "moved"), [("RESTOCK", (10, 10, 0, 0), (1, 3, -2)), ("DISCARD", (7, 7, 0, 0), (-2, 3, -2))]
)
def test_a_return_of_both_kinds_is_one_write_and_one_movement(
    shop: Shop, disposition: str, left: tuple[int, ...], moved: tuple[int, ...]
) -> None:
    bought = sold(shop, tracked=True)
    shop.dispatches(bought, ("P-1", 1))

    shop.returns(bought, ("P-1", 3), disposition=disposition)

    assert units(shop.level()) == left
    [movement] = returned(shop)
    assert (movement.delta, movement.units, movement.allocated_delta) == moved
    shop.adds_up()


def test_the_row_of_a_tracked_sale_gets_its_end_when_its_last_unit_is_gone(shop: Shop) -> None:
    bought = sold(shop, tracked=True)
    shop.dispatches(bought, ("P-1", 1))
    now = utc_now()
    shop.now = lambda: now

    shop.returns(bought, ("P-1", 2))
    [begun] = shop.rows(shop.tables.reservations)
    shop.returns(bought, ("P-1", 1))
    [gone] = shop.rows(shop.tables.reservations)

    assert "expire_at" not in begun
    assert gone["expire_at"] == int((now + timedelta(days=365)).timestamp())


def test_a_reservation_remembers_whether_it_was_tracked_when_the_setting_changes(shop: Shop) -> None:
    tracked = sold(shop, tracked=True)
    shop.tracks_dispatch = False
    untracked = shop.sold(("P-1", 2), reservation_id="R-2")
    shop.tracks_dispatch = True

    shop.returns(tracked, ("P-1", 1))
    shop.returns(untracked, ("P-1", 1))

    assert units(shop.level()) == (9, 7, 0, 2)
    shop.adds_up()


# --- refusals


@pytest.mark.parametrize("line", [("P-1", 4), ("P-2", 1)], ids=str)
def test_more_than_was_sold_is_refused_and_nothing_is_written(shop: Shop, line: tuple[str, int]) -> None:
    bought = sold(shop)
    shop.stocks("P-2", on_hand=5)
    before = stored(shop)

    with pytest.raises(NotSold):
        shop.returns(bought, ("P-1", 1), line)

    assert stored(shop) == before


def test_a_reservation_that_is_only_paid_has_sold_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    paid = shop.holds(("P-1", 2))
    shop.pays(paid)

    with pytest.raises(NotSold):
        shop.returns(paid, ("P-1", 1))


def test_a_return_to_a_warehouse_without_the_product_is_refused(shop: Shop) -> None:
    bought = sold(shop)
    before = stored(shop)

    for disposition in ("RESTOCK", "DISCARD"):
        with pytest.raises(LevelNotFound):
            shop.returns(bought, {"product_id": "P-1", "quantity": 1, "warehouse_id": "moon"}, disposition=disposition)

    assert stored(shop) == before


def test_a_level_cannot_get_more_units_than_a_level_may_have(shop: Shop) -> None:
    bought = sold(shop)
    shop.adjusts(UNITS_MAX - 8)

    with pytest.raises(InvalidReservation) as refused:
        shop.returns(bought, ("P-1", 2))

    assert [error.field for error in refused.value.errors] == ["lines[0].quantity"]
    assert shop.level().on_hand == UNITS_MAX - 1
    shop.returns(bought, ("P-1", 1))
    assert shop.level().on_hand == UNITS_MAX


def test_units_that_are_discarded_need_no_room(shop: Shop) -> None:
    bought = sold(shop)
    shop.adjusts(UNITS_MAX - 7)

    shop.returns(bought, ("P-1", 2), disposition="DISCARD")

    assert shop.level().on_hand == UNITS_MAX
    shop.adds_up()


def test_units_go_to_at_most_45_levels(shop: Shop) -> None:
    bought = sold(shop, 50, on_hand=50)
    lines = [{"product_id": "P-1", "quantity": 1, "warehouse_id": f"W-{number}"} for number in range(46)]

    with pytest.raises(InvalidReservation) as refused:
        shop.returns(bought, *lines)

    assert [error.field for error in refused.value.errors] == ["lines"]


def test_45_levels_fit_into_one_transaction(shop: Shop) -> None:
    for number in range(45):
        shop.stocks("P-1", on_hand=1, warehouse_id=f"W-{number}")
    lines = [{"product_id": "P-1", "quantity": 1, "warehouse_id": f"W-{number}"} for number in range(45)]
    bought = shop.sold(*lines)

    shop.returns(bought, ("P-1", 45))

    assert len(returned(shop)) == 45
    shop.adds_up()


def test_an_unknown_reservation_is_not_found_and_leaves_no_trace(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound):
        shop.returns("R-9", ("P-1", 1))

    assert shop.rows(shop.tables.idempotency) == []


def test_a_level_that_another_tool_broke_is_left_alone(shop: Shop) -> None:
    bought = sold(shop)
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {"on_hand": "many"}))

    with pytest.raises(LevelUnreadable):
        shop.returns(bought, ("P-1", 1))


@pytest.mark.parametrize("disposition", ["RESTOCK", "DISCARD"])
def test_a_level_without_the_allocated_units_is_a_drift(shop: Shop, disposition: str) -> None:
    bought = sold(shop, tracked=True)
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {"allocated": 1}))

    with pytest.raises(StockDrifted):
        shop.returns(bought, ("P-1", 2), disposition=disposition)


# --- repeated calls


def test_the_same_call_again_is_answered_like_the_first(shop: Shop) -> None:
    bought = sold(shop)
    first = shop.returns(bought, ("P-1", 1), key="K-1")
    shop.returns(bought, ("P-1", 1))

    again = shop.returns(bought, ("P-1", 1), key="K-1")

    assert again.to_json() == first.to_json()
    assert shop.level().on_hand == 9


def test_the_same_key_with_other_content_is_a_conflict(shop: Shop) -> None:
    bought = sold(shop)
    other = shop.sold(("P-1", 1), reservation_id="R-2")
    shop.returns(bought, ("P-1", 1), key="K-1")

    others: list[dict[str, Any]] = [{"disposition": "DISCARD"}, {"reference": "RMA-2"}]
    for content in others:
        with pytest.raises(ReservationConflict):
            shop.returns(bought, ("P-1", 1), key="K-1", **content)
    with pytest.raises(ReservationConflict):
        shop.returns(bought, ("P-1", 2), key="K-1")
    with pytest.raises(ReservationConflict):
        shop.returns(other, ("P-1", 1), key="K-1")


def test_a_refusal_is_repeated_although_the_return_would_be_possible_by_now(shop: Shop) -> None:
    bought = sold(shop)
    to_outlet = {"product_id": "P-1", "quantity": 1, "warehouse_id": "outlet"}
    with pytest.raises(LevelNotFound) as first:
        shop.returns(bought, to_outlet, key="K-1")
    shop.stocks("P-1", on_hand=0, warehouse_id="outlet")

    with pytest.raises(LevelNotFound) as again:
        shop.returns(bought, to_outlet, key="K-1")

    assert str(again.value) == str(first.value)
    shop.returns(bought, to_outlet, key="K-2")


def test_a_return_that_was_refused_before_the_sale_is_possible_after_it_under_the_same_key(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    paid = shop.holds(("P-1", 2))
    shop.pays(paid)
    with pytest.raises(NotSold):
        shop.returns(paid, ("P-1", 1), key="K-1")
    shop.commits(paid)

    assert shop.returns(paid, ("P-1", 1), key="K-1").after_sale == (AfterSale(MAIN, returned=1),)


def test_a_lost_answer_returns_the_units_once(shop: Shop) -> None:
    bought = sold(shop)

    with lost_responses(shop.client, "TransactWriteItems"):
        shop.returns(bought, ("P-1", 2), key="K-1")
    shop.returns(bought, ("P-1", 2), key="K-1")

    assert units(shop.level()) == (9, 9, 0, 0)
    shop.adds_up()


# --- races


def test_of_many_returns_of_the_last_unit_at_once_one_succeeds(shop: Shop) -> None:
    bought = sold(shop, 1)

    answers = at_once(*[lambda: shop.returns(bought, ("P-1", 1))] * 8)

    assert sorted(type(answer).__name__ for answer in answers) == ["NotSold"] * 7 + ["Reservation"]
    assert units(shop.level()) == (10, 10, 0, 0)
    shop.adds_up()


def test_the_same_return_at_once_is_made_once_and_answered_the_same(shop: Shop) -> None:
    bought = sold(shop, 3)

    answers = at_once(*[lambda: shop.returns(bought, ("P-1", 1), key="K-1")] * 6)

    assert {str(answer.to_json()) for answer in answers} == {str(answers[0].to_json())}
    assert units(shop.level()) == (8, 8, 0, 0)


def test_a_level_that_changes_meanwhile_is_read_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=7)
    bought = shop.holds(("P-1", 3))
    shop.pays(bought)
    shop.publishes(shop.commits(bought)[1])

    with just_before(shop.client, "TransactWriteItems", lambda: shop.adjusts(-2)):
        shop.returns(bought, ("P-1", 2))

    assert (shop.level().on_hand, shop.level().low_stock_alerted) == (6, True)
    assert shop.checks_low_stock(later=OVERDUE) == 0  # it never rose above its threshold
    shop.adds_up()


@pytest.mark.parametrize("disposition", ["RESTOCK", "DISCARD"])
def test_units_that_are_dispatched_between_the_two_readings_are_no_drift(shop: Shop, disposition: str) -> None:
    reservation = sold(shop, tracked=True)

    # The return has read the reservation, and not yet its level.
    with just_before(shop.client, "BatchGetItem", lambda: shop.dispatches(reservation), call=2):
        answer = shop.returns(reservation, ("P-1", 1), disposition=disposition)

    assert answer.after_sale == (AfterSale(MAIN, dispatched=3, returned=1),)
    restocked = 1 if disposition == "RESTOCK" else 0
    assert units(shop.level()) == (7 + restocked, 7 + restocked, 0, 0)
    shop.adds_up()


@pytest.mark.parametrize("moves", [lambda shop: shop.returns("R-1", ("P-1", 1)), lambda shop: shop.dispatches("R-1")])
def test_units_are_moved_at_once_or_after_pauses_or_not_at_all_if_the_reservation_never_rests(
    shop: Shop, moves: Callable[[Shop], Reservation], monkeypatch: pytest.MonkeyPatch
) -> None:
    sold(shop, tracked=True)
    before = stored(shop)
    pauses: list[int] = []
    monkeypatch.setattr("inventory.after_sale.sold_units.pause", pauses.append)

    with monkeypatch.context() as overtaken, pytest.raises(TransientError, match="R-1 keeps changing"):
        overtaken.setattr(AfterSaleStore, "write", lambda *_: False)
        moves(shop)
    assert (pauses, stored(shop)) == (list(range(ATTEMPTS_MAX - 1)), before)

    pauses.clear()
    assert moves(shop).revision == 1
    assert pauses == []


def test_a_key_that_another_call_uses_meanwhile_is_a_conflict(shop: Shop) -> None:
    bought = sold(shop)

    def refused() -> None:
        [answer] = at_once(lambda: shop.returns(bought, ("P-1", 99), key="K-1"))
        assert isinstance(answer, NotSold)

    with just_before(shop.client, "TransactWriteItems", refused), pytest.raises(ReservationConflict):
        shop.returns(bought, ("P-1", 1), key="K-1")

    assert returned(shop) == []
    shop.adds_up()


def test_a_sale_that_another_tool_undoes_meanwhile_is_not_returned(shop: Shop) -> None:
    bought = sold(shop)
    [row] = shop.rows(shop.tables.reservations)
    paid = to_attributes(row | {"status": "PAID"})

    def undo() -> None:
        shop.client.put_item(TableName=shop.tables.reservations, Item=paid)

    with just_before(shop.client, "TransactWriteItems", undo), pytest.raises(NotSold):
        shop.returns(bought, ("P-1", 1))

    assert returned(shop) == []


def test_a_level_that_is_deleted_meanwhile_is_not_found(shop: Shop) -> None:
    bought = sold(shop, 10)

    with (
        just_before(shop.client, "TransactWriteItems", lambda: shop.deletes("P-1")),
        pytest.raises(LevelNotFound),
    ):
        shop.returns(bought, ("P-1", 1))

    assert shop.rows(shop.tables.inventory) == []


def test_returns_and_dispatches_on_a_busy_day_add_up(shop: Shop) -> None:
    bought = sold(shop, 12, on_hand=20, tracked=True)

    def parcel(number: int) -> Callable[[], Reservation]:
        return with_retries(lambda: shop.dispatches(bought, ("P-1", 1), reference=f"PARCEL-{number}"))

    def return_of_one(number: int) -> Callable[[], Reservation]:
        return with_retries(lambda: shop.returns(bought, ("P-1", 1), key=f"K-{number}"))

    calls = [call(number) for number in range(8) for call in (return_of_one, parcel)]

    with injected_faults(shop.client, replace(BUSY_DAY, throttling=0), seed=7):
        at_once(*calls, workers=4)

    [after] = shop.reservation(bought).after_sale
    level = shop.level()
    assert level.on_hand == 20 - after.dispatched + after.returned - after.returned_undispatched
    assert level.allocated == 12 - after.dispatched - after.returned_undispatched
    shop.adds_up()


def test_a_movement_has_the_time_of_its_return(shop: Shop) -> None:
    bought = sold(shop)
    now = utc_now() + timedelta(hours=1)
    shop.now = lambda: now

    shop.returns(bought, ("P-1", 1))

    assert [movement.moved_at for movement in returned(shop)] == [iso(now)]


def test_a_return_and_a_dispatch_are_logged_and_counted_by_the_run_that_made_them(
    shop: Shop, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    bought = sold(shop, tracked=True)
    capsys.readouterr()

    for _ in range(2):
        shop.returns(bought, ("P-1", 2), key="K-1", disposition="DISCARD")
        shop.dispatches(bought, ("P-1", 1), reference="PARCEL-1")

    assert caplog.messages[-2:] == ["units were returned", "units were dispatched"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    counts = [(name, line[name]) for line in lines for name in ("UnitsReturned", "UnitsDispatched") if name in line]
    assert sorted(counts) == [("UnitsDispatched", [1.0]), ("UnitsReturned", [2.0])]
    assert [line["disposition"] for line in lines if "disposition" in line and "_aws" in line] == ["DISCARD"]
