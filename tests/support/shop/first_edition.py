"""Rows as the first edition wrote them, which must go on working."""

from collections.abc import Sequence

from inventory.aws.changes import to_attributes
from inventory.model import Reservation, iso
from tests.support.shop import Shop


def keeps_in_its_row(
    shop: Shop, reservation_id: str, *, announced: Sequence[str] = (), to_announce: Sequence[str] = ()
) -> None:
    """Let the row of a reservation keep payments to return, as the first edition did."""
    pending = {"pending_notification": "PENDING", "notify_since": iso(shop.now())} if to_announce else {}
    sets = {"payments_announced": set(announced), "payments_to_announce": set(to_announce)}
    values = pending | {name: references for name, references in sets.items() if references}
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": reservation_id}},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values) + " REMOVE has_refunds",
        ExpressionAttributeValues={f":{name}": value for name, value in to_attributes(values).items()},
    )


def rename_as_in_the_first_edition(shop: Shop, reservation: Reservation) -> str:
    """Write the row under the id itself, as the first edition did with an id that begins with k-."""
    table = shop.tables.reservations
    key = {"reservation_id": {"S": reservation.name}}
    item = shop.client.get_item(TableName=table, Key=key)["Item"]
    shop.client.delete_item(TableName=table, Key=key)
    del item["requested_id"], item["execution_name"]
    shop.client.put_item(TableName=table, Item=item | {"reservation_id": {"S": reservation.reservation_id}})
    return reservation.reservation_id
