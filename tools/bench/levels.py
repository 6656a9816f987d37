"""The stock of a shop, written in batches and without its ledger."""

from collections.abc import Sequence
from typing import Any

from inventory.aws.changes import to_attributes
from inventory.items import level_item
from inventory.model import Level, iso, utc_now

BATCH_WRITE_MAX = 25


def write_levels(client: Any, table: str, keys: Sequence[tuple[str, str]], *, on_hand: int) -> None:
    """Write a level for each product and warehouse, with so many units that are all available."""
    requests = [{"PutRequest": {"Item": _row(*key, on_hand)}} for key in keys]
    for start in range(0, len(requests), BATCH_WRITE_MAX):
        client.batch_write_item(RequestItems={table: requests[start : start + BATCH_WRITE_MAX]})


def _row(product_id: str, warehouse_id: str, on_hand: int) -> dict[str, Any]:
    level = Level(
        product_id,
        warehouse_id,
        name="Enamelled mug, 350 ml, blue",
        category="kitchen",
        on_hand=on_hand,
        reserved=0,
        available=on_hand,
        low_stock_threshold=20,
        version=1,
        updated_at=iso(utc_now()),
    )
    return to_attributes(level_item(level))
