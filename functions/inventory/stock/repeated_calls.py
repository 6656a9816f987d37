"""Calls with a key that are made once: what was decided is kept under the key, and a repeated call is answered with it.

The row is written in the transaction of the change, so there is never the one without the other. A refusal changes
nothing and is kept too: the same call cannot be refused first and made later.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NoReturn

from inventory.aws.changes import Condition, Item
from inventory.aws.dynamodb import Tables, Write, batch_get, conditional_put, put
from inventory.errors import (
    AdjustmentConflict,
    BelowReserved,
    FieldError,
    InvalidRequest,
    InventoryError,
    LevelNotFound,
    TransientError,
)
from inventory.identifiers import of_our_own
from inventory.items import UNREADABLE, level_item, to_level
from inventory.model import Adjustment, Level
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The refusals that follow from the stock of a moment, by the code under which they are kept.
REFUSALS: dict[str, type[BelowReserved] | type[LevelNotFound]] = {
    error.code: error for error in (BelowReserved, LevelNotFound)
}
INVALID = "VALIDATION_FAILED"
NOT_DECIDED_BEFORE = Condition("attribute_not_exists(request_key)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was changed; `field` if a field of the request is invalid."""

    code: str
    detail: str
    field: str | None = None

    @classmethod
    def of(cls, error: InventoryError) -> "Refusal":
        """The refusal that an error is."""
        if isinstance(error, InvalidRequest):
            [wrong] = error.errors
            return cls(INVALID, wrong.message, wrong.field)
        return cls(str(error.code), str(error))

    def answer(self) -> NoReturn:
        """Refuse like the first time."""
        if self.field is not None:
            raise InvalidRequest([FieldError(self.field, self.detail)])
        raise REFUSALS[self.code](self.detail)


class RepeatedCalls:
    """The decisions of calls, by their keys."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._table = tables.idempotency
        self._retention = timedelta(days=retention_days)

    def answer(self, adjustment: Adjustment) -> Level | None:
        """The level that was answered to this adjustment; None if it was not decided before.

        Raises:
            AdjustmentConflict: the key was used before, for another adjustment.
            BelowReserved, LevelNotFound, InvalidRequest: the first call was refused.
        """
        items = batch_get(self._client, self._table, [_key(adjustment)])
        return _answer(items[0], adjustment) if items else None

    def made(self, adjustment: Adjustment, level: Level, now: datetime) -> Write:
        """The write by which a made adjustment is known; it fails if it was decided before."""
        return put(self._table, self._row(adjustment, now) | _of_level(level), NOT_DECIDED_BEFORE, about=adjustment)

    def refuse(self, adjustment: Adjustment, error: InventoryError, now: datetime) -> Level:
        """Keep a refusal, and refuse; if the adjustment was decided meanwhile, answer that.

        Raises:
            BelowReserved, LevelNotFound, InvalidRequest: the adjustment is refused.
            AdjustmentConflict: the key was used meanwhile, for another adjustment.
        """
        refusal = Refusal.of(error)
        kept = {name: value for name, value in asdict(refusal).items() if value is not None}
        row = self._row(adjustment, now) | {"refusal": kept}
        existing = conditional_put(self._client, self._table, row, NOT_DECIDED_BEFORE)
        return _answer(existing, adjustment) if existing else refusal.answer()

    def correct(self, adjustment: Adjustment, written: Level, latest: Level, now: datetime) -> Level:
        """Answer what the level is now. It differs from what was written if a sale came between.

        Returns:
            The level to answer: the latest one only if repeated calls will be answered with it too.
        """
        if latest.to_json() == written.to_json():
            return written
        as_written = Condition("#level = :level", {"level": _of_level(written)["level"]})
        try:
            existing = conditional_put(
                self._client, self._table, self._row(adjustment, now) | _of_level(latest), as_written
            )
        except TransientError:
            logger.warning("an answer could not be kept as it is now; the level is answered as it was written")
            return written
        return _answer(existing, adjustment) if existing else latest

    def _row(self, adjustment: Adjustment, now: datetime) -> Item:
        expire_at = int((now + self._retention).timestamp())
        return _key(adjustment) | {"content_hash": _content_hash(adjustment), "expire_at": expire_at}


def _key(adjustment: Adjustment) -> Item:
    return {"request_key": of_our_own("adjustLevel", adjustment.request_id)}


def _of_level(level: Level) -> Item:
    return {"level": level_item(level)}


def _content_hash(adjustment: Adjustment) -> str:
    return sha256(json.dumps(list(asdict(adjustment).values())).encode()).hexdigest()


def _answer(item: Item, adjustment: Adjustment) -> Level:
    if item.get("content_hash") != _content_hash(adjustment):
        raise AdjustmentConflict("the key was used before, for another adjustment")
    try:
        if "level" in item:
            return to_level(item["level"])
        refusal = Refusal(**item["refusal"])
    except UNREADABLE as error:
        raise AdjustmentConflict("the key was used before, but what was decided cannot be read") from error
    refusal.answer()
