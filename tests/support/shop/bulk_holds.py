"""Thousands of holds, written in batches together with the counters of their levels."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from inventory.aws.changes import to_attributes
from inventory.items import level_key, reservation_item
from inventory.model import LevelKey, Reservation
from tests.support.shop import Shop, at_once

BATCH_WRITE_MAX = 25
WRITERS = 4


def hold_in_bulk(shop: Shop, holds: Sequence[Reservation]) -> None:
    """Write holds, and move their units from available to reserved on existing levels."""
    rows = [to_attributes(reservation_item(hold)) for hold in holds]
    batches = [rows[start : start + BATCH_WRITE_MAX] for start in range(0, len(rows), BATCH_WRITE_MAX)]
    at_once(*[partial(_write, shop, batch) for batch in batches], workers=WRITERS)
    held: Counter[LevelKey] = Counter()
    for hold in holds:
        held.update({holding.key: holding.quantity for holding in hold.holdings})
    for key, units in held.items():
        shop.client.update_item(
            TableName=shop.tables.inventory,
            Key=to_attributes(level_key(key)),
            UpdateExpression="SET available = available - :units, reserved = reserved + :units",
            ConditionExpression="attribute_exists(product_id)",
            ExpressionAttributeValues={":units": {"N": str(units)}},
        )


def _write(shop: Shop, rows: list[dict[str, Any]]) -> None:
    requests: Any = [{"PutRequest": {"Item": row}} for row in rows]
    answer = shop.client.batch_write_item(RequestItems={shop.tables.reservations: requests})
    assert not answer["UnprocessedItems"]
