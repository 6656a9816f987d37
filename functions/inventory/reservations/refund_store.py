"""Payments to return in DynamoDB, each a row of its own: by reservation and payment reference.

A reservation's own row only says that there are some, so that any number of payments fits.
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Change, Condition, to_attributes, to_item
from inventory.aws.dynamodb import Tables, conditional_delete, conditional_put, conditional_update, items_of
from inventory.aws.retries import with_retries
from inventory.identifiers import name_of
from inventory.items import parse_or_none, refund_item, refund_key, to_refund
from inventory.model import MoneyReturned, Refund, RefundStatus
from inventory.reservations.store import NOT_RECORDED_BEFORE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EXISTS = Condition("attribute_exists(payment_reference)")  # not withdrawn meanwhile
# Still to be returned: of two administrators who return the same payment, the first one's reference is kept.
IS_OPEN = Condition("#status = :open", {"open": RefundStatus.OPEN})


class RefundStore:
    """Payments to return in DynamoDB. A row is deleted only after its money was returned: an open one never expires."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._table = tables.refunds
        self._retention = timedelta(days=retention_days)

    def add(self, refund: Refund) -> Refund:
        """Record a payment to return, unless it was recorded before; the one that is stored."""
        existing = conditional_put(self._client, self._table, refund_item(refund), NOT_RECORDED_BEFORE)
        return to_refund(existing) if existing else refund

    def find(self, reservation_id: str, payment_reference: str) -> Refund | None:
        """A payment to return, or one that was returned; strongly consistent."""
        key = to_attributes(refund_key(reservation_id, payment_reference))
        answer = with_retries(lambda: self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True))
        return to_refund(to_item(answer["Item"])) if "Item" in answer else None

    def payment_references_of(self, reservation_id: str, most: int) -> list[str]:
        """The payments to return of one reservation, returned ones included, strongly consistent; at most so many."""
        found = items_of(
            self._client.query,
            {**self._rows_of(reservation_id), "ProjectionExpression": "payment_reference", "Limit": most},
        )
        return [item["payment_reference"] for item in islice(found, most)]

    def of_reservation(self, reservation_id: str, most: int) -> list[Refund]:
        """The payments to return of one reservation with their content; at most so many."""
        found = islice(items_of(self._client.query, {**self._rows_of(reservation_id), "Limit": most}), most)
        return [refund for item in found if (refund := parse_or_none(to_refund, item))]

    def mark_announced(self, refund: Refund) -> None:
        """Record that operations were notified, so that a replay does not notify them again."""
        key = refund_key(refund.reservation_id, refund.payment_reference)
        sent = Change(remove=("pending_notification", "notify_since"))
        conditional_update(self._client, self._table, key, sent, EXISTS)

    def return_payment(self, reservation_id: str, payment_reference: str, returned: MoneyReturned) -> Refund | None:
        """Record that the money was returned, unless that was recorded before.

        Returns:
            The refund afterwards; None if no such payment is to return.
        """
        at = datetime.fromisoformat(returned.at)
        change = Change(
            set={
                "status": RefundStatus.RETURNED,
                "status_at": returned.at,
                "reference": returned.reference,
                "returned_by": returned.actor,
                "expire_at": int((at + self._retention).timestamp()),
            }
            | ({"note": returned.note} if returned.note else {}),
            # Nobody must still be asked to return it.
            remove=("pending_notification", "notify_since"),
        )
        key = refund_key(reservation_id, payment_reference)
        item = conditional_update(self._client, self._table, key, change, IS_OPEN)
        return to_refund(item) if item else None

    def withdraw(self, refund: Refund) -> None:
        """Delete an open refund whose payment has bought its reservation after all."""
        key = refund_key(refund.reservation_id, refund.payment_reference)
        conditional_delete(self._client, self._table, key, IS_OPEN)

    def _rows_of(self, reservation_id: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "reservation_id = :reservation_id",
            "ExpressionAttributeValues": to_attributes({":reservation_id": name_of(reservation_id)}),
            "ConsistentRead": True,
        }
