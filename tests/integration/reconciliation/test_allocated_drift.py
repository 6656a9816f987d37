"""Drift of allocated units: what was sold and neither dispatched nor returned, by the ledger, is what a level has."""

from collections.abc import Callable

import pytest

from inventory.reconciliation.findings import Gaps
from tests.support.fault_injection import just_before
from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row, tampers


@pytest.fixture
def tracking(shop: Shop) -> Shop:
    """Of ten units four are sold and two held."""
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.sells(("P-1", 3), ("P-2", 1))
    shop.sells(("P-1", 1))
    shop.holds(("P-1", 2))
    return shop


def test_tracked_sales_are_no_drift(tracking: Shop) -> None:
    assert tracking.finds_drift().agree
    tracking.adds_up()


@pytest.mark.parametrize(
    ("figures", "gaps", "sentence"),
    [
        (
            {"allocated": 2, "available": -2},
            Gaps(0, 0, 0, 2),
            "6 allocated, but 4 are sold and not dispatched, by its movements",
        ),
        (
            {"allocated": -4, "on_hand": -4},
            Gaps(0, 0, -4, -4),
            "0 allocated, but 4 are sold and not dispatched, by its movements",
        ),
        ({"available": 1}, Gaps(-1, 0, 0, 0), "10 on hand, but 5 available + 2 reserved + 4 allocated"),
    ],
)
def test_a_wrong_counter_is_found_named_and_repaired(
    tracking: Shop, figures: dict[str, int], gaps: Gaps, sentence: str
) -> None:
    tampers(tracking, "P-1", **figures)

    [drift] = tracking.finds_drift().drifts
    assert drift.gaps == gaps
    assert sentence in drift.differences()

    assert tracking.repairs_drift(drift)
    level = tracking.level()
    assert (level.reserved, level.allocated, level.available) == (2, 4, level.on_hand - 6)
    assert tracking.finds_drift().agree
    tracking.adds_up()


def removes_counter(shop: Shop) -> None:
    """Another tool removes the counter of allocated units."""
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="REMOVE allocated",
    )


def test_a_counter_that_another_tool_removed_is_repaired(tracking: Shop) -> None:
    removes_counter(tracking)

    [drift] = tracking.finds_drift().drifts
    assert tracking.repairs_drift(drift)

    assert tracking.level().allocated == 4
    tracking.adds_up()


@pytest.mark.parametrize("changes", [lambda shop: tampers(shop, allocated=-1), removes_counter], ids=["less", "none"])
def test_a_repair_is_not_written_over_what_another_tool_allocated_meanwhile(
    tracking: Shop, changes: Callable[[Shop], None]
) -> None:
    tampers(tracking, available=1)
    [drift] = tracking.finds_drift().drifts

    changes(tracking)

    assert not tracking.repairs_drift(drift)


def test_units_that_nobody_sold_are_available_after_the_repair(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET allocated = :three, available = :seven",
        ExpressionAttributeValues={":three": {"N": "3"}, ":seven": {"N": "7"}},
    )

    [drift] = shop.finds_drift().drifts
    assert shop.repairs_drift(drift)

    assert (shop.level().allocated, shop.level().available) == (0, 10)
    shop.adds_up()


def test_a_deleted_level_with_allocated_units_is_created_again_as_retired(tracking: Shop) -> None:
    deletes_row(tracking, "P-2")

    [drift] = tracking.finds_drift().drifts
    assert drift.differences() == [
        "the level does not exist, but its movements add up to 10",
        "the level does not exist, but 1 are sold and not dispatched, by its movements",
    ]
    assert tracking.repairs_drift(drift)

    level = tracking.level("P-2")
    assert (level.on_hand, level.allocated, level.available, level.active) == (10, 1, 9, False)
    tracking.adds_up()


def test_a_tracked_sale_between_two_reads_is_no_drift(tracking: Shop) -> None:
    with just_before(tracking.client, "Scan", lambda: tracking.sells(("P-1", 1)), call=2):
        assert tracking.finds_drift().drifts == ()
