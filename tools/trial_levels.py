"""Removes the levels that the smoke test and the load test created."""

from typing import Any
from uuid import uuid4

from inventory.aws.changes import Condition
from inventory.aws.dynamodb import FailedCondition, Tables, delete, transact
from inventory.identifiers import joined
from inventory.items import level_key
from inventory.model import Level, Movement, MovementKind, iso, utc_now
from inventory.stock.ledger import LEVEL_DELETED, Ledger, record, reference_of_deletion


def delete_with_units(dynamodb: Any, tables: Tables, level: Level, actor: str) -> tuple[FailedCondition, ...]:
    """Delete a level as it was read, if nothing of it is held.

    The units leave in the same write, which adds the movements up to 0, so that no alert about low stock is sent.

    Returns:
        The conditions that failed; none if it is deleted.
    """
    now = utc_now()
    movement = Movement(
        product_id=level.product_id,
        warehouse_id=level.warehouse_id,
        movement_id=joined(iso(now), uuid4().hex),
        moved_at=iso(now),
        kind=MovementKind.RECONCILED,
        delta=-Ledger(dynamodb, tables).sum_of(level.key).on_hand,
        actor=actor,
        reason=LEVEL_DELETED,
        reference=reference_of_deletion(level.version),
    )
    as_read = Condition("version = :version AND reserved = :none", {"version": level.version, "none": 0})
    write = delete(tables.inventory, level_key(level.key), as_read, about=level)
    return transact(dynamodb, [write, record(tables, movement)])
