"""The domain's words as types. No AWS in here."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

DEFAULT_WAREHOUSE = "main"
QUANTITY_MAX = 10_000
UNITS_MAX = 1_000_000_000  # of a level, by hand


def matching(pattern: str, words: str) -> AfterValidator:
    """A text that matches a pattern as a whole; `words` tell a caller what that means."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise PydanticCustomError("pattern", "{words}", {"words": words})
        return text

    return AfterValidator(check)


Identifier = Annotated[
    str,
    matching(
        r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}",
        "must be 1 to 64 letters, digits, '.', '_', ':' and '-', the first a letter or a digit",
    ),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    matching(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}", "must be 1 to 200 characters on one line"),
]
Quantity = Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX)]


class Status(StrEnum):
    """Where a reservation stands."""

    HELD = "HELD"
    PAID = "PAID"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    REJECTED = "REJECTED"
    UNFULFILLED = "UNFULFILLED"


class ReleaseReason(StrEnum):
    """Why a hold's units went back."""

    EXPIRED = "EXPIRED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    CANCELLED = "CANCELLED"


class RejectionReason(StrEnum):
    """Why nothing was held, when it was not for its shortages."""

    HOLD_LIMIT_REACHED = "HOLD_LIMIT_REACHED"


class StockStatus(StrEnum):
    """What a shopper is told of a level."""

    IN_STOCK = "IN_STOCK"
    LOW_STOCK = "LOW_STOCK"
    OUT_OF_STOCK = "OUT_OF_STOCK"


def stock_status(on_hand: int, available: int, low_stock_threshold: int) -> StockStatus:
    """What these units are to a shopper."""
    if available == 0:
        return StockStatus.OUT_OF_STOCK
    return StockStatus.LOW_STOCK if on_hand <= low_stock_threshold else StockStatus.IN_STOCK


class MovementKind(StrEnum):
    """What happened to a level: why on_hand changed or, when EDITED, that only what is said of it did."""

    RECEIVED = "RECEIVED"
    ADJUSTED = "ADJUSTED"
    COUNTED = "COUNTED"
    EDITED = "EDITED"
    SOLD = "SOLD"
    RECONCILED = "RECONCILED"


def utc_now() -> datetime:
    """The current time, aware of its zone."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """A time as it is stored and answered: ISO 8601 in UTC to the millisecond, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, order=True)
class LevelKey:
    """One product in one warehouse."""

    product_id: str
    warehouse_id: str


class Line(BaseModel):
    """A quantity of one product out of one warehouse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: Identifier
    warehouse_id: Identifier = DEFAULT_WAREHOUSE
    quantity: Quantity

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that could not be held: what was asked for and what was available."""

    product_id: str
    warehouse_id: str
    requested: int
    available: int

    def to_json(self) -> dict[str, Any]:
        return {
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
            "requested": self.requested,
            "available": self.available,
        }


@dataclass(frozen=True, slots=True)
class CustomerLimits:
    """How much one customer may hold at a time: reservations that are HELD or PAID, and units in them."""

    holds_max: int
    units_max: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """One checkout's claim on one or more lines, as its row says."""

    reservation_id: str
    status: Status
    lines: tuple[Line, ...]
    hold_seconds: int
    created_at: str
    held_until: str | None = None
    order_id: str | None = None
    customer_id: str | None = None
    reason: ReleaseReason | RejectionReason | None = None
    shortages: tuple[Shortage, ...] = ()
    payment_reference: str | None = None
    rescued: bool = False
    decided_at: str | None = None
    payments_to_announce: frozenset[str] = frozenset()  # that bought nothing, and ops have still to be told of
    payments_announced: frozenset[str] = frozenset()  # that bought nothing, and ops were told of
    notify_since: str | None = None  # since when its execution or ops have to be told; None once they were
    intervention: "Intervention | None" = None
    task_token: str | None = field(default=None, repr=False)  # a secret: whoever has it can end the wait

    @property
    def is_decided(self) -> bool:
        """Whether it holds no units any more."""
        return self.status not in (Status.HELD, Status.PAID)

    @property
    def units(self) -> int:
        """How many units its lines have together."""
        return sum(line.quantity for line in self.lines)

    def rejected(self, shortages: tuple[Shortage, ...] = (), *, reason: RejectionReason | None = None) -> "Reservation":
        """The same claim, refused: nothing is held."""
        return replace(
            self,
            status=Status.REJECTED,
            reason=reason,
            shortages=shortages,
            held_until=None,
            decided_at=self.created_at,
        )

    def has_same_content_as(self, other: "Reservation") -> bool:
        """Whether two claims under one id have the same content, in whatever order their lines came."""
        return (
            sorted((line.key, line.quantity) for line in self.lines),
            self.order_id,
            self.customer_id,
            self.hold_seconds,
        ) == (
            sorted((line.key, line.quantity) for line in other.lines),
            other.order_id,
            other.customer_id,
            other.hold_seconds,
        )

    def keys(self) -> tuple[LevelKey, ...]:
        return tuple(line.key for line in self.lines)

    def outcome(self) -> dict[str, Any]:
        """The workflow's output. A payment that came after the release changes the row, not what the workflow did."""
        released = self.status is Status.UNFULFILLED
        return {
            "reservation_id": self.reservation_id,
            "status": Status.RELEASED if released else self.status,
            "reason": self.reason,
            "shortages": [shortage.to_json() for shortage in self.shortages],
        }

    def to_json(self) -> dict[str, Any]:
        """What callers may see of it: everything but the task token."""
        return {
            "reservation_id": self.reservation_id,
            "status": self.status,
            "reason": self.reason,
            "lines": [line.model_dump() for line in self.lines],
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "held_until": self.held_until,
            "payment_reference": self.payment_reference,
            "rescued": self.rescued,
            "shortages": [shortage.to_json() for shortage in self.shortages],
            "created_at": self.created_at,
            "decided_at": self.decided_at,
        }

    def to_admin_json(self) -> dict[str, Any]:
        """What administrators see of it: also which of them has released it, why, and which money has to go back."""
        by_hand = self.intervention
        return self.to_json() | {
            "released_by": by_hand.actor if by_hand else None,
            "release_note": by_hand.note if by_hand else None,
            "unfulfilled_payments": sorted(self.payments_to_announce | self.payments_announced),
        }


@dataclass(frozen=True, slots=True)
class Intervention:
    """Who released a reservation by hand, and why."""

    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of one product in one warehouse: on_hand = available + reserved, always."""

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    reserved: int
    available: int
    low_stock_threshold: int
    version: int
    updated_at: str
    low_stock_alerted: bool = False
    # Who owes the alert of this crossing: present from the claim until the message is out.
    low_stock_alert_by: str | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    @property
    def is_low(self) -> bool:
        return self.on_hand <= self.low_stock_threshold

    @property
    def status(self) -> StockStatus:
        return stock_status(self.on_hand, self.available, self.low_stock_threshold)

    def to_json(self) -> dict[str, Any]:
        """What administrators see of it: everything but who owes its alert."""
        return {
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
            "name": self.name,
            "category": self.category,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
            "available": self.available,
            "low_stock_threshold": self.low_stock_threshold,
            "status": self.status,
            "version": self.version,
            "updated_at": self.updated_at,
        }


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the ledger: who changed a level, by how many units, why and when.

    `movement_id` starts with the time, so that a product's ledger is in its order, and ends with what makes it unique.
    """

    product_id: str
    warehouse_id: str
    movement_id: str
    moved_at: str
    kind: MovementKind
    delta: int
    actor: str
    reason: str
    reference: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Units to add to a level, or to take away, asked for under an id: sent again it is known, and not made again."""

    request_id: str
    product_id: str
    warehouse_id: str
    delta: int
    reason: str
    reference: str | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)


def sold(reservation: Reservation, now: datetime) -> Iterable[Movement]:
    """The ledger entries of a sale, one a line."""
    moved_at = iso(now)
    for line in reservation.lines:
        yield Movement(
            product_id=line.product_id,
            warehouse_id=line.warehouse_id,
            movement_id=f"{moved_at}#{reservation.reservation_id}#{line.warehouse_id}",
            moved_at=moved_at,
            kind=MovementKind.SOLD,
            delta=-line.quantity,
            actor="checkout",
            reason="sold",
            reference=reservation.reservation_id,
        )
