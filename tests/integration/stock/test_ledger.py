"""The ledger: what was moved after a moment, what a level's movements add up to, and which deletion closed it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import FailedCondition, transact
from inventory.errors import AdjustmentConflict
from inventory.items import adjustment_key_of_first_edition
from inventory.model import Adjustment, LevelKey, Movement, MovementKind, iso
from inventory.stock.counts import NOTHING, MovedSince
from inventory.stock.ledger import LEVEL_DELETED, is_recorded, record, reference_of_deletion
from tests.support.aws_calls import recorded
from tests.support.shop import Shop

KEY = LevelKey("P-1", "main")
NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def after(milliseconds: int) -> str:
    """So many milliseconds after noon."""
    return iso(NOON + timedelta(milliseconds=milliseconds))


def moves(
    shop: Shop, milliseconds: int, delta: int, kind: MovementKind = MovementKind.ADJUSTED, **content: Any
) -> Movement:
    """A movement of P-1 in main, at so many milliseconds after noon."""
    of_level = {"product_id": "P-1", "warehouse_id": "main", "reason": "found"} | content
    moved_at = after(milliseconds)
    movement = Movement(
        movement_id=f"{moved_at}\x1f{kind}{delta}", moved_at=moved_at, kind=kind, delta=delta, actor="ada", **of_level
    )
    assert transact(shop.client, [record(shop.tables, movement)]) == ()
    return movement


def breaks(shop: Shop, movement: Movement) -> None:
    """Another tool wrote the movement in another form."""
    key = {"product_id": movement.product_id, "movement_id": movement.movement_id}
    row = key | {"warehouse_id": movement.warehouse_id, "delta": "many"}
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))


# --- after a moment


def test_what_was_moved_at_the_moment_itself_was_not_moved_after_it(shop: Shop) -> None:
    for milliseconds, delta in ((-1, 1), (0, 10), (1, 100), (2, 1000)):
        moves(shop, milliseconds, delta)

    assert shop.ledger.moved_since(KEY, after(0)) == MovedSince(happened=100 + 1000)


def test_what_happened_on_the_shelf_and_what_was_counted_are_summed_apart(shop: Shop) -> None:
    for number, kind in enumerate(MovementKind):
        moves(shop, 1, 10**number, kind)

    since = shop.ledger.moved_since(KEY, after(0))

    shelf = [10**number for number, kind in enumerate(MovementKind) if kind.is_of_the_shelf]
    assert since == MovedSince(happened=sum(shelf), counted=10 ** list(MovementKind).index(MovementKind.COUNTED))


def test_a_deletion_after_the_moment_is_found_among_other_movements(shop: Shop) -> None:
    moves(shop, 1, -5)
    assert not shop.ledger.moved_since(KEY, after(0)).is_deleted

    moves(shop, 2, 0, MovementKind.RECONCILED, reason=LEVEL_DELETED)

    assert shop.ledger.moved_since(KEY, after(0)) == MovedSince(happened=-5, is_deleted=True)
    assert shop.ledger.moved_since(KEY, after(2)) == NOTHING


def test_movements_of_other_levels_and_in_another_form_are_left_out(shop: Shop) -> None:
    moves(shop, 1, 1)
    moves(shop, 2, 10, warehouse_id="north")
    moves(shop, 3, 100, product_id="P-2")
    breaks(shop, moves(shop, 4, 1000))

    assert shop.ledger.moved_since(KEY, after(0)) == MovedSince(happened=1)
    assert shop.ledger.sum_of(KEY) == (1, 0)


def test_the_ledger_is_read_as_it_is_now(shop: Shop) -> None:
    with recorded(shop.client) as calls:
        shop.ledger.moved_since(KEY, after(0))
        shop.ledger.sum_of(KEY)
        shop.ledger.is_closed(KEY, 1)

    assert [call.request["ConsistentRead"] for call in calls] == [True] * 3


# --- the whole ledger


@pytest.mark.parametrize(
    ("content", "is_closed"),
    [
        ({"reason": LEVEL_DELETED, "reference": reference_of_deletion(2)}, True),
        ({"reason": LEVEL_DELETED, "reference": reference_of_deletion(1)}, False),
        ({"reason": "found", "reference": reference_of_deletion(2)}, False),
        ({"reason": LEVEL_DELETED, "reference": reference_of_deletion(2), "warehouse_id": "north"}, False),
    ],
)
def test_a_version_is_closed_by_its_own_deletion(shop: Shop, content: dict[str, Any], is_closed: bool) -> None:
    moves(shop, 1, 5)
    moves(shop, 2, -5, MovementKind.RECONCILED, **content)

    assert shop.ledger.is_closed(KEY, 2) == is_closed


# --- what was written before


def test_a_movement_is_recorded_if_its_own_row_exists() -> None:
    movement = Movement("P-1", "main", "M-1", after(0), MovementKind.ADJUSTED, 1, "ada", "found")
    level = FailedCondition("level", {"product_id": "P-1"})
    gone = FailedCondition("level", None)
    itself, other = (FailedCondition(movement, {"movement_id": movement_id}) for movement_id in ("M-1", "M-2"))

    assert is_recorded(movement, [level, itself])
    assert is_recorded(movement, [gone, itself])
    assert not is_recorded(movement, [level, gone, other])
    assert not is_recorded(movement, [])


def test_a_movement_is_written_once(shop: Shop) -> None:
    movement = moves(shop, 1, 5)

    failed = transact(shop.client, [record(shop.tables, movement)])

    assert [condition.about for condition in failed] == [movement]
    assert is_recorded(movement, failed)


def test_an_adjustment_of_the_first_edition_is_found_by_its_id(shop: Shop) -> None:
    request = {"request_id": "A-1", "product_id": "P-1", "warehouse_id": "main", "delta": 3, "reason": "found"}
    row = adjustment_key_of_first_edition("A-1") | {"request": request}
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))

    assert shop.ledger.adjustment_of_first_edition("A-1") == Adjustment("A-1", "P-1", "main", 3, "found")
    assert shop.ledger.adjustment_of_first_edition("A-2") is None


def test_an_adjustment_of_the_first_edition_that_cannot_be_read_is_a_conflict(shop: Shop) -> None:
    row = adjustment_key_of_first_edition("A-1") | {"request": "many"}
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))

    with pytest.raises(AdjustmentConflict, match="cannot be read"):
        shop.ledger.adjustment_of_first_edition("A-1")
