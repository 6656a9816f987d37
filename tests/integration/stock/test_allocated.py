"""Allocated units: sold and still on the shelf. Counts include them, and nothing else may take them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.aws.dynamodb import Tables, Write, transact
from inventory.errors import BelowReserved, InvalidRequest, NotEmpty
from inventory.model import UNITS_MAX, Holding, Level, LevelKey, Movement, MovementKind, Returned, iso
from inventory.stock import units
from inventory.stock.counts import Count
from inventory.stock.ledger import record
from tests.support.fault_injection import just_before
from tests.support.shop import BY_HAND, Shop
from tests.support.shop.drift import tampers

KEY = LevelKey("P-1", "main")
NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


@pytest.fixture
def tracking(shop: Shop) -> Shop:
    """Of ten units on the shelf four are sold and one is held; the level is low at two unsold units."""
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    shop.sells(("P-1", 4))
    shop.holds(("P-1", 1))
    return shop


def figures(level: Level) -> tuple[int, int, int, int]:
    return level.on_hand, level.reserved, level.allocated, level.available


def writes(shop: Shop, write: Write) -> bool:
    return not transact(shop.client, [write])


def dispatches(shop: Shop, quantity: int) -> bool:
    return writes(shop, units.dispatch(shop.tables, Holding(KEY, quantity), shop.now()))


def discards(shop: Shop, quantity: int) -> bool:
    return writes(shop, units.discard_undispatched(shop.tables, Holding(KEY, quantity), shop.now()))


def restocks(shop: Shop, dispatched: int, undispatched: int, read: Level | None = None) -> bool:
    returned = Returned(KEY, dispatched, undispatched)
    return writes(shop, units.restock(shop.tables, returned, read or shop.level(), returned.units, shop.now()))


# --- the writes


@pytest.mark.parametrize("write", [dispatches, discards])
def test_allocated_units_leave_the_warehouse(tracking: Shop, write: Callable[[Shop, int], bool]) -> None:
    version = tracking.level().version

    assert write(tracking, 3)

    assert figures(tracking.level()) == (7, 1, 1, 5)
    assert tracking.level().version == version + 1


@pytest.mark.parametrize("write", [dispatches, discards])
def test_no_more_units_leave_than_are_allocated_and_on_hand(tracking: Shop, write: Callable[[Shop, int], bool]) -> None:
    assert not write(tracking, 5)
    tampers(tracking, on_hand=-7)
    assert not write(tracking, 4)
    assert write(tracking, 3)


@pytest.mark.parametrize("write", [dispatches, discards])
def test_nothing_leaves_a_level_without_allocated_units(shop: Shop, write: Callable[[Shop, int], bool]) -> None:
    assert not write(shop, 1)
    shop.has_by_hand("P-1", on_hand=5)
    assert not write(shop, 1)


def test_returned_units_are_available_again_and_those_that_were_never_away_are_not_added_twice(
    tracking: Shop,
) -> None:
    assert dispatches(tracking, 2)
    version = tracking.level().version

    assert restocks(tracking, dispatched=1, undispatched=2)

    assert figures(tracking.level()) == (9, 1, 0, 8)
    assert tracking.level().version == version + 1


def test_units_that_return_to_a_level_without_allocated_ones_leave_its_row_without_them(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=1)

    assert restocks(shop, dispatched=1, undispatched=0)

    [row] = shop.rows(shop.tables.inventory)
    assert (row["on_hand"], "allocated" in row) == (2, False)


def test_more_units_than_are_allocated_do_not_return(tracking: Shop) -> None:
    assert not restocks(tracking, dispatched=0, undispatched=5)
    assert restocks(tracking, dispatched=0, undispatched=4)


def test_returned_units_need_a_level_with_room_for_them(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=UNITS_MAX - 1)

    assert not restocks(shop, dispatched=2, undispatched=0)
    assert restocks(shop, dispatched=1, undispatched=0)

    read = shop.level()
    shop.client.delete_item(
        TableName=shop.tables.inventory, Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    )
    assert not restocks(shop, dispatched=1, undispatched=0, read=read)


@pytest.mark.parametrize("write", [units.allocate_held, units.allocate_available])
def test_a_tracked_sale_changes_the_time_and_the_version_of_the_level(
    tracking: Shop, write: Callable[[Tables, Holding, datetime], Write]
) -> None:
    before, later = tracking.level(), tracking.now() + timedelta(minutes=5)

    assert writes(tracking, write(tracking.tables, Holding(KEY, 1), later))

    level = tracking.level()
    assert (level.allocated, level.version) == (before.allocated + 1, before.version + 1)
    assert level.updated_at == iso(later)


def test_each_of_these_writes_changes_the_time_of_the_level(tracking: Shop) -> None:
    later = tracking.now() + timedelta(minutes=5)
    tracking.now = lambda: later

    for write in (dispatches, discards):
        tracking.stocks("P-1", tracking.level().on_hand + 1, low_stock_threshold=2)
        later += timedelta(minutes=5)
        assert write(tracking, 1)
        assert tracking.level().updated_at == iso(later)
    later += timedelta(minutes=5)
    assert restocks(tracking, dispatched=1, undispatched=1)
    assert tracking.level().updated_at == iso(later)


# --- counts and changes by hand


def test_a_count_is_of_the_shelf_with_allocated_units(tracking: Shop) -> None:
    tracking.stocks("P-1", on_hand=8, low_stock_threshold=2)

    assert figures(tracking.level()) == (8, 1, 4, 3)
    tracking.adds_up()


@pytest.mark.parametrize("change", [lambda shop: shop.stocks("P-1", 4), lambda shop: shop.adjusts(-6)])
def test_fewer_units_than_are_reserved_and_allocated_are_refused(
    tracking: Shop, change: Callable[[Shop], object]
) -> None:
    with pytest.raises(BelowReserved, match="5 units of P-1 in main are reserved or allocated: 4 on hand are too few"):
        change(tracking)

    assert figures(tracking.level()) == (10, 1, 4, 5)
    tracking.stocks("P-1", 5, low_stock_threshold=2)
    assert figures(tracking.level()) == (5, 1, 4, 0)
    tracking.adds_up()


def test_a_count_of_a_moment_adds_dispatches_since_and_no_tracked_sales(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=10)
    shop.now = lambda: NOON + timedelta(minutes=2)
    shop.sells(("P-1", 4))
    shop.now = lambda: NOON + timedelta(minutes=3)
    dispatched = Movement(
        "P-1",
        "main",
        f"{iso(shop.now())}\x1fD-1",
        iso(shop.now()),
        MovementKind.DISPATCHED,
        -1,
        "checkout",
        "dispatched",
        allocated_delta=-1,
    )
    transact(shop.client, [units.dispatch(shop.tables, Holding(KEY, 1), shop.now()), record(shop.tables, dispatched)])

    shop.now = lambda: NOON + timedelta(minutes=5)
    counted = Count("P-1", "main", "Mug", "kitchen", 12, 0, as_of=iso(NOON + timedelta(minutes=1)))
    shop.stock_changes.count(counted, BY_HAND, shop.now())

    assert figures(shop.level()) == (11, 0, 3, 8)


def test_a_level_with_allocated_units_is_not_deleted(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=2)
    shop.sells(("P-1", 2))
    tampers(shop, on_hand=-2)  # a drift: the shelf says that nothing is there

    with pytest.raises(NotEmpty):
        shop.deletes()

    assert not shop.stock_store.delete_level(
        shop.level(), [Movement("P-1", "main", "M", "", MovementKind.EDITED, 0, "", "")]
    )
    assert shop.level().allocated == 2


def test_a_deleted_level_leaves_a_ledger_without_allocated_units(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=2)
    shop.sells(("P-1", 2))
    tampers(shop, on_hand=-2, allocated=-2)  # another tool lost them

    shop.deletes()

    assert shop.ledger.sum_of(KEY) == (0, 0)
    assert not shop.finds_drift().drifts


def test_an_adjustment_over_the_maximum_counts_allocated_units(tracking: Shop) -> None:
    with pytest.raises(InvalidRequest, match="would leave more than"):
        tracking.adjusts(UNITS_MAX - 9)


# --- low stock


def test_a_tracked_sale_crosses_the_threshold_and_its_dispatch_does_not(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    assert shop.sells(("P-1", 7)) == []

    [alert] = shop.sells(("P-1", 1))
    assert shop.publishes([alert]) == 1
    assert shop.level().is_low

    assert dispatches(shop, 8)
    level = shop.level()
    assert (level.on_hand, level.is_low, level.low_stock_alerted) == (2, True, True)
    assert shop.checks_low_stock(later=timedelta(hours=1)) == 0


def test_a_level_whose_shelf_is_full_of_sold_units_is_low_and_alerted_by_the_check(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    reservation = shop.holds(("P-1", 9))
    shop.pays(reservation)
    shop.reservation_store.commit(shop.reservation(reservation), shop.now())  # and then the function crashed

    assert [shop.checks_low_stock() for _ in range(2)] == [1, 0]
    assert shop.level().low_stock_alerted


def test_the_check_leaves_levels_with_allocated_units_alone_that_need_nothing(tracking: Shop) -> None:
    before = tracking.rows(tracking.tables.inventory)

    assert tracking.checks_low_stock(later=timedelta(hours=1)) == 0
    assert list(tracking.stock_store.levels_with_pending_alert(tracking.now() + timedelta(hours=1))) == []
    assert tracking.rows(tracking.tables.inventory) == before


@pytest.mark.parametrize(("dispatched", "undispatched"), [(4, 0), (0, 4), (2, 2)])
def test_returned_units_above_the_threshold_arm_the_alert_again(shop: Shop, dispatched: int, undispatched: int) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    shop.publishes(shop.sells(("P-1", 10)))
    assert dispatches(shop, 5)
    assert shop.level().low_stock_alerted

    assert restocks(shop, dispatched, undispatched)

    assert (shop.level().low_stock_alerted, shop.level().is_low) == (False, False)
    assert len(shop.sells(("P-1", 3))) == 1


def test_returned_units_that_leave_the_level_low_do_not_arm_it(shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    shop.publishes(shop.sells(("P-1", 10)))

    assert restocks(shop, dispatched=0, undispatched=2)

    assert shop.level().low_stock_alerted


@pytest.mark.parametrize("sold", [1, 2])
def test_units_are_not_returned_on_what_was_read_before_the_level_came_to_the_other_side(shop: Shop, sold: int) -> None:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    shop.sells(("P-1", 6))
    read = shop.level()
    shop.sells(("P-1", 2 + sold))  # one more unit leaves the level above its threshold, if one was sold

    assert not restocks(shop, 0, sold - 1, read) if sold == 2 else restocks(shop, 0, 2, read)


def test_a_sale_meanwhile_does_not_prevent_an_adjustment_of_a_level_with_enough(tracking: Shop) -> None:
    tracking.stocks("P-1", on_hand=100, low_stock_threshold=2)
    with just_before(tracking.client, "TransactWriteItems", lambda: tracking.sells(("P-1", 1))):
        tracking.adjusts(+5)

    assert figures(tracking.level()) == (105, 1, 5, 99)
    tracking.adds_up()


def test_an_edit_of_the_threshold_above_the_unsold_units_alerts(tracking: Shop) -> None:
    tracking.stocks("P-1", on_hand=10, low_stock_threshold=6)

    assert [alert.attributes["product_id"] for alert in tracking.topics.low_stock] == ["P-1"]
    tracking.stocks("P-1", on_hand=10, low_stock_threshold=5)
    assert not tracking.level().low_stock_alerted
