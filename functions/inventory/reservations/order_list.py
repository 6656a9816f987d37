"""The reservations of one order, the newest first."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import Tables, batch_get, items_of
from inventory.errors import FieldError, InvalidRequest
from inventory.items import parse_or_none, to_reservation
from inventory.model import Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# An order has a few reservations. The index has no times, so all of them are read and sorted: so many at most.
RESERVATIONS_MAX = 1_000
# A reservation in JSON may have 100 KB, and an answer of Lambda 6 MB.
PAGE_SIZE = 25

# The place of a reservation in its list: when it was created, and its id.
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of the list, and the place after which the list continues; None on the last page."""

    items: list[Reservation]
    next: Place | None


class OrderList:
    """Lists the reservations of an order. The index may be late by a moment, the reservations themselves are current."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.reservations

    def page(self, order_id: str, after: Place | None) -> OrderPage:
        """A page of an order's reservations; an unknown order has none.

        Raises:
            InvalidRequest: the order has too many reservations to sort them.
        """
        newest_first = sorted(self._reservations_of(order_id), key=_place, reverse=True)
        following = [found for found in newest_first if after is None or _place(found) < after]
        page = following[:PAGE_SIZE]
        return OrderPage(page, _place(page[-1]) if len(following) > len(page) else None)

    def _reservations_of(self, order_id: str) -> list[Reservation]:
        request = {
            "TableName": self._table,
            "IndexName": "by_order",
            "KeyConditionExpression": "order_id = :order_id",
            "ExpressionAttributeValues": to_attributes({":order_id": order_id}),
        }
        listed = islice(items_of(self._client.query, request), RESERVATIONS_MAX + 1)
        keys = [{"reservation_id": item["reservation_id"]} for item in listed]
        if len(keys) > RESERVATIONS_MAX:
            raise InvalidRequest([FieldError("order_id", f"has more than {RESERVATIONS_MAX} reservations")])
        items = batch_get(self._client, self._table, keys)
        return [found for item in items if (found := parse_or_none(to_reservation, item))]


def _place(reservation: Reservation) -> Place:
    return reservation.created_at, reservation.reservation_id
