"""Repairs are written whole, and only if nothing has changed since the comparison read it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.model import iso
from inventory.reconciliation.findings import CustomerDrift, Drift
from tests.support.fault_injection import just_before, lost_responses
from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row, tampers

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
LATER = NOON + timedelta(minutes=20)
LEVEL_KEY = {"product_id": "P-1", "warehouse_id": "main"}
CUSTOMER_KEY = {"customer_id": "C-1"}


@pytest.fixture(autouse=True)
def at_noon(shop: Shop) -> None:
    """At noon a customer holds three of ten units; later somebody repairs."""
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    shop.holds(("P-1", 3), customer_id="C-1")
    shop.now = lambda: LATER


def sets(shop: Shop, table: str, key: Mapping[str, str], **attributes: Any) -> None:
    """Write some attributes of a row directly; None removes one."""
    [row] = [row for row in shop.rows(table) if key.items() <= row.items()]
    changed = {name: value for name, value in (row | attributes).items() if value is not None}
    shop.client.put_item(TableName=table, Item=to_attributes(changed))


def drift_of_level(shop: Shop) -> Drift:
    """The level's drift."""
    [drift] = shop.finds_drift().drifts
    return drift


def drift_of_customer(shop: Shop) -> CustomerDrift:
    """The customer's drift."""
    [drift] = shop.finds_drift().customers
    return drift


def movements(shop: Shop) -> list[dict[str, Any]]:
    """The movements that repairs have written."""
    return [row for row in shop.rows(shop.tables.movements) if row["kind"] == "RECONCILED"]


# --- levels


def test_a_repair_changes_nothing_else_of_the_level(shop: Shop) -> None:
    [before] = shop.rows(shop.tables.inventory)
    tampers(shop, reserved=2, available=5)

    assert shop.repairs_drift(drift_of_level(shop))

    [after] = shop.rows(shop.tables.inventory)
    assert after == before | {"version": before["version"] + 1, "updated_at": iso(LATER)}
    [movement] = movements(shop)
    assert movement["moved_at"] == iso(LATER)
    assert movement["reason"] == "found broken (reserved 5 -> 3, available 12 -> 7, movement +0)"


@pytest.mark.parametrize(
    "change",
    [
        {"on_hand": 11},
        {"reserved": 4},
        {"available": 8},
        {"version": 5},
        {"updated_at": "2026-03-01T12:10:00.000Z"},
        {"allocated": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_level_that_has_changed_in_one_attribute_is_not_repaired(shop: Shop, change: dict[str, Any]) -> None:
    tampers(shop, available=5)
    drift = drift_of_level(shop)
    sets(shop, shop.tables.inventory, LEVEL_KEY, **change)
    before = shop.rows(shop.tables.inventory)

    assert not shop.repairs_drift(drift)

    assert shop.rows(shop.tables.inventory) == before
    assert movements(shop) == []


def test_a_repair_whose_answer_is_lost_is_written_once(shop: Shop) -> None:
    tampers(shop, available=5)
    drift = drift_of_level(shop)

    with lost_responses(shop.client, "TransactWriteItems"):
        assert shop.repairs_drift(drift)

    assert len(movements(shop)) == 1
    shop.adds_up()


def test_a_level_is_created_again_as_a_retired_one_without_a_description(shop: Shop) -> None:
    deletes_row(shop)

    assert shop.repairs_drift(drift_of_level(shop))

    assert shop.rows(shop.tables.inventory) == [
        LEVEL_KEY
        | {"name": "P-1", "category": "unknown", "on_hand": 10, "reserved": 3, "available": 7}
        | {"low_stock_threshold": 0, "low_stock_alerted": False, "active": False}
        | {"version": 1, "updated_at": iso(LATER)}
    ]


def test_a_level_that_was_created_meanwhile_is_not_created_again(shop: Shop) -> None:
    deletes_row(shop)
    drift = drift_of_level(shop)
    shop.stocks("P-1", on_hand=4)
    before = shop.rows(shop.tables.inventory)

    assert not shop.repairs_drift(drift)

    assert shop.rows(shop.tables.inventory) == before


def test_of_two_runs_that_create_a_level_again_one_reports_it(shop: Shop) -> None:
    deletes_row(shop)
    others: list[dict[str, int]] = []

    with just_before(shop.client, "TransactWriteItems", lambda: others.append(shop.reconciles()), call=2):
        found = shop.reconciles()

    assert [run["stranded"] for run in (found, *others)] == [1, 1]
    assert sum(run.get("recreated", 0) for run in (found, *others)) == 1
    assert (shop.level().on_hand, shop.level().reserved) == (10, 0)
    shop.adds_up()


# --- levels that another tool wrote


@pytest.mark.parametrize(
    "happens",
    [
        lambda shop: deletes_row(shop, "P-2"),
        lambda shop: sets(shop, shop.tables.inventory, LEVEL_KEY | {"product_id": "P-2"}, version=0),
    ],
    ids=["deleted", "deleted and created again"],
)
def test_a_level_that_was_deleted_since_is_not_taken_over(shop: Shop, happens: Callable[[Shop], object]) -> None:
    shop.has_by_hand("P-2", on_hand=7)
    found = shop.finds_drift()
    happens(shop)

    assert shop.takes_over(found) == [False]

    assert movements(shop) == []


def test_a_level_that_was_edited_since_is_taken_over(shop: Shop) -> None:
    shop.has_by_hand("P-2", on_hand=7)
    found = shop.finds_drift()
    shop.adjusts(+1, "P-2")

    assert shop.takes_over(found) == [True]
    shop.adds_up()


# --- customers


@pytest.mark.parametrize(
    ("changes", "changes_then"), [(7, 8), (None, 1), ("x", 1)], ids=["counted", "never counted", "no number"]
)
def test_a_repaired_customer_is_counted_as_they_hold_and_as_changed(
    shop: Shop, changes: object, changes_then: int
) -> None:
    sets(shop, shop.tables.customers, CUSTOMER_KEY, active_holds=2, held_units=5, changes=changes, note="kept")

    assert shop.repairs_drift(drift_of_customer(shop))

    [after] = shop.rows(shop.tables.customers)
    assert after == CUSTOMER_KEY | {"active_holds": 1, "held_units": 3, "changes": changes_then, "note": "kept"}


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({"changes": 7}, {"active_holds": 3}),
        ({"changes": 7}, {"held_units": 6}),
        ({"changes": 7}, {"changes": 8}),
        ({"changes": None}, {"changes": 1}),
        ({"active_holds": None}, {"active_holds": 1}),
    ],
    ids=str,
)
def test_a_customer_whose_row_has_changed_in_one_attribute_is_not_repaired(
    shop: Shop, before: dict[str, Any], change: dict[str, Any]
) -> None:
    sets(shop, shop.tables.customers, CUSTOMER_KEY, **({"active_holds": 2, "held_units": 5} | before))
    drift = drift_of_customer(shop)
    sets(shop, shop.tables.customers, CUSTOMER_KEY, **change)
    [then] = shop.rows(shop.tables.customers)

    assert not shop.repairs_drift(drift)

    assert shop.rows(shop.tables.customers) == [then]


def test_a_customer_whose_row_was_deleted_since_is_not_repaired(shop: Shop) -> None:
    sets(shop, shop.tables.customers, CUSTOMER_KEY, active_holds=2, held_units=Decimal(5))
    drift = drift_of_customer(shop)
    shop.client.delete_item(TableName=shop.tables.customers, Key=to_attributes(CUSTOMER_KEY))

    assert not shop.repairs_drift(drift)

    assert shop.rows(shop.tables.customers) == []
