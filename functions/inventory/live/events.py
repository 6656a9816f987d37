"""Events for other systems: their types, and what each consists of. docs/events.md describes them for their consumers."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from inventory.model import iso
from inventory.values import dataclass

# EventBridge and SQS take 256 KiB with what surrounds an event, of which each character is one byte.
LENGTH_MAX = 240_000


class DetailType(StrEnum):
    """The events, as EventBridge knows them; events/schemas has the schema of each."""

    STOCK_CHANGED = "StockChanged"
    STOCK_LOW = "StockLow"
    SOLD_OUT = "SoldOut"
    BACK_IN_STOCK = "BackInStock"
    RESERVATION_HELD = "ReservationHeld"
    RESERVATION_CHANGED = "ReservationChanged"
    RESERVATION_REJECTED = "ReservationRejected"
    RESERVATION_COMMITTED = "ReservationCommitted"
    RESERVATION_RELEASED = "ReservationReleased"
    PAYMENT_UNFULFILLED = "PaymentUnfulfilled"
    STOCK_RETURNED = "StockReturned"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as it is stored in an outbox and sent."""

    detail_type: DetailType
    detail: Mapping[str, Any]

    @classmethod
    def of(cls, detail_type: DetailType, content: Mapping[str, Any], sequence: int, now: datetime) -> "Event":
        """An event whose id follows from all that it says, so the same one has the same id wherever it is sent from.

        Raises:
            ValueError: no target would ever take it: another tool wrote a row with very long texts.
        """
        detail = {"sequence": sequence, "at": iso(now), **content}
        digest = sha256(json.dumps([detail_type, detail], sort_keys=True).encode()).hexdigest()
        event = cls(detail_type, {"event_id": digest[:32], **detail})
        if len(event.to_text()) > LENGTH_MAX:
            raise ValueError(f"{detail_type} would have more than {LENGTH_MAX} characters")
        return event

    @classmethod
    def from_text(cls, text: str) -> "Event":
        """The event in a text that `to_text` wrote."""
        return cls.from_json(json.loads(text))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Event":
        """The event in a content that `to_json` made."""
        event = cls(DetailType(content["detail_type"]), dict(content["detail"]))
        datetime.fromisoformat(event.at)  # what EventBridge is sent with it
        if not isinstance(event.detail["event_id"], str):
            raise TypeError("event_id is no text")
        return event

    def to_json(self) -> dict[str, Any]:
        """The whole event."""
        return {"detail_type": self.detail_type, "detail": self.detail}

    def to_text(self) -> str:
        """The whole event as JSON in ASCII, so that its length is that of its bytes."""
        return json.dumps(self.to_json(), separators=(",", ":"))

    @property
    def event_id(self) -> str:
        return str(self.detail["event_id"])

    @property
    def at(self) -> str:
        return str(self.detail["at"])
