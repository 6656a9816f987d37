"""Telemetry of decisions: one log line and its metrics, once, from the run that decided."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.errors import ReservationNotFound
from inventory.model import utc_now
from inventory.observability import NAMESPACE
from inventory.reservations.reservation_request import ReservationRequest
from tests.support.shop import TASK_TOKEN, Shop, clock

Captured = pytest.CaptureFixture[str]
Scenario = Callable[[Shop], object]


@pytest.fixture(autouse=True)
def ticking(shop: Shop) -> None:
    """Every reading of the clock is a millisecond later, so that no two events have the same time."""
    shop.now = clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def metrics(printed: str) -> list[dict[str, Any]]:
    """The printed lines that CloudWatch reads as metrics (EMF)."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def counted(captured: Captured) -> dict[str, int]:
    """The count of each metric since the last call of this function."""
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


def is_rejected_for_stock(shop: Shop) -> None:
    shop.reserves(("P-1", 11), reservation_id="R-short")
    shop.reserves(("P-1", 11), reservation_id="R-short")


def is_rejected_for_the_hold_limit(shop: Shop) -> None:
    for number in range(shop.limits.holds_max + 1):
        shop.reserves(("P-1", 1), reservation_id=f"R-{number}", customer_id="C-1")


def expires(shop: Shop) -> None:
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


def is_held_in_part(shop: Shop) -> None:
    shop.holds(("P-1", 11), accept="PARTIAL")


def is_paid_twice(shop: Shop) -> None:
    held = shop.holds(("P-1", 1))
    shop.pays(held, "PAY-1")
    shop.pays(held, "PAY-2")
    shop.pays(held, "PAY-2")


def is_paid_without_a_reservation(shop: Shop) -> None:
    for _ in range(2):
        with pytest.raises(ReservationNotFound):
            shop.pays("R-9")


def makes_a_level_low(shop: Shop) -> None:
    shop.sells(("P-1", 9))
    shop.checks_low_stock(later=timedelta(hours=1))


SCENARIOS: list[tuple[Scenario, dict[str, int]]] = [
    (is_sold, {"Holds": 1, "Commits": 1}),
    (is_held_by_a_retry, {"Holds": 1}),
    (is_sold_by_a_retry, {"Holds": 1, "Commits": 1}),
    (is_rejected_for_stock, {"Rejections INSUFFICIENT_STOCK": 1}),
    (is_rejected_for_the_hold_limit, {"Holds": 10, "Rejections HOLD_LIMIT_REACHED": 1}),
    (expires, {"Holds": 1, "Releases EXPIRED": 1}),
    (is_held_in_part, {"Holds": 1, "HoldsInPart": 1}),
    (is_cancelled, {"Holds": 1, "Releases CANCELLED": 1}),
    (is_stranded, {"Holds": 1, "Releases EXPIRED": 1}),
    (is_rescued, {"Holds": 1, "Releases EXPIRED": 1, "Commits": 1, "PaymentsRescued": 1}),
    (is_paid_after_a_cancellation, {"Holds": 1, "Releases CANCELLED": 1, "PaymentsUnfulfilled": 1}),
    (is_paid_twice, {"Holds": 1, "PaymentsUnfulfilled": 1}),
    (is_paid_without_a_reservation, {"PaymentsUnfulfilled": 1}),
    (makes_a_level_low, {"Holds": 1, "Commits": 1, "LowStockAlerts": 1}),
]


@pytest.mark.parametrize(("scenario", "counts"), SCENARIOS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_decision_is_counted_once_by_the_run_that_made_it(
    scenario: Scenario, counts: dict[str, int], shop: Shop, capsys: Captured
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=1)
    capsys.readouterr()

    scenario(shop)

    assert counted(capsys) == counts


def test_the_time_to_a_decision_is_measured_from_the_start_of_the_checkout(shop: Shop, capsys: Captured) -> None:
    shop.stocks("P-1", on_hand=10)
    request = ReservationRequest.parse({"lines": [{"product_id": "P-1", "quantity": 1}]})
    now = utc_now()

    shop.reservations.reserve("R-1", request, shop.policy, now, asked_at=now - timedelta(seconds=3))

    [line] = metrics(capsys.readouterr().out)
    assert 3_000 <= line["TimeToDecide"][0] < 60_000
    assert {"Name": "TimeToDecide", "Unit": "Milliseconds"} in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]


def test_a_decision_is_logged_with_its_searchable_fields_and_without_the_token(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 2), order_id="O-1")

    caplog.clear()
    shop.times_out(held)

    [record] = [vars(record)["fields"] for record in caplog.records if record.message == "decided"]
    logged = {name: record[name] for name in ("reservation_id", "order_id", "status", "reason", "product_ids")}
    assert logged == {
        "reservation_id": held.reservation_id,
        "order_id": "O-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "product_ids": ["P-1"],
    }
    assert TASK_TOKEN not in str(record)
