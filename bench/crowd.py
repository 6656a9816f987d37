"""A product that thousands hold at once, written in bulk but true to the books."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inventory.dynamodb import to_attributes
from inventory.model import utc_now
from inventory.requests import ReservationRequest
from inventory.rows import reservation_row
from tests.shop import Shop

BATCH = 25  # BatchWriteItem takes no more


def add_holds(shop: Shop, product_id: str, holds: int) -> None:
    """Let many reservations hold one unit each."""
    request = ReservationRequest.parse({"lines": [{"product_id": product_id, "quantity": 1}], "hold_seconds": 86_400})
    now = utc_now()
    rows = [to_attributes(reservation_row(request.held(f"CROWD-{number}", now))) for number in range(holds)]
    batches = [rows[start : start + BATCH] for start in range(0, holds, BATCH)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: _write(shop, batch), batches))
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": product_id}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET available = available - :holds, reserved = reserved + :holds",
        ExpressionAttributeValues={":holds": {"N": str(holds)}},
    )


def _write(shop: Shop, rows: list[dict[str, Any]]) -> None:
    wanted: Any = {shop.tables.reservations: [{"PutRequest": {"Item": row}} for row in rows]}
    while wanted:
        wanted = shop.client.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
