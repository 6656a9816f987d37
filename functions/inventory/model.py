"""The words of the domain as types. Nothing here knows AWS, HTTP or any library."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import accumulate
from typing import Any

from inventory.identifiers import joined, name_of
from inventory.values import dataclass

DEFAULT_WAREHOUSE = "main"
QUANTITY_MAX = 10_000  # units of one line
UNITS_MAX = 1_000_000_000  # units of one level
SHARDS_MAX = 32  # of one level
CHANGES_MAX = 20  # of a reservation's lines: the latest are kept on its row
# All of them together. The lines of one change have at most 97,000 bytes, and a row may have 400,000.
CHANGES_BYTES_MAX = 100_000
CAUSE_LENGTH_IN_LIST = 1_000  # characters: a page of causes must fit into one answer


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


def stock_status(available: int, low_stock_threshold: int) -> StockStatus:
    """The status of a level with these units. Holds count: what is reserved cannot be bought."""
    if available <= 0:  # below 0 only after a drift
        return StockStatus.OUT_OF_STOCK
    return StockStatus.LOW_STOCK if available <= low_stock_threshold else StockStatus.IN_STOCK


class MovementKind(StrEnum):
    """What happened to a level: why on_hand changed; EDITED changes its name, category or threshold only."""

    RECEIVED = "RECEIVED"
    ADJUSTED = "ADJUSTED"
    COUNTED = "COUNTED"
    EDITED = "EDITED"
    MOVED = "MOVED"  # between two shards of one level, each with its movement: together they change nothing
    SOLD = "SOLD"
    SOLD_ELSEWHERE = "SOLD_ELSEWHERE"  # by another system, such as a till
    DISPATCHED = "DISPATCHED"  # sold units left the warehouse: only of a tracked sale
    RETURNED = "RETURNED"  # sold units came back
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
    """One product in one warehouse; or one of the shards over which such a level is spread.

    Shard 0 is the level's own row. It is the only one of a level that is not spread.
    """

    product_id: str
    warehouse_id: str
    shard: int = 0

    @property
    def level(self) -> "LevelKey":
        """The level itself: its own row."""
        return self if self.shard == 0 else LevelKey(self.product_id, self.warehouse_id)

    def of_shard(self, shard: int) -> "LevelKey":
        """Another shard of the same level."""
        return LevelKey(self.product_id, self.warehouse_id, shard)


@dataclass(frozen=True, slots=True)
class Source:
    """Units of a line that are taken from one warehouse, and from one shard of its level there."""

    warehouse_id: str
    quantity: int
    shard: int = 0  # nothing that a caller sees

    def to_json(self) -> dict[str, Any]:
        return {"warehouse_id": self.warehouse_id, "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one product: from the warehouse that the caller named, or from where it was placed."""

    product_id: str
    warehouse_id: str | None  # as asked; None: the line is unplaced until `placed_at` says where its units are
    quantity: int
    placed_at: tuple[Source, ...] = ()  # of a line without a warehouse, or whose level is spread over shards

    @property
    def asked(self) -> tuple[str, str | None]:
        """What the line asks units of: equal ones are one line."""
        return self.product_id, self.warehouse_id

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where its units are taken from; none of a line that was not placed."""
        if self.placed_at or self.warehouse_id is None:
            return self.placed_at
        return (Source(self.warehouse_id, self.quantity),)

    @property
    def by_warehouse(self) -> tuple[Source, ...]:
        """Its sources as if no level was spread: one of each warehouse."""
        units: dict[str, int] = {}
        for taken in self.sources:
            units[taken.warehouse_id] = units.get(taken.warehouse_id, 0) + taken.quantity
        return tuple(Source(warehouse_id, quantity) for warehouse_id, quantity in units.items())

    def without_shards(self) -> "Line":
        """The line as if no level was spread."""
        return replace(self, placed_at=self.by_warehouse if self.warehouse_id is None else ())

    def holdings(self) -> "Iterator[Holding]":
        """What it takes from each level."""
        for source in self.sources:
            yield Holding(LevelKey(self.product_id, source.warehouse_id, source.shard), source.quantity)

    def request_json(self) -> dict[str, Any]:
        """The line as it was asked."""
        warehouse = {} if self.warehouse_id is None else {"warehouse_id": self.warehouse_id}
        return {"product_id": self.product_id, **warehouse, "quantity": self.quantity}

    def to_json(self) -> dict[str, Any]:
        return {
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
            "quantity": self.quantity,
            "sources": [source.to_json() for source in self.by_warehouse],
        }


@dataclass(frozen=True, slots=True)
class Holding:
    """What a reservation takes from one level, or from one shard of it."""

    key: LevelKey
    quantity: int


@dataclass(frozen=True, slots=True)
class AfterSale:
    """What happened after the sale to what a reservation took from one level.

    Allocated units of a tracked sale are its quantity, less `dispatched` and `returned_undispatched`.
    """

    key: LevelKey
    dispatched: int = 0  # only of a tracked sale: units of another one left the warehouse with the sale
    returned: int = 0  # whether they were dispatched before or not
    returned_undispatched: int = 0

    @property
    def returned_dispatched(self) -> int:
        return self.returned - self.returned_undispatched


@dataclass(frozen=True, slots=True)
class Returned:
    """Units of one level that are returned. Those of an untracked sale count as dispatched."""

    key: LevelKey
    dispatched: int
    undispatched: int = 0

    @property
    def units(self) -> int:
        return self.dispatched + self.undispatched


def holdings_of(lines: Iterable[Line]) -> tuple[Holding, ...]:
    """What lines take from each level or shard, added up: a transaction writes each once."""
    quantities: dict[LevelKey, int] = {}
    for line in lines:
        for holding in line.holdings():
            quantities[holding.key] = quantities.get(holding.key, 0) + holding.quantity
    return tuple(Holding(key, quantity) for key, quantity in quantities.items())


def spread(lines: Iterable[Line], units: Mapping[LevelKey, int]) -> list[int]:
    """How many units of each level are those of each line: lines of one level share them in their order."""
    left = dict(units)
    shares = []
    for line in lines:
        share = 0
        for holding in line.holdings():
            taken = min(holding.quantity, left.get(holding.key, 0))
            left[holding.key] = left.get(holding.key, 0) - taken
            share += taken
        shares.append(share)
    return shares


@dataclass(frozen=True, slots=True)
class LineChange:
    """How much of a line was held before and after a change; 0 of one that was not there."""

    product_id: str
    warehouse_id: str | None  # as asked
    before: int
    after: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LinesChange:
    """One change of a hold: when it was made, and the lines that it changed."""

    at: str
    lines: tuple[LineChange, ...]

    @classmethod
    def of(cls, before: Iterable[Line], after: Iterable[Line], at: str) -> "LinesChange":
        """The difference between two lists, each with at most one line of what is asked."""
        quantities = {line.asked: (line.quantity, 0) for line in before}
        for line in after:
            quantities[line.asked] = quantities.get(line.asked, (0, 0))[0], line.quantity
        return cls(at, tuple(LineChange(*asked, *units) for asked, units in quantities.items() if units[0] != units[1]))

    @property
    def size(self) -> int:
        """About how many bytes it needs on a row."""
        names = (name for line in self.lines for name in (line.product_id, line.warehouse_id or ""))
        return sum(len(name.encode()) for name in names) + 60 * (1 + len(self.lines))

    def to_json(self) -> dict[str, Any]:
        return {"at": self.at, "lines": [line.to_json() for line in self.lines]}


def latest(changes: Sequence[LinesChange]) -> tuple[LinesChange, ...]:
    """The latest changes, the oldest first: as many as a row keeps."""
    kept = changes[-CHANGES_MAX:]
    sizes = accumulate(change.size for change in reversed(kept))
    fitting = sum(size <= CHANGES_BYTES_MAX for size in sizes)
    return tuple(kept[-max(1, fitting) :])


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that could not be held whole: what was asked for and what was available, of all that it could be taken from.

    Of a reservation that is held in part, `available` is what it holds.
    """

    product_id: str
    warehouse_id: str | None  # as asked
    requested: int
    available: int

    @property
    def asked(self) -> tuple[str, str | None]:
        """What its line asks units of."""
        return self.product_id, self.warehouse_id

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


class RefundStatus(StrEnum):
    """Whether the money of a payment that bought nothing was returned."""

    OPEN = "OPEN"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class MoneyReturned:
    """Who returned the money of a payment, and under which reference of the payment provider."""

    reference: str
    actor: str
    at: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """A payment that bought nothing: its money must be returned."""

    reservation_id: str
    payment_reference: str
    since: str
    reservation_status: Status | None = None  # as the payment found it; None: no such reservation was known
    order_id: str | None = None
    amount: str | None = None  # as the checkout service sent it, like the currency: shown, never used
    currency: str | None = None
    is_announced: bool = False  # operations were notified
    returned: MoneyReturned | None = None

    @property
    def status(self) -> RefundStatus:
        return RefundStatus.RETURNED if self.returned else RefundStatus.OPEN

    def to_json(self) -> dict[str, Any]:
        """What administrators see of it."""
        returned = self.returned
        return {
            "reservation_id": self.reservation_id,
            "execution_name": name_of(self.reservation_id),
            "order_id": self.order_id,
            "payment_reference": self.payment_reference,
            "amount": self.amount,
            "currency": self.currency,
            "since": self.since,
            "status": self.status,
            "reference": returned.reference if returned else None,
            "note": returned.note if returned else None,
            "returned_by": returned.actor if returned else None,
            "returned_at": returned.at if returned else None,
        }


@dataclass(frozen=True, slots=True)
class Reservation:
    """One checkout's claim on one or more lines; `reservation_id` is what its caller sent."""

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
    tracked: bool = False  # its sale moved units to `allocated`, and its dispatches take them from the warehouse
    has_refunds: bool = False  # payments of it bought nothing; each has a row of its own
    # The same payments as the first edition kept them: not yet announced to operations, and announced.
    payments_to_announce: frozenset[str] = frozenset()
    payments_announced: frozenset[str] = frozenset()
    cancelled_after_expiry: bool = False  # a cancellation or a decline was accepted although the hold had expired
    notify_since: str | None = None  # since when its execution must be notified; None: nothing pending
    intervention: Intervention | None = None
    longest_hold_seconds: int | None = None  # including extensions, as at the hold; None: of the first edition
    row_name: str | None = None  # of an older row, whose name is not that of its id
    is_of_first_edition: bool = False  # its row does not say whether a line of `main` named that warehouse
    request_hash: str | None = None  # of what was asked, if its lines no longer say so
    revision: int = 0  # how often it was changed without a change of its status; a writer names the one that it read
    changes: tuple[LinesChange, ...] = ()  # of its lines while it was held, the oldest first
    after_sale: tuple[AfterSale, ...] = ()  # of each level of which units were dispatched or returned
    started_as: str | None = None  # the name of an execution that was started directly and is not called like the row
    task_token: str | None = field(default=None, repr=False)  # a secret: its holder can end the execution's wait

    @property
    def name(self) -> str:
        """The name of its row."""
        return self.row_name or name_of(self.reservation_id)

    @property
    def execution_name(self) -> str:
        """The name of its execution."""
        return self.started_as or self.name

    @property
    def is_decided(self) -> bool:
        """Whether it no longer holds units."""
        return not self.status.is_active

    @property
    def is_in_part(self) -> bool:
        """Whether it holds, or held, less than was asked; `shortages` say what is missing."""
        return bool(self.shortages) and self.status is not Status.REJECTED

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
            lines=tuple(replace(line, placed_at=()) for line in self.lines),
            reason=reason,
            shortages=shortages,
            held_until=None,
            decided_at=self.created_at,
        )

    def changed(self, lines: tuple[Line, ...], request_hash: str, at: str) -> "Reservation":
        """The same hold with other lines, all of which are held.

        Args:
            request_hash: of what its creation asked: the lines on the row no longer say so.
        """
        change = LinesChange.of(self.lines, lines, at)
        return replace(
            self,
            lines=lines,
            shortages=(),
            is_of_first_edition=False,
            request_hash=request_hash,
            revision=self.revision + 1,
            changes=latest((*self.changes, change)) if change.lines else self.changes,
        )

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What it takes from each level."""
        return holdings_of(self.lines)

    @property
    def allocated(self) -> tuple[Holding, ...]:
        """What is sold of each level and still in the warehouse; nothing of an untracked sale."""
        if not self.tracked or self.status is not Status.COMMITTED:
            return ()
        gone = {after.key: after.dispatched + after.returned_undispatched for after in self.after_sale}
        left = (Holding(sold.key, sold.quantity - gone.get(sold.key, 0)) for sold in self.holdings)
        return tuple(holding for holding in left if holding.quantity)

    def keys(self) -> tuple[LevelKey, ...]:
        """The levels that its lines take units from, each once."""
        return tuple(dict.fromkeys(holding.key.level for holding in self.holdings))

    def outcome(self) -> dict[str, Any]:
        """The workflow's output. A payment after the release changes the reservation, but not this output."""
        released = self.status is Status.UNFULFILLED
        return {
            "reservation_id": self.reservation_id,
            "execution_name": self.execution_name,
            "status": Status.RELEASED if released else self.status,
            "reason": self.reason,
            "shortages": [shortage.to_json() for shortage in self.shortages],
        }

    def to_json(self) -> dict[str, Any]:
        """What callers may see of it: everything but the task token."""
        return {
            "reservation_id": self.reservation_id,
            "execution_name": self.execution_name,
            "status": self.status,
            "reason": self.reason,
            "lines": self._lines_json(),
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "held_until": self.held_until,
            "payment_reference": self.payment_reference,
            "rescued": self.rescued,
            "shortages": [shortage.to_json() for shortage in self.shortages],
            "created_at": self.created_at,
            "decided_at": self.decided_at,
        }

    def _lines_json(self) -> list[dict[str, Any]]:
        """The lines as callers see them: nothing was taken for rejected ones, and sold ones say what happened since."""
        lines = [line.to_json() for line in self.lines]
        if self.status is Status.REJECTED:
            return [line | {"sources": []} for line in lines]
        if self.status is not Status.COMMITTED:
            return lines
        since = {"returned": {after.key: after.returned for after in self.after_sale}}
        if self.tracked:
            since |= {"dispatched": {after.key: after.dispatched for after in self.after_sale}}
        for name, units in since.items():
            shares = spread(self.lines, units)
            lines = [line | {name: share} for line, share in zip(lines, shares, strict=True)]
        return lines

    def to_admin_json(self, unfulfilled_payments: Iterable[str] = ()) -> dict[str, Any]:
        """What administrators see of it: also who released it by hand, why, and which of its payments bought nothing.

        Args:
            unfulfilled_payments: those that have rows of their own.
        """
        by_hand = self.intervention
        return self.to_json() | {
            "released_by": by_hand.actor if by_hand else None,
            "release_note": by_hand.note if by_hand else None,
            "unfulfilled_payments": sorted(
                {*unfulfilled_payments, *self.payments_to_announce, *self.payments_announced}
            ),
        }


class ExecutionStatus(StrEnum):
    """How an execution ended that did not succeed."""

    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class FailedExecution:
    """An execution that did not succeed: its order may have no reservation at all.

    `content` is its input as text, which is cut if it is very long. No text in it contains a task token.
    """

    execution_name: str
    reservation_id: str  # as the checkout service sent it
    status: ExecutionStatus
    failed_at: str
    started_at: str | None = None
    order_id: str | None = None
    error: str | None = None
    cause: str | None = None
    content: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What administrators see of it in a list: without its input, and the beginning of its cause."""
        return {
            "execution_name": self.execution_name,
            "reservation_id": self.reservation_id,
            "status": self.status,
            "order_id": self.order_id,
            "error": self.error,
            "cause": self.cause[:CAUSE_LENGTH_IN_LIST] if self.cause else None,
            "started_at": self.started_at,
            "failed_at": self.failed_at,
        }


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of one product in one warehouse: on_hand = available + reserved + allocated, always.

    A level that is spread over shards has the sums of their figures and versions, and the shards as its `parts`. Each part
    is a level with the figures of its own row.
    """

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
    allocated: int = 0  # sold and still in the warehouse; rows of the first edition and of other tools do not have it
    active: bool = True  # False: retired, so nothing of it is shown to shoppers or sold, but holds end as they would
    low_stock_alerted: bool = False
    # Who claimed the alert of this crossing: present from the claim until the message is sent.
    low_stock_alert_by: str | None = None
    counted_as_of: str | None = None  # the moment of its latest count; levels of the first edition have none
    described_at: str | None = None  # when its name, category or threshold was last changed
    edit_id: str | None = None  # of the latest edit by hand, by which its repetition is known
    shards: int = 1  # over how many rows it is spread; its own row says so
    shards_wanted: int | None = None  # while the number changes
    shards_max: int = 1  # the largest number that it ever had: removed shards have left their movements
    # The units that were ever taken from the available ones of a shard. Of the level's own row: more than that of any shard
    # that was removed.
    units_taken: int = 0
    shard: int = 0
    parts: tuple["Level", ...] = ()  # of a level that is spread, its own row first
    # The version of its own row whose threshold and `active` its other shards may not have yet.
    settings_pending: int | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id, self.shard)

    @property
    def own(self) -> "Level":
        """Its own row, which is the level itself unless it is spread."""
        return self.parts[0] if self.parts else self

    @property
    def is_spread(self) -> bool:
        """Whether its units are in several rows."""
        return self.shards > 1

    @property
    def shards_to_keep(self) -> int:
        """How many of its shards take holds: the others are about to be removed."""
        return min(self.shards, self.shards_wanted or self.shards)

    @property
    def unsold(self) -> int:
        """The units that are not sold yet: available or reserved."""
        return self.on_hand - self.allocated

    @property
    def is_low(self) -> bool:
        """Whether its alert is due. Unsold units count, not available ones: holds that begin and end do not alert."""
        return self.unsold <= self.low_stock_threshold

    @property
    def status(self) -> StockStatus:
        return stock_status(self.available, self.low_stock_threshold)

    def to_admin_json(self) -> dict[str, Any]:
        """What administrators see of it: also over how many shards it is spread, and over how many it shall be."""
        return self.to_json() | {"shards": self.shards, "shards_wanted": self.shards_wanted or self.shards}

    def to_json(self) -> dict[str, Any]:
        """What administrators and machines see of it: everything but the state of its alert and its shards."""
        return {
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
            "name": self.name,
            "category": self.category,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
            "allocated": self.allocated,
            "available": self.available,
            "low_stock_threshold": self.low_stock_threshold,
            "status": self.status,
            "is_low": self.is_low,
            "active": self.active,
            "version": self.version,
            "updated_at": self.updated_at,
        }


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the ledger: who changed a level, by how many units, why and when.

    `movement_id` begins with the time, which sorts a product's ledger, and ends with what makes it unique, behind
    U+001F; rows of the first edition have `#` there.
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
    # How many units were meant, where `delta` does not say so: a tracked sale has a delta of 0.
    units: int | None = None
    allocated_delta: int = 0  # the change of `allocated`; `delta` is the change of on_hand
    shard: int = 0  # of the level, nothing that a caller sees

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id, self.shard)

    def to_json(self) -> dict[str, Any]:
        """What administrators see of it; `units` and `allocated_delta` only where they say something."""
        content = asdict(self)
        del content["shard"]
        if self.units is None:
            del content["units"]
        if self.allocated_delta == 0:
            del content["allocated_delta"]
        return content


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


def movements_of_sale(reservation: Reservation, now: datetime, *, tracked: bool = False) -> Iterable[Movement]:
    """The ledger entries of a sale, one for each level. The units of a tracked sale are still on hand."""
    moved_at = iso(now)
    for holding in reservation.holdings:
        yield Movement(
            product_id=holding.key.product_id,
            warehouse_id=holding.key.warehouse_id,
            movement_id=joined(moved_at, reservation.name, holding.key.warehouse_id),
            moved_at=moved_at,
            kind=MovementKind.SOLD,
            delta=0 if tracked else -holding.quantity,
            actor="checkout",
            reason="sold",
            reference=reservation.reservation_id,
            units=holding.quantity if tracked else None,
            allocated_delta=holding.quantity if tracked else 0,
            shard=holding.key.shard,
        )
