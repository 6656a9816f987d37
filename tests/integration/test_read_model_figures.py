"""Figures that follow a shop are those of its rows: after a day with faults, late writes, and rebuilds."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from inventory.aws.changes import to_attributes
from inventory.errors import ReadModelMissing
from inventory.model import LevelKey, Status
from inventory.read_model.entries import Kind
from inventory.read_model.figures.update import FILES
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.aws_calls import OK, Answer, refusal
from tests.support.fault_injection import FaultRates, hooked, injected_faults
from tests.support.read_model.following.figures import FollowedFigures
from tests.support.shop import Shop
from tests.support.shop.day import ShopDay
from tests.support.shop.shops import Shops

MORNING = datetime(2026, 3, 2, 8, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTLED = timedelta(minutes=3)


class Clock:
    """The time in a shop."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(shop: Shop) -> Clock:
    """It is morning."""
    clock = Clock()
    shop.now = clock
    return clock


@pytest.fixture
def figures(shop: Shop, clock: Clock) -> FollowedFigures:
    """Figures of a shop that has just opened."""
    figures = FollowedFigures(shop)
    figures.merges()
    return figures


def settle(figures: FollowedFigures, clock: Any) -> None:
    """The runs of some minutes, in which nothing else happens."""
    figures.follows()
    for _ in range(4):
        figures.merges_if_due()
        clock.now += SETTLED


@pytest.mark.parametrize("seed", range(2))
def test_after_a_day_with_faults_the_figures_are_those_of_the_rows(shop: Shop, shops: Shops, seed: int) -> None:
    day = ShopDay(shop, seed, MORNING)
    observer = shops.observer(shop)
    observer.now = lambda: day.now
    figures = FollowedFigures(observer, seed)
    figures.merges()
    day.opens()
    with injected_faults(shop.client, FaultRates(conflict=0.05, throttling=0.02, lost_response=0.02), seed=seed):
        for number in range(110):
            with suppress(ClientError, HTTPClientError):  # of the workflow's own writes
                day.goes_on()
            if number % 7 == 0:
                figures.follows()
            if number % 23 == 0:
                figures.merges()
            if number == 70:
                day.now += timedelta(hours=5)
    settle(figures, day)

    assert figures.shown() == figures.true()
    assert figures.sold == figures.truly_sold() != {}
    assert figures.due_at is None


def test_what_was_rebuilt_while_the_shop_sold_equals_what_followed(shop: Shop) -> None:
    day = ShopDay(shop, 3, MORNING)
    followed, rebuilt = FollowedFigures(shop), FollowedFigures(shop)
    followed.merges()
    day.opens()
    for _ in range(60):
        day.goes_on()

    rebuilt.rebuilds(meanwhile=day.goes_on)
    for _ in range(20):
        day.goes_on()
    followed.follows()
    rebuilt.follows()
    for figures in (followed, rebuilt):
        for _ in range(4):
            figures.merges_if_due()
            day.now += SETTLED

    assert followed.shown() == rebuilt.shown() == rebuilt.true()
    assert followed.sold == rebuilt.sold == rebuilt.truly_sold() != {}


def test_what_was_decided_just_before_a_rebuild_is_shown_at_once_and_stays(shop: Shop, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 2))
    shop.cancels(shop.holds(("P-1", 1)))
    shop.reserves(("P-1", 99))
    figures = FollowedFigures(shop)

    figures.rebuilds()
    at_once = figures.shown()
    settle(figures, clock)

    assert at_once == figures.true()
    assert figures.shown() == figures.true()
    assert {status: sum(hours.values()) for status, hours in at_once["decided"].items() if hours} == {
        Status.COMMITTED: 1,
        Status.RELEASED: 1,
        Status.REJECTED: 1,
    }


def test_a_decision_that_an_index_showed_too_late_for_a_rebuild_is_counted_in_the_next_run(
    shop: Shop, clock: Clock
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.reserves(("P-1", 99))
    figures = FollowedFigures(shop)
    with hooked(shop.client, "before-call.dynamodb.Query", shows_nothing_of("REJECTED")):
        figures.rebuilds()
    at_once = figures.shown()["decided"]

    clock.now += MINUTE
    figures.merges_if_due()

    assert at_once[Status.REJECTED] == {}
    assert figures.shown()["decided"] == figures.true()["decided"] != at_once
    assert figures.due_at is None


def test_figures_are_right_between_two_merges(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=10)
    kept = shop.holds(("P-1", 1))
    figures.follows()
    figures.merges()
    clock.now += MINUTE

    shop.cancels(kept)
    shop.holds(("P-1", 1))
    shop.sells(("P-1", 2))
    shop.reserves(("P-1", 99))
    figures.follows()

    assert figures.shown() == figures.true()
    assert figures.shown()["active"] == 1


def test_a_late_payment_moves_its_reservation_into_another_hour(
    shop: Shop, figures: FollowedFigures, clock: Clock
) -> None:
    shop.stocks("P-1", on_hand=10)
    bought, refused = shop.holds(("P-1", 1)), shop.holds(("P-1", 9))
    clock.now += 20 * MINUTE
    shop.times_out(bought)
    shop.times_out(refused)
    figures.follows()
    figures.merges()
    shop.adjusts(-5)
    clock.now += timedelta(hours=6)

    shop.pays(bought)
    shop.pays(refused)
    settle(figures, clock)

    assert figures.shown() == figures.true()
    assert figures.shown()["decided"][Status.RELEASED] == {}
    assert sum(figures.shown()["decided"][Status.COMMITTED].values()) == 1
    assert figures.shown()["open refunds"] == 1


def test_hours_without_a_merge_roll_by_themselves(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=100)
    for _ in range(5):
        shop.sells(("P-1", 1))
        shop.reserves(("P-1", 1_000))
        clock.now += timedelta(hours=5)
    settle(figures, clock)

    for _ in range(6):
        assert figures.shown() == figures.true()
        clock.now += timedelta(hours=5)

    assert figures.shown()["decided"][Status.COMMITTED] == {}
    assert figures.shown()["lost units"] == 0


@pytest.mark.parametrize("skew", [-5, 5], ids=["behind", "ahead"])
def test_clocks_that_differ_by_seconds_change_nothing(
    shop: Shop, figures: FollowedFigures, clock: Clock, skew: int
) -> None:
    shop.stocks("P-1", on_hand=100)
    for number in range(20):
        clock.now += timedelta(seconds=skew)
        shop.sells(("P-1", 1))
        clock.now += timedelta(seconds=30 - skew)
        figures.follows()
        if number % 2:
            figures.merges()

    shown = figures.shown()
    settle(figures, clock)

    assert shown["decided"] == figures.true()["decided"]
    assert figures.sold == {("P-1", "main"): 20}


def test_the_last_sale_of_a_day_is_counted_in_the_night(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=100)
    clock.now = MORNING.replace(hour=23, minute=59, second=30)
    shop.sells(("P-1", 3))
    figures.follows()
    figures.merges_if_due()
    at_once = figures.sold

    for _ in range(5):
        clock.now += MINUTE
        figures.merges_if_due()

    assert at_once == {}
    assert figures.sold == {("P-1", "main"): 3}
    assert figures.due_at is None


def test_every_kind_of_sale_counts_and_nothing_else(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.sourcing = SourcingPolicy(("main", "north"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=4)
    shop.stocks("P-1", on_hand=6, warehouse_id="north")
    shop.sells(("P-1", 7))
    shop.tracks_dispatch = True
    sold = shop.sold(("P-1", 2))
    shop.returns(sold, ("P-1", 1))
    shop.adjusts(20)
    shop.adjusts(-2)
    shop.feeds({"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -3})
    settle(figures, clock)

    assert figures.sold == figures.truly_sold()
    assert sum(figures.sold.values()) == 7 + 2 + 3


def test_sales_from_shards_are_those_of_their_level(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=60)
    shop.spreads(6)
    for _ in range(8):
        shop.sells(("P-1", 5))
    shop.spreads(1)
    shop.reconciles()
    settle(figures, clock)

    assert figures.sold == {("P-1", "main"): 40}


def test_levels_that_run_out_are_listed_by_urgency_and_what_was_filled_up_is_not(
    shop: Shop, figures: FollowedFigures, clock: Clock
) -> None:
    for product_id, on_hand in (("P-1", 20), ("P-2", 12), ("P-3", 30), ("P-4", 5)):
        shop.stocks(product_id, on_hand=on_hand)
        shop.sells((product_id, 5))
    shop.stocks("P-5", on_hand=0)
    shop.sells(("P-3", 20))
    settle(figures, clock)
    first = [one.key.product_id for one in figures.attention]

    shop.adjusts(50, "P-4")
    shop.holds(("P-1", 15))
    figures.follows()

    assert first == ["P-4", "P-3"]
    assert [(one.key, one.sold_units) for one in figures.attention] == [
        (LevelKey("P-1", "main"), 5),
        (LevelKey("P-3", "main"), 25),
    ]


def test_lost_demand_has_unplaced_lines_of_every_warehouse(shop: Shop, figures: FollowedFigures) -> None:
    shop.sourcing = SourcingPolicy(("main", "north"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=4)
    shop.stocks("P-1", on_hand=3, warehouse_id="north")
    shop.stocks("P-2", on_hand=0)
    shop.reserves(("P-1", 10))
    shop.reserves({"product_id": "P-1", "warehouse_id": "main", "quantity": 6})
    shop.reserves(("P-2", 2))
    figures.follows()

    shown = figures.lost_demand

    assert [(item.product_id, item.units, item.requests) for item in shown.items] == [("P-1", 3 + 2, 2), ("P-2", 2, 1)]


def test_rows_that_cannot_be_read_leave_the_others(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 2))
    at = clock.now.isoformat().replace("+00:00", ".000Z")
    broken: list[dict[str, Any]] = [
        {"product_id": "P-1", "movement_id": f"{at}\u001fx", "warehouse_id": "main", "kind": "SOLD", "delta": "many"},
        {"product_id": "P-1", "movement_id": f"{at}\u001fy", "warehouse_id": "main", "kind": "SOLD"},
        {"product_id": "P-1", "movement_id": f"{at}\u001fz", "kind": "SOLD", "delta": -1},
    ]
    for row in broken:
        shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))
    reservation = {"reservation_id": "X", "status": "REJECTED", "phase": "REJECTED", "phase_at": "yesterday"}
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(reservation))
    settle(figures, clock)
    rebuilt = FollowedFigures(shop)
    rebuilt.rebuilds()

    assert figures.sold == {("P-1", "main"): 2}
    assert rebuilt.sold == figures.sold
    assert sum(figures.shown()["decided"][Status.COMMITTED].values()) == 1


def test_a_ledger_that_is_throttled_is_read_later(
    shop: Shop, figures: FollowedFigures, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.sells(("P-1", 2))
    shop.sells(("P-2", 3))
    figures.follows()
    figures.merges()
    clock.now += SETTLED
    with hooked(shop.client, "before-call.dynamodb.Query", throttle_p_1):
        figures.merges()
    with_faults = figures.sold

    figures.merges_if_due()

    assert with_faults == {("P-2", "main"): 3}
    assert figures.sold == {("P-1", "main"): 2, ("P-2", "main"): 3}


def throttle_p_1(params: dict[str, Any], **_: Any) -> Answer | None:
    """Refuse to read the ledger of one product."""
    return refusal("ThrottlingException") if b'":partition":{"S":"P-1"}' in params["body"].replace(b" ", b"") else None


def shows_nothing_of(phase: str) -> Callable[..., Answer | None]:
    """The index by_phase is late: it shows no reservation of a phase."""

    def answer(params: dict[str, Any], **_: Any) -> Answer | None:
        asked = json.loads(params["body"]).get("ExpressionAttributeValues", {}).get(":phase", {}).get("S", "")
        return (OK, {"Items": [], "Count": 0}) if asked.startswith(phase) else None

    return answer


def test_ledgers_for_which_there_is_no_time_wait(shop: Shop, figures: FollowedFigures, clock: Clock) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 2))
    figures.follows()
    figures.merges()
    clock.now += SETTLED

    figures.merges(has_time=lambda: False)
    without_time = figures.sold
    figures.merges_if_due()

    assert without_time == {}
    assert figures.sold == {("P-1", "main"): 2}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_no_snapshot(shop: Shop, name: str) -> None:
    updates = FollowedFigures(shop).updates

    with pytest.raises(ReadModelMissing):
        updates.merged({name: b"rubbish"}, {kind: [] for kind in Kind}, lambda _: None, MORNING, lambda: True)
