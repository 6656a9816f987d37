"""The overview is computed by pure functions over plain values."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from inventory.admin.figures.overview import Activity, Overview, add_up, at_most, by_hour, hours_until
from inventory.admin.figures.overview_store import LevelSummary
from inventory.model import Status, StockStatus
from inventory.read_model.reader import Freshness, State

NOW = datetime(2026, 11, 22, 10, 15, 30, 5000, tzinfo=UTC)


def level(
    status: str = "IN_STOCK", *, category: str = "Kitchen", warehouse_id: str = "main", reserved: int = 0
) -> LevelSummary:
    """The summary of a level that the overview counts."""
    return LevelSummary(category, warehouse_id, StockStatus(status), reserved)


# --- levels


def test_levels_are_counted_by_status_and_their_reserved_units_are_added_up() -> None:
    figures = add_up(
        [
            level("IN_STOCK", reserved=2),
            level("IN_STOCK", category="Bath"),
            level("LOW_STOCK", reserved=3),
            level("OUT_OF_STOCK", warehouse_id="outlet"),
        ]
    )

    assert figures.statuses == {"IN_STOCK": 2, "LOW_STOCK": 1, "OUT_OF_STOCK": 1}
    assert figures.reserved == 5
    assert figures.categories == {"Bath", "Kitchen"}
    assert figures.warehouses == {"main", "outlet"}


# --- hours


@pytest.mark.parametrize("now", [NOW, NOW.astimezone(timezone(timedelta(hours=2)))])
def test_there_are_24_hours_and_the_last_one_is_the_current_hour(now: datetime) -> None:
    hours = hours_until(now)

    assert len(hours) == 24
    assert hours[-1] == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert hours[0] == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert {later - earlier for earlier, later in pairwise(hours)} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("2026-11-22T10:00:00.000Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T09:59:59.999Z", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-21T11:00:00.000Z", datetime(2026, 11, 21, 11, tzinfo=UTC)),
    ],
)
def test_a_time_is_counted_in_its_hour(time: str, hour: datetime) -> None:
    assert +by_hour([time, time], hours_until(NOW)) == {hour: 2}


@pytest.mark.parametrize("time", ["2026-11-21T10:59:59.999Z", "2026-11-22T11:00:00.000Z", "2025-11-22T10:00:00.000Z"])
def test_a_time_outside_the_24_hours_is_not_counted(time: str) -> None:
    assert by_hour([time], hours_until(NOW)).total() == 0


# --- bounds


@pytest.mark.parametrize(
    ("entries", "first", "is_complete"), [([], [], True), ([0, 0], [0, 0], True), ([1, 2, 3], [1, 2], False)]
)
def test_a_read_is_limited_and_reports_whether_it_is_complete(
    entries: list[int], first: list[int], is_complete: bool
) -> None:
    assert at_most(2, lambda: entries) == (first, is_complete)


# --- JSON


def test_hours_without_decisions_are_zeros() -> None:
    hours = hours_until(NOW)
    activity = Activity(
        is_complete=True,
        active=4,
        ending_soon=2,
        open_refunds=1,
        decided={status: Counter() for status in Status} | {Status.COMMITTED: Counter({hours[-1]: 2})},
        hours_are_complete=False,
    )
    overview = Overview(
        as_of=NOW,
        freshness=Freshness(State.CURRENT, NOW),
        is_complete=True,
        stock=add_up([level(category="Kitchen"), level(category="Bath")]),
        activity=activity,
        hours=hours,
    ).to_json()

    assert overview["as_of"] == "2026-11-22T10:15:30.005Z"
    assert overview["categories"] == ["Bath", "Kitchen"]
    assert (
        overview["reservations"]["since"] == overview["reservations"]["hours"][0]["hour"] == "2026-11-21T11:00:00.000Z"
    )
    assert not overview["reservations"]["is_complete"]
    zeros = {"committed": 0, "released": 0, "rejected": 0, "unfulfilled": 0}
    assert [hour | {"hour": ""} for hour in overview["reservations"]["hours"][:-1]] == [zeros | {"hour": ""}] * 23
    assert overview["reservations"]["hours"][-1] == zeros | {"hour": "2026-11-22T10:00:00.000Z", "committed": 2}
