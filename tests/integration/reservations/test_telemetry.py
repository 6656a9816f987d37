"""What a decision says of itself: a line in the log and its metrics, once, from the run that made it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.model import utc_now
from inventory.observability import NAMESPACE
from inventory.reservations.lifecycle import reserve
from inventory.reservations.requests import ReservationRequest
from tests.support.shop import TASK_TOKEN, Shop, clock

Captured = pytest.CaptureFixture[str]
Story = Callable[[Shop], object]


@pytest.fixture(autouse=True)
def ticking(shop: Shop) -> None:
    """Nothing happens twice in the same millisecond."""
    shop.now = clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def metrics(printed: str) -> list[dict[str, Any]]:
    """The metrics among printed lines, as CloudWatch would find them."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def counted(captured: Captured) -> dict[str, int]:
    """How often each was counted since this was asked last."""
    counts: Counter[str] = Counter()
    for line in metrics(captured.readouterr().out):
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == NAMESPACE
        for metric in directive["Metrics"]:
            counts[" ".join([metric["Name"], line.get("reason", "")]).strip()] += int(sum(line[metric["Name"]]))
    return dict(counts)


def is_sold(shop: Shop) -> None:
    shop.commits(shop.pays(shop.holds(("P-1", 1))).reservation)


def is_held_by_a_retry(shop: Shop) -> None:
    shop.reserves(("P-1", 1), reservation_id="R-1")
    shop.reserves(("P-1", 1), reservation_id="R-1")


def is_sold_by_a_retry(shop: Shop) -> None:
    paid = shop.pays(shop.holds(("P-1", 1))).reservation
    shop.commits(paid)
    shop.commits(paid)


def is_short(shop: Shop) -> None:
    shop.reserves(("P-1", 11), reservation_id="R-short")
    shop.reserves(("P-1", 11), reservation_id="R-short")


def is_beyond_the_limit(shop: Shop) -> None:
    for number in range(shop.limits.holds_max + 1):
        shop.reserves(("P-1", 1), reservation_id=f"R-{number}", customer_id="C-1")


def runs_out(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.times_out(held)
    shop.times_out(held)


def is_cancelled(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.cancels(held)
    shop.times_out(held)


def is_stranded(shop: Shop) -> None:
    shop.holds(("P-1", 1), hold_seconds=1)
    shop.reconciles(later=timedelta(minutes=1))


def is_rescued(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.times_out(held)
    shop.pays(held)
    shop.pays(held)


def is_paid_after_a_cancellation(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.cancels(held)
    shop.pays(held)
    shop.pays(held)


def is_paid_twice(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.pays(held, "PAY-1")
    shop.pays(held, "PAY-2")
    shop.pays(held, "PAY-2")


def makes_low(shop: Shop) -> None:
    shop.sells(("P-1", 9))
    shop.checks_low_stock(later=timedelta(hours=1))


STORIES: list[tuple[Story, dict[str, int]]] = [
    (is_sold, {"Holds": 1, "Commits": 1}),
    (is_held_by_a_retry, {"Holds": 1}),
    (is_sold_by_a_retry, {"Holds": 1, "Commits": 1}),
    (is_short, {"Rejections INSUFFICIENT_STOCK": 1}),
    (is_beyond_the_limit, {"Holds": 10, "Rejections HOLD_LIMIT_REACHED": 1}),
    (runs_out, {"Holds": 1, "Releases EXPIRED": 1}),
    (is_cancelled, {"Holds": 1, "Releases CANCELLED": 1}),
    (is_stranded, {"Holds": 1, "Releases EXPIRED": 1}),
    (is_rescued, {"Holds": 1, "Releases EXPIRED": 1, "Commits": 1, "PaymentsRescued": 1}),
    (is_paid_after_a_cancellation, {"Holds": 1, "Releases CANCELLED": 1, "PaymentsUnfulfilled": 1}),
    (is_paid_twice, {"Holds": 1, "PaymentsUnfulfilled": 1}),
    (makes_low, {"Holds": 1, "Commits": 1, "LowStockAlerts": 1}),
]


@pytest.mark.parametrize(("story", "counts"), STORIES, ids=lambda value: getattr(value, "__name__", ""))
def test_each_decision_is_counted_once_by_the_run_that_made_it(
    story: Story, counts: dict[str, int], shop: Shop, capsys: Captured
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=1)
    capsys.readouterr()

    story(shop)

    assert counted(capsys) == counts


def test_the_time_to_a_decision_is_counted_from_the_start_of_the_checkout(shop: Shop, capsys: Captured) -> None:
    shop.stocks("P-1", on_hand=10)
    request = ReservationRequest.parse({"lines": [{"product_id": "P-1", "quantity": 1}]})
    now = utc_now()

    reserve(
        "R-1",
        request,
        limits=shop.limits,
        reservations=shop.reservations,
        now=now,
        asked_at=now - timedelta(seconds=3),
    )

    [line] = metrics(capsys.readouterr().out)
    assert 3_000 <= line["TimeToDecide"][0] < 60_000
    assert {"Name": "TimeToDecide", "Unit": "Milliseconds"} in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]


def test_a_decision_is_logged_with_what_it_is_searched_by_and_no_token(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 2), order_id="O-1")

    caplog.clear()
    shop.times_out(held)

    [record] = [record.__dict__ for record in caplog.records if record.message == "decided"]
    told = {name: record[name] for name in ("reservation_id", "order_id", "status", "reason", "product_ids")}
    assert told == {
        "reservation_id": held.reservation_id,
        "order_id": "O-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "product_ids": ["P-1"],
    }
    assert TASK_TOKEN not in str(record)
