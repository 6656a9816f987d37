"""Tracked sales: sold units stay on hand, as allocated, and the reservation remembers that its sale was tracked."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from inventory.errors import StockDrifted
from inventory.model import Level, MovementKind, Reservation, Status
from tests.support.fault_injection import lost_responses
from tests.support.shop import Shop, at_once
from tests.support.shop.drift import tampers


@pytest.fixture
def tracking(shop: Shop) -> Shop:
    """A shop with ten units of P-1 that tracks dispatches."""
    shop.stocks("P-1", on_hand=10)
    shop.tracks_dispatch = True
    return shop


def commits(shop: Shop) -> Reservation:
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    return shop.commits(reservation)[0]


def rescues(shop: Shop) -> Reservation:
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)
    return shop.pays(reservation).reservation


def settles(shop: Shop) -> Reservation:
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    shop.reconciles(later=timedelta(hours=1))
    return shop.reservation(reservation)


SALES = [commits, rescues, settles]


def figures(level: Level) -> tuple[int, int, int, int]:
    return level.on_hand, level.reserved, level.allocated, level.available


def movements(shop: Shop) -> list[tuple[str, int, int | None, int]]:
    """The sales in the ledger: kind, delta, units, and the change of what is allocated."""
    rows = [row for row in shop.rows(shop.tables.movements) if row["kind"] == MovementKind.SOLD]
    return [(row["kind"], int(row["delta"]), row.get("units"), int(row.get("allocated_delta", 0))) for row in rows]


@pytest.mark.parametrize("sells", SALES)
def test_a_tracked_sale_moves_its_units_to_allocated(tracking: Shop, sells: Callable[[Shop], Reservation]) -> None:
    sold = sells(tracking)

    assert (sold.status, sold.tracked, tracking.reservation(sold)) == (Status.COMMITTED, True, sold)
    assert sold.allocated == sold.holdings
    assert figures(tracking.level()) == (10, 0, 3, 7)
    assert movements(tracking) == [("SOLD", 0, 3, 3)]
    tracking.adds_up()


@pytest.mark.parametrize("sells", SALES)
def test_a_sale_without_tracking_removes_its_units_and_leaves_no_trace_of_it(
    shop: Shop, sells: Callable[[Shop], Reservation]
) -> None:
    shop.stocks("P-1", on_hand=10)

    sold = sells(shop)

    assert (sold.tracked, sold.allocated) == (False, ())
    assert figures(shop.level()) == (7, 0, 0, 7)
    assert movements(shop) == [("SOLD", -3, None, 0)]
    [level], [reservation] = shop.rows(shop.tables.inventory), shop.rows(shop.tables.reservations)
    assert not {"allocated", "tracked"} & (level.keys() | reservation.keys())
    assert "expire_at" in reservation
    shop.adds_up()


@pytest.mark.parametrize("sells", SALES)
def test_a_tracked_sale_does_not_expire_while_its_units_are_allocated(
    tracking: Shop, sells: Callable[[Shop], Reservation]
) -> None:
    sells(tracking)

    [row] = tracking.rows(tracking.tables.reservations)
    assert "expire_at" not in row


@pytest.mark.parametrize("sells", SALES)
def test_a_level_that_another_tool_wrote_is_sold_as_tracked(shop: Shop, sells: Callable[[Shop], Reservation]) -> None:
    shop.has_by_hand("P-1", on_hand=10)
    shop.takes_over(shop.finds_drift())
    shop.tracks_dispatch = True

    sells(shop)

    assert figures(shop.level()) == (10, 0, 3, 7)
    shop.adds_up()


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
def test_a_repeated_commit_answers_as_the_first_one_whatever_the_setting_is_by_then(
    shop: Shop, before: bool, after: bool
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.tracks_dispatch = before
    first = commits(shop)
    level = shop.level()

    shop.tracks_dispatch = after
    again, _ = shop.commits(first)

    assert again == first
    assert again.tracked is before
    assert shop.level() == level
    shop.adds_up()


@pytest.mark.parametrize("tracks_dispatch", [True, False])
def test_the_commit_decides_whether_a_sale_is_tracked_and_not_its_payment(shop: Shop, tracks_dispatch: bool) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.tracks_dispatch = not tracks_dispatch
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)

    shop.tracks_dispatch = tracks_dispatch
    sold, _ = shop.commits(reservation)

    assert sold.tracked is tracks_dispatch
    assert shop.level().allocated == (3 if tracks_dispatch else 0)
    shop.adds_up()


def test_two_commits_at_once_with_different_settings_sell_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservations = [shop.holds(("P-1", 1)) for _ in range(5)]
    other = Shop(shop.client, shop.tables)
    other.tracks_dispatch = True
    for reservation in reservations:
        shop.pays(reservation)

    for reservation in reservations:
        [(one, _), (another, _)] = at_once(partial(shop.commits, reservation), partial(other.commits, reservation))
        assert one == another

    tracked = sum(shop.reservation(reservation).tracked for reservation in reservations)
    assert figures(shop.level()) == (5 + tracked, 0, tracked, 5)
    shop.adds_up()


def test_a_commit_whose_answer_is_lost_is_tracked_once(tracking: Shop) -> None:
    reservation = tracking.holds(("P-1", 3))
    tracking.pays(reservation)

    with lost_responses(tracking.client, "TransactWriteItems"):
        sold, _ = tracking.commits(reservation)

    assert sold.tracked
    assert figures(tracking.level()) == (10, 0, 3, 7)
    tracking.adds_up()


@pytest.mark.parametrize("figure", ["reserved", "allocated"])
def test_a_tracked_sale_stops_at_counters_that_drifted(tracking: Shop, figure: str) -> None:
    reservation = tracking.holds(("P-1", 3))
    tracking.pays(reservation)
    if figure == "reserved":
        tampers(tracking, reserved=-1)
    else:
        key = {"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
        tracking.client.update_item(
            TableName=tracking.tables.inventory,
            Key=key,
            UpdateExpression="SET allocated = :text",
            ExpressionAttributeValues={":text": {"S": "many"}},
        )

    with pytest.raises(StockDrifted):
        tracking.commits(reservation)

    assert tracking.reservation(reservation).status is Status.PAID


@pytest.mark.parametrize("available", [2, 3])
def test_a_tracked_rescue_takes_only_available_units(tracking: Shop, available: int) -> None:
    reservation = tracking.holds(("P-1", 3))
    tracking.times_out(reservation)
    tracking.sells(("P-1", 10 - available))

    assert tracking.pays(reservation).fulfilled == (available == 3)
    assert tracking.level().allocated == (10 if available == 3 else 8)
    tracking.adds_up()


def test_a_tracked_rescue_takes_nothing_from_a_retired_level(tracking: Shop) -> None:
    reservation = tracking.holds(("P-1", 3))
    tracking.times_out(reservation)
    tracking.retires()

    assert not tracking.pays(reservation).fulfilled
    assert tracking.level().allocated == 0
    tracking.adds_up()


def test_switching_tracking_on_and_off_leaves_each_sale_as_it_was_made(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    before = commits(shop)
    shop.tracks_dispatch = True
    tracked = commits(shop)
    shop.tracks_dispatch = False
    afterwards = commits(shop)

    assert [shop.reservation(sold).tracked for sold in (before, tracked, afterwards)] == [False, True, False]
    assert figures(shop.level()) == (4, 0, 3, 1)
    assert not shop.finds_drift().drifts
    shop.adds_up()
