"""Which side of its threshold a level is on: what was read decides nothing that is no longer so."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import level_item
from inventory.model import Adjustment, Level, Movement, MovementKind, iso
from tests.support.shop import Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
SEVEN_ALLOCATED = Level("P-1", "main", "Mug", "kitchen", 10, 0, 3, 3, 1, iso(NOON), allocated=7)
ONE_ABOVE = replace(SEVEN_ALLOCATED, on_hand=11, available=4, low_stock_alerted=True)
LOW = replace(SEVEN_ALLOCATED, on_hand=3, allocated=0)
NONE_ALLOCATED = replace(ONE_ABOVE, on_hand=4, allocated=0)


def changes(shop: Shop, read: Level, since: dict[str, Any]) -> None:
    """A level is stored, which has changed since it was read."""
    row = level_item(replace(read, **since))
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row))


@pytest.mark.parametrize(
    ("read", "since", "is_low"),
    [
        (SEVEN_ALLOCATED, {}, True),
        (SEVEN_ALLOCATED, {"on_hand": 11, "available": 4}, False),
        (SEVEN_ALLOCATED, {"low_stock_threshold": 2}, False),
        (SEVEN_ALLOCATED, {"low_stock_threshold": 4}, True),
        (SEVEN_ALLOCATED, {"allocated": 8, "available": 2}, True),
        (SEVEN_ALLOCATED, {"allocated": 6, "available": 4}, False),
        (LOW, {}, True),
        (LOW, {"on_hand": 4, "available": 4}, False),
        (LOW, {"on_hand": 4, "available": 4, "low_stock_threshold": 4}, True),
        (LOW, {"on_hand": 2, "available": 2, "low_stock_threshold": 2}, True),
    ],
    ids=str,
)
def test_an_alert_is_claimed_only_while_the_unsold_units_are_at_most_the_threshold(
    shop: Shop, read: Level, since: dict[str, Any], is_low: bool
) -> None:
    changes(shop, read, since)

    claimed = shop.stock_store.claim_alert(read, "A", NOON)

    assert (claimed is not None, shop.level().low_stock_alerted, shop.level().is_low) == (is_low, is_low, is_low)


@pytest.mark.parametrize(
    ("read", "since", "is_above"),
    [
        (ONE_ABOVE, {}, True),
        (ONE_ABOVE, {"low_stock_threshold": 4}, False),
        (ONE_ABOVE, {"low_stock_threshold": 2}, True),
        (ONE_ABOVE, {"on_hand": 10, "available": 3}, False),
        (ONE_ABOVE, {"allocated": 8, "available": 3}, False),
        (ONE_ABOVE, {"allocated": 6, "available": 5}, True),
        (ONE_ABOVE, {"reserved": 4, "available": 0}, True),
        (ONE_ABOVE, {"on_hand": 12, "allocated": 8, "available": 4}, True),
        (NONE_ALLOCATED, {}, True),
        (NONE_ALLOCATED, {"low_stock_threshold": 4}, False),
        (NONE_ALLOCATED, {"allocated": 1, "available": 3}, False),
        (NONE_ALLOCATED, {"on_hand": 5, "allocated": 1, "available": 4}, True),
    ],
    ids=str,
)
def test_an_alert_is_rearmed_only_while_more_units_are_unsold_than_the_threshold(
    shop: Shop, read: Level, since: dict[str, Any], is_above: bool
) -> None:
    changes(shop, read, since)

    shop.stock_store.rearm(read)

    assert (shop.level().low_stock_alerted, shop.level().is_low) == (not is_above, not is_above)


@pytest.mark.parametrize(
    ("since", "is_added"),
    [
        ({}, True),
        ({"low_stock_threshold": 4}, False),
        ({"low_stock_threshold": 2}, False),
        ({"on_hand": 9, "available": 2}, False),  # the level would stay low
        ({"on_hand": 20, "available": 13}, True),
        ({"allocated": 8, "available": 2}, False),
    ],
    ids=str,
)
def test_units_that_lift_a_level_above_its_threshold_rearm_its_alert(
    shop: Shop, since: dict[str, Any], is_added: bool
) -> None:
    low = replace(SEVEN_ALLOCATED, low_stock_alerted=True)
    changes(shop, low, since)
    made = shop.calls.made(Adjustment("A-1", "P-1", "main", 1, "found"), low, NOON)
    movement = Movement("P-1", "main", "M-1", iso(NOON), MovementKind.ADJUSTED, 1, "ada", "found")

    assert shop.stock_store.adjust_level(low, 1, movement, made) == is_added
    assert shop.level().low_stock_alerted != is_added


@pytest.mark.parametrize(
    ("since", "is_added"),
    [
        ({}, True),
        ({"low_stock_threshold": 6}, False),
        ({"low_stock_threshold": 4}, False),
        ({"on_hand": 11, "available": 4}, False),  # the level would rise above its threshold
        ({"allocated": 6, "available": 4}, False),
        ({"allocated": 8, "available": 2}, True),
    ],
    ids=str,
)
def test_units_that_leave_a_level_low_do_not_rearm_its_alert(shop: Shop, since: dict[str, Any], is_added: bool) -> None:
    low = replace(SEVEN_ALLOCATED, low_stock_threshold=5, low_stock_alerted=True)
    changes(shop, low, since)
    made = shop.calls.made(Adjustment("A-1", "P-1", "main", 2, "found"), low, NOON)
    movement = Movement("P-1", "main", "M-1", iso(NOON), MovementKind.ADJUSTED, 2, "ada", "found")

    assert shop.stock_store.adjust_level(low, 2, movement, made) == is_added
    assert shop.level().low_stock_alerted
