"""The words of the domain as types. Nothing here knows AWS, HTTP or any library."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

DEFAULT_WAREHOUSE = "main"
QUANTITY_MAX = 10_000  # units of one line
UNITS_MAX = 1_000_000_000  # units of one level


class Status(StrEnum):
    """The states of a reservation."""

    HELD = "HELD"
    PAID = "PAID"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    REJECTED = "REJECTED"
    UNFULFILLED = "UNFULFILLED"

    @property
    def is_active(self) -> bool:
        """Whether a reservation in this state holds units: its levels count them as reserved."""
        return self in ACTIVE_STATUSES


ACTIVE_STATUSES = frozenset({Status.HELD, Status.PAID})


class ReleaseReason(StrEnum):
    """Why a hold's units went back to available."""

    EXPIRED = "EXPIRED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    CANCELLED = "CANCELLED"


class RejectionReason(StrEnum):
    """Why a reservation was rejected, other than for its shortages."""

    HOLD_LIMIT_REACHED = "HOLD_LIMIT_REACHED"


class StockStatus(StrEnum):
    """What a shopper sees of a level; the best first."""

    IN_STOCK = "IN_STOCK"
    LOW_STOCK = "LOW_STOCK"
    OUT_OF_STOCK = "OUT_OF_STOCK"


def stock_status(on_hand: int, available: int, low_stock_threshold: int) -> StockStatus:
    """The status of a level with these units."""
    if available == 0:
        return StockStatus.OUT_OF_STOCK
    return StockStatus.LOW_STOCK if on_hand <= low_stock_threshold else StockStatus.IN_STOCK


class MovementKind(StrEnum):
    """What happened to a level: why on_hand changed; EDITED changes its name, category or threshold only."""

    RECEIVED = "RECEIVED"
    ADJUSTED = "ADJUSTED"
    COUNTED = "COUNTED"
    EDITED = "EDITED"
    SOLD = "SOLD"
    RECONCILED = "RECONCILED"

    @property
    def is_of_the_shelf(self) -> bool:
        """Whether it happened to the units themselves; a count and a repair correct the books only."""
        return self not in (MovementKind.COUNTED, MovementKind.RECONCILED)


def utc_now() -> datetime:
    """The current time, with its time zone."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """A time as text: ISO 8601 in UTC to the millisecond, so that the order of texts is the order of times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, order=True)
class LevelKey:
    """One product in one warehouse."""

    product_id: str
    warehouse_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one product from one warehouse."""

    product_id: str
    warehouse_id: str
    quantity: int

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    def to_json(self) -> dict[str, Any]:
        return {"product_id": self.product_id, "warehouse_id": self.warehouse_id, "quantity": self.quantity}


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
    """How much one customer may hold at a time: active reservations, and units in them."""

    holds_max: int
    units_max: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """Which administrator released a reservation, and why."""

    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """One checkout's claim on one or more lines."""

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
    payments_to_announce: frozenset[str] = frozenset()  # bought nothing; operations must still be notified
    payments_announced: frozenset[str] = frozenset()  # bought nothing; operations were notified
    notify_since: str | None = None  # since when its execution or operations must be notified; None: nothing pending
    intervention: Intervention | None = None
    longest_hold_seconds: int | None = None  # including extensions, as it was at the hold; None: that of the settings
    task_token: str | None = field(default=None, repr=False)  # a secret: its holder can end the execution's wait

    @property
    def is_decided(self) -> bool:
        """Whether it no longer holds units."""
        return not self.status.is_active

    @property
    def units(self) -> int:
        """The units of all its lines together."""
        return sum(line.quantity for line in self.lines)

    def is_bought_by(self, payment_reference: str) -> bool:
        """Whether this payment is the one that bought it."""
        return self.status in (Status.PAID, Status.COMMITTED) and self.payment_reference == payment_reference

    def rejected(self, shortages: tuple[Shortage, ...] = (), *, reason: RejectionReason | None = None) -> "Reservation":
        """The same claim as REJECTED: it holds nothing."""
        return replace(
            self,
            status=Status.REJECTED,
            reason=reason,
            shortages=shortages,
            held_until=None,
            decided_at=self.created_at,
        )

    def keys(self) -> tuple[LevelKey, ...]:
        """The levels that its lines take units from."""
        return tuple(line.key for line in self.lines)

    def outcome(self) -> dict[str, Any]:
        """The workflow's output. A payment after the release changes the reservation, but not this output."""
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
            "lines": [line.to_json() for line in self.lines],
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
        """What administrators see of it: also who released it by hand, why, and which payments must be returned."""
        by_hand = self.intervention
        return self.to_json() | {
            "released_by": by_hand.actor if by_hand else None,
            "release_note": by_hand.note if by_hand else None,
            "unfulfilled_payments": sorted(self.payments_to_announce | self.payments_announced),
        }


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
    # Who claimed the alert of this crossing: present from the claim until the message is sent.
    low_stock_alert_by: str | None = None
    counted_as_of: str | None = None  # the moment of its latest count; levels of the first edition have none
    described_at: str | None = None  # when its name, category or threshold was last changed

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
        """What administrators see of it: everything but the state of its alert."""
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

    `movement_id` begins with the time, which sorts a product's ledger, and ends with what makes it unique.
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
    """Units to add to a level or to remove from it, under the id of its request: the same request is applied once."""

    request_id: str
    product_id: str
    warehouse_id: str
    delta: int
    reason: str
    reference: str | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)


def movements_of_sale(reservation: Reservation, now: datetime) -> Iterable[Movement]:
    """The ledger entries of a sale, one for each line."""
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
