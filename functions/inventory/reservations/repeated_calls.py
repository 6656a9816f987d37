"""Calls with a key that change a reservation: what was decided is kept under the key, and a repeated call is answered so.

The row is written in the transaction of the change, so there is never the one without the other. A refusal changes
nothing and is kept too: the same call cannot be refused first and made later.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn

from inventory.aws.changes import Condition, Item
from inventory.aws.dynamodb import Tables, Write, batch_get, conditional_put, put
from inventory.errors import (
    AlreadyDecided,
    FieldError,
    HoldLimitReached,
    InsufficientStock,
    InvalidReservation,
    InventoryError,
    LevelNotFound,
    ReservationConflict,
)
from inventory.identifiers import of_our_own
from inventory.items import UNREADABLE, reservation_item, shortage_items, to_reservation, to_shortages
from inventory.model import Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOT_DECIDED_BEFORE = Condition("attribute_not_exists(request_key)")

# The refusals that are kept and have nothing but their sentence, by their code.
PLAIN_REFUSALS: dict[str, type[InventoryError]] = {
    str(error.code): error for error in (AlreadyDecided, HoldLimitReached, LevelNotFound)
}


@dataclass(frozen=True, slots=True)
class ReservationCall:
    """A call that changes a reservation, under a key of its caller."""

    operation: str  # as the API's description names it
    key: tuple[str, ...]
    content: Any  # JSON: all that the call says, the name of its reservation included

    @property
    def request_key(self) -> str:
        return of_our_own(self.operation, *self.key)

    @property
    def content_hash(self) -> str:
        return sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()


class RepeatedReservationCalls:
    """The decisions of such calls, by their keys."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._table = tables.idempotency
        self._retention = timedelta(days=retention_days)

    def answer(self, call: ReservationCall) -> Reservation | None:
        """The reservation that was answered to this call; None if it was not decided before.

        Raises:
            ReservationConflict: the key was used before, with other content.
            InventoryError: the first call was refused.
        """
        items = batch_get(self._client, self._table, [{"request_key": call.request_key}])
        return self.answer_in(items[0], call) if items else None

    def answer_in(self, item: Item, call: ReservationCall) -> Reservation:
        """The same, of the row that an attempt to write it found."""
        if item.get("content_hash") != call.content_hash:
            raise ReservationConflict("the key was used before, with other content")
        try:
            if "reservation" in item:
                return to_reservation(item["reservation"])
            refusal = _refusal(item["refusal"])
        except UNREADABLE as error:
            raise ReservationConflict("the key was used before, but what was decided cannot be read") from error
        raise refusal

    def made(self, call: ReservationCall, changed: Reservation, now: datetime) -> Write:
        """The write by which a made call is known; it fails if it was decided before."""
        kept = reservation_item(replace(changed, task_token=None))  # a secret is not kept twice
        return put(self._table, self._row(call, now) | {"reservation": kept}, NOT_DECIDED_BEFORE, about=call)

    def refuse(self, call: ReservationCall, error: InventoryError, now: datetime) -> Reservation:
        """Keep a refusal, and refuse; if the call was decided meanwhile, answer that.

        Raises:
            InventoryError: the call is refused; or it was meanwhile.
            ReservationConflict: the key was used meanwhile, with other content.
        """
        row = self._row(call, now) | {"refusal": _refusal_item(error)}
        existing = conditional_put(self._client, self._table, row, NOT_DECIDED_BEFORE)
        return self.answer_in(existing, call) if existing else _raise(error)

    def _row(self, call: ReservationCall, now: datetime) -> Item:
        return {
            "request_key": call.request_key,
            "content_hash": call.content_hash,
            "expire_at": int((now + self._retention).timestamp()),
        }


def _raise(error: InventoryError) -> NoReturn:
    raise error


def _refusal_item(error: InventoryError) -> Item:
    item: Item = {"code": str(error.code), "detail": str(error)}
    if isinstance(error, InvalidReservation):
        item["errors"] = [found.to_json() for found in error.errors]
    if isinstance(error, InsufficientStock):
        item["shortages"] = shortage_items(error.shortages)
    return item


def _refusal(item: Item) -> InventoryError:
    code, detail = item["code"], item["detail"]
    if code == InvalidReservation.code:
        return InvalidReservation([FieldError(found["field"], found["message"]) for found in item["errors"]])
    if code == InsufficientStock.code:
        return InsufficientStock(detail, to_shortages(item))
    return PLAIN_REFUSALS[code](detail)
