"""Drift in a busy shop: it is found while sales continue, and repaired only on request."""

import itertools
import threading
from typing import Any

import pytest

from inventory.reconciliation.findings import Drift, Findings
from inventory.reconciliation.incremental.result import ComparisonResults
from tests.support.fault_injection import hooked, just_before
from tests.support.handlers import Functions
from tests.support.shop import Shop, dynamodb_client
from tests.support.shop.drift import tampers


@pytest.fixture
def busy_shop(shop: Shop) -> Shop:
    """A shop with holds, sales, a cancellation and an adjustment."""
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=20)
    shop.stocks("P-1", on_hand=8, warehouse_id="north")
    shop.holds(("P-1", 2), ("P-2", 1))
    shop.pays(shop.holds(("P-1", 3)))
    shop.sells(("P-1", 1), ("P-3", 4))
    shop.cancels(shop.holds(("P-2", 5)))
    shop.adjusts(-2, "P-2")
    return shop


def gaps(findings: Findings) -> dict[str, tuple[int, int, int, int]]:
    """The gaps of each product that has drifted."""
    return {drift.level.product_id: drift.gaps for drift in findings.drifts}


# --- finding


def test_counters_that_agree_have_no_drift(busy_shop: Shop) -> None:
    found = busy_shop.finds_drift()

    assert (found.drifts, found.checked, found.unsure) == ((), 4, ())


@pytest.mark.parametrize(
    ("figures", "gap", "sentence"),
    [
        ({"available": 1}, (-1, 0, 0, 0), "19 on hand, but 15 available + 5 reserved"),
        ({"reserved": 2, "available": -2}, (0, 2, 0, 0), "7 reserved, but its reservations hold 5"),
        ({"on_hand": 3, "available": 3}, (0, 0, 3, 0), "22 on hand, but its movements add up to 19"),
    ],
)
def test_each_broken_rule_is_named(
    busy_shop: Shop, figures: dict[str, int], gap: tuple[int, int, int, int], sentence: str
) -> None:
    tampers(busy_shop, "P-1", **figures)

    found = busy_shop.finds_drift()

    assert gaps(found) == {"P-1": gap}
    assert found.drifts[0].differences() == [sentence]


def test_a_missing_movement_is_a_drift(busy_shop: Shop) -> None:
    [sale] = [
        row for row in busy_shop.rows(busy_shop.tables.movements) if row["product_id"] == "P-3" and row["delta"] < 0
    ]
    key = {name: {"S": sale[name]} for name in ("product_id", "movement_id")}
    busy_shop.client.delete_item(TableName=busy_shop.tables.movements, Key=key)

    assert gaps(busy_shop.finds_drift()) == {"P-3": (0, 0, -4, 0)}


def test_a_deleted_reservation_is_a_drift(busy_shop: Shop) -> None:
    busy_shop.client.delete_item(TableName=busy_shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})

    assert gaps(busy_shop.finds_drift()) == {"P-1": (0, 2, 0, 0), "P-2": (0, 1, 0, 0)}


def test_an_invalid_row_does_not_hide_the_other_levels(busy_shop: Shop) -> None:
    busy_shop.client.put_item(
        TableName=busy_shop.tables.inventory, Item={"product_id": {"S": "BAD"}, "warehouse_id": {"S": "main"}}
    )
    tampers(busy_shop, available=1)

    assert list(gaps(busy_shop.finds_drift())) == ["P-1"]


# --- while sales continue


def test_a_hold_between_two_reads_is_no_drift(busy_shop: Shop) -> None:
    with just_before(busy_shop.client, "Query", lambda: busy_shop.holds(("P-1", 2))):
        found = busy_shop.finds_drift()

    assert found.drifts == ()


def test_a_sale_between_two_reads_is_no_drift(busy_shop: Shop) -> None:
    with just_before(busy_shop.client, "Scan", lambda: busy_shop.sells(("P-1", 2)), call=2):
        found = busy_shop.finds_drift()

    assert found.drifts == ()


def test_a_drift_that_is_gone_at_the_second_reading_is_not_reported(busy_shop: Shop) -> None:
    tampers(busy_shop, available=1)
    pauses = itertools.count(1)

    def repair_between_the_readings() -> None:
        if next(pauses) == 2:
            tampers(busy_shop, available=-1)

    found = busy_shop.finds_drift(meanwhile=repair_between_the_readings)

    assert (found.drifts, found.unsure) == ((), ())


def test_two_readings_that_differ_are_no_drift(busy_shop: Shop) -> None:
    tampers(busy_shop, available=1)
    pauses = itertools.count(1)

    def change_between_the_readings() -> None:
        if next(pauses) == 2:
            tampers(busy_shop, available=1)

    found = busy_shop.finds_drift(meanwhile=change_between_the_readings)

    assert found.drifts == ()
    assert gaps(busy_shop.finds_drift()) == {"P-1": (-2, 0, 0, 0)}


def test_a_drift_is_found_even_if_the_level_is_sold_between_the_readings(busy_shop: Shop) -> None:
    tampers(busy_shop, available=-1)

    found = busy_shop.finds_drift(meanwhile=lambda: busy_shop.sells(("P-1", 1)))

    assert gaps(found) == {"P-1": (1, 0, 0, 0)}


def test_a_level_that_changes_during_every_reading_is_reported_as_unsure(busy_shop: Shop) -> None:
    tampers(busy_shop, available=-1)

    def adjust(model: Any, **_: Any) -> None:
        if model.name == "Query":
            busy_shop.adjusts(+1)

    with hooked(busy_shop.client, "before-call", adjust):
        found = busy_shop.finds_drift()

    assert found.drifts == ()
    assert [key.product_id for key in found.unsure] == ["P-1"]


def test_continuous_sales_are_no_drift_and_hide_none(busy_shop: Shop, dynamodb_url: str) -> None:
    busy_shop.stocks("P-2", on_hand=5_000)
    tampers(busy_shop, "P-3", reserved=1, available=-1)
    seller = Shop(dynamodb_client(dynamodb_url), busy_shop.tables)
    stop = threading.Event()
    sold: list[object] = []

    def sell() -> None:
        while not stop.is_set():
            sold.append(seller.sells(("P-2", 1), reservation_id=f"SOLD-{len(sold)}"))

    selling = threading.Thread(target=sell)
    selling.start()
    try:
        findings = [busy_shop.finds_drift() for _ in range(10)]
    finally:
        stop.set()
        selling.join(30)

    assert len(sold) > 10
    assert [gaps(found) for found in findings] == [{"P-3": (0, 1, 0, 0)}] * 10


# --- repairing


def only_drift(shop: Shop) -> Drift:
    """The drift of the only level that has drifted."""
    [found] = shop.finds_drift().drifts
    return found


@pytest.mark.parametrize(
    ("figures", "delta"),
    [
        ({"available": 1}, 0),
        ({"reserved": 2, "available": -2}, 0),
        ({"on_hand": 3, "available": 3}, 3),
        ({"on_hand": 4}, 4),
    ],
)
def test_a_repair_keeps_the_units_on_hand_and_recomputes_the_reserved_units(
    busy_shop: Shop, figures: dict[str, int], delta: int
) -> None:
    tampers(busy_shop, "P-1", **figures)
    before = busy_shop.level("P-1")

    written = busy_shop.repairs_drift(only_drift(busy_shop))

    level = busy_shop.level("P-1")
    [movement] = [row for row in busy_shop.rows(busy_shop.tables.movements) if row["kind"] == "RECONCILED"]
    assert written
    assert (level.on_hand, level.reserved, level.available) == (before.on_hand, 5, before.on_hand - 5)
    assert (movement["delta"], movement["actor"]) == (delta, "ada")
    assert movement["reason"].startswith("found broken (reserved ")
    busy_shop.adds_up()


def test_a_repair_is_not_made_if_the_level_has_changed_since(busy_shop: Shop) -> None:
    tampers(busy_shop, available=1)
    found = only_drift(busy_shop)
    busy_shop.holds(("P-1", 1))

    assert not busy_shop.repairs_drift(found)

    assert busy_shop.repairs_drift(only_drift(busy_shop))
    busy_shop.adds_up()


def test_a_repair_is_made_once(busy_shop: Shop) -> None:
    tampers(busy_shop, available=1)
    found = only_drift(busy_shop)

    assert [busy_shop.repairs_drift(found), busy_shop.repairs_drift(found)] == [True, False]
    busy_shop.adds_up()


def test_a_level_with_more_held_than_on_hand_is_not_repaired(busy_shop: Shop) -> None:
    tampers(busy_shop, on_hand=-16, available=-16)
    before = busy_shop.level("P-1")

    assert not busy_shop.repairs_drift(only_drift(busy_shop))
    assert busy_shop.level("P-1") == before


# --- the function


def test_the_function_reports_its_findings_as_a_metric(
    busy_shop: Shop, functions: Functions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    tampers(busy_shop, available=1)
    functions.serve(busy_shop)

    assert functions.invoke("reconcile_counters", {}) == {
        "drifted": 1,
        "checked": 4,
        "unsure": 0,
        "customers_drifted": 0,
        "customers_checked": 0,
        "unreadable": 0,
        "taken_over": 0,
    }

    assert '"StockDrift":[1.0]' in capsys.readouterr().out.replace(" ", "")
    kept = ComparisonResults(busy_shop.client, busy_shop.tables).read()
    assert kept and (kept.differences, kept.is_complete) == (1, True)
