"""What was published of a product and of a reservation, with the outbox of what is still to be sent."""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from inventory.aws.changes import Item
from inventory.identifiers import of_our_own
from inventory.live.channel import channel_of
from inventory.live.events import Event
from inventory.model import Status, iso
from inventory.values import dataclass

PUSHES_A_SECOND_MAX = 4  # of one product
BETWEEN_PUSHES = timedelta(seconds=1) / PUSHES_A_SECOND_MAX


@dataclass(frozen=True, slots=True)
class PublishedProduct:
    """A product's row. It is never deleted, as its sequence must not begin again."""

    product_id: str
    revision: int = 0  # how often the row was written; a writer names the one that it read
    sequence: int = 0
    shown: Mapping[str, Any] | None = None  # the stock's JSON, without what is added when it is pushed
    low: frozenset[str] = frozenset()  # the warehouses whose level is low
    pending: tuple[Event, ...] = ()  # the outbox
    pushed_sequence: int = 0
    pushed_at: str | None = None

    @property
    def subject(self) -> str:
        return product_subject(self.product_id)

    @property
    def channel(self) -> str:
        return channel_of(self.product_id)

    @property
    def needs_push(self) -> bool:
        """Whether what is shown was not pushed yet."""
        return self.pushed_sequence < self.sequence

    def next_push_at(self, now: datetime) -> datetime:
        """When it may be pushed: not before now, and not too soon after the last push."""
        if self.pushed_at is None:
            return now
        pause = datetime.fromisoformat(self.pushed_at) + BETWEEN_PUSHES - now
        return now + min(max(pause, timedelta(0)), BETWEEN_PUSHES)  # another clock may be ahead

    def pushed(self) -> dict[str, Any]:
        """The stock's JSON as it is pushed, and as a storefront reads it."""
        return {**(self.shown or {}), "sequence": self.sequence, "channel": self.channel}

    def to_item(self) -> Item:
        return {
            "subject": self.subject,
            "product_id": self.product_id,
            "revision": self.revision,
            "sequence": self.sequence,
            "low": sorted(self.low),
            "pending": [event.to_text() for event in self.pending],
            "pushed_sequence": self.pushed_sequence,
            **({} if self.shown is None else {"shown": _to_text(self.shown)}),
            **({} if self.pushed_at is None else {"pushed_at": self.pushed_at}),
        }

    @classmethod
    def from_item(cls, item: Item) -> "PublishedProduct":
        """The row in an item; raises one of `items.UNREADABLE` if another tool wrote it in another form."""
        pushed_at = _text(item, "pushed_at") if "pushed_at" in item else None
        return cls(
            _text(item, "product_id"),
            revision=_number(item, "revision"),
            sequence=_number(item, "sequence"),
            shown=dict(json.loads(_text(item, "shown"))) if "shown" in item else None,
            low=frozenset(_texts(item, "low")),
            pending=tuple(map(Event.from_text, _texts(item, "pending"))),
            pushed_sequence=_number(item, "pushed_sequence"),
            pushed_at=iso(datetime.fromisoformat(pushed_at)) if pushed_at else None,
        )


@dataclass(frozen=True, slots=True)
class Announced:
    """What was announced of a reservation."""

    status: Status | None = None  # HELD, COMMITTED, RELEASED or REJECTED; None: nothing
    created_at: str | None = None  # another time is another reservation of the same name
    held_until: str | None = None
    changed_at: str | None = None  # of the last change of its lines
    payments: frozenset[str] = frozenset()  # those that bought nothing
    returned: Mapping[tuple[str, str], int] = field(default_factory=dict)  # units by product and warehouse


@dataclass(frozen=True, slots=True)
class PublishedReservation:
    """A reservation's row. It expires some time after the reservation."""

    name: str
    revision: int = 0
    sequence: int = 0  # counts the events
    announced: Announced = Announced()
    pending: tuple[Event, ...] = ()
    expire_at: int | None = None

    @property
    def subject(self) -> str:
        return reservation_subject(self.name)

    def to_item(self) -> Item:
        announced = self.announced
        optional = {
            "status": announced.status,
            "created_at": announced.created_at,
            "held_until": announced.held_until,
            "changed_at": announced.changed_at,
            "expire_at": self.expire_at,
        }
        return {
            "subject": self.subject,
            "reservation": self.name,
            "revision": self.revision,
            "sequence": self.sequence,
            "payments": sorted(announced.payments),
            "returned": _to_text([[*key, units] for key, units in sorted(announced.returned.items())]),
            "pending": [event.to_text() for event in self.pending],
            **{name: value for name, value in optional.items() if value is not None},
        }

    @classmethod
    def from_item(cls, item: Item) -> "PublishedReservation":
        """The row in an item; raises one of `items.UNREADABLE` if another tool wrote it in another form."""
        return cls(
            _text(item, "reservation"),
            revision=_number(item, "revision"),
            sequence=_number(item, "sequence"),
            announced=Announced(
                status=Status(_text(item, "status")) if "status" in item else None,
                created_at=_text(item, "created_at") if "created_at" in item else None,
                held_until=_text(item, "held_until") if "held_until" in item else None,
                changed_at=_text(item, "changed_at") if "changed_at" in item else None,
                payments=frozenset(_texts(item, "payments")),
                returned={
                    (str(product_id), str(warehouse_id)): int(units)
                    for product_id, warehouse_id, units in json.loads(_text(item, "returned"))
                },
            ),
            pending=tuple(map(Event.from_text, _texts(item, "pending"))),
            expire_at=_number(item, "expire_at") if "expire_at" in item else None,
        )


Row = PublishedProduct | PublishedReservation


def product_subject(product_id: str) -> str:
    """The key of a product's row."""
    return of_our_own("product", product_id)


def reservation_subject(name: str) -> str:
    """The key of a reservation's row."""
    return of_our_own("reservation", name)


def _to_text(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _text(item: Item, name: str) -> str:
    value = item[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    return value


def _texts(item: Item, name: str) -> list[str]:
    values = item[name]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} is no list of texts")
    return values


def _number(item: Item, name: str) -> int:
    value = item[name]
    if not isinstance(value, Decimal) or value < 0 or value != int(value):
        raise ValueError(f"{name} is {value!r}, not a whole number")
    return int(value)
