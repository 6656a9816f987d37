"""What the read model keeps of a row: what lists are sorted, filtered and searched by, and what figures are made of.

An entry is stored as a list of its values, without names: an index has hundreds of thousands of them.
"""

from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from types import NoneType
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from inventory.identifiers import name_of
from inventory.model import (
    ExecutionStatus,
    FailedExecution,
    Level,
    LevelKey,
    Refund,
    RefundStatus,
    Reservation,
    Status,
    StockStatus,
    stock_status,
)
from inventory.values import dataclass


class Kind(StrEnum):
    """What an entry is about: the rows of one table."""

    LEVELS = "levels"
    RESERVATIONS = "reservations"
    REFUNDS = "refunds"
    EXECUTIONS = "executions"


# The bits of a level's `alert`.
ALERTED = 1  # the level has crossed its threshold
ALERT_CLAIMED = 2  # somebody claimed its alert, which is still to be sent
SETTINGS_PENDING = 4  # its shards may not have its threshold yet

TEXT = (str,)
TEXT_OR_NONE = (str, NoneType)
NUMBER = (int,)
FLAG = (bool,)
LIST = (list,)

EntryKey: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """A level; one that is spread over shards has the sums of their figures, as every reader of levels sees it."""

    TYPES: ClassVar = (TEXT,) * 4 + (NUMBER,) * 5 + (FLAG, NUMBER, TEXT, NUMBER, NUMBER)

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    reserved: int
    allocated: int
    available: int
    low_stock_threshold: int
    active: bool
    version: int
    updated_at: str
    shards: int  # over how many rows it is spread
    alert: int  # the bits ALERTED, ALERT_CLAIMED and SETTINGS_PENDING

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    @property
    def entry_key(self) -> EntryKey:
        """The key of its row, as a change names it."""
        return self.product_id, self.warehouse_id

    @property
    def status(self) -> StockStatus:
        return stock_status(self.available, self.low_stock_threshold)

    @property
    def is_low(self) -> bool:
        """Whether its alert is due, as `Level.is_low`."""
        return self.on_hand - self.allocated <= self.low_stock_threshold

    @classmethod
    def of(cls, level: Level) -> "LevelEntry":
        """What is kept of a level."""
        alert = ALERTED * level.low_stock_alerted
        alert |= ALERT_CLAIMED * (level.low_stock_alert_by is not None)
        alert |= SETTINGS_PENDING * (level.settings_pending is not None)
        return cls(
            level.product_id,
            level.warehouse_id,
            level.name,
            level.category,
            level.on_hand,
            level.reserved,
            level.allocated,
            level.available,
            level.low_stock_threshold,
            level.active,
            level.version,
            level.updated_at,
            level.shards,
            alert,
        )

    def to_list(self) -> list[Any]:
        """The values in the order of the fields."""
        return _values(self)

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> "LevelEntry":
        """The entry with these values. What is no such entry raises an error of items.UNREADABLE."""
        return cls(*_checked(values, cls.TYPES))


@dataclass(frozen=True, slots=True)
class ReservationEntry:
    """A reservation: its ids, its state and its times."""

    TYPES: ClassVar = (TEXT, TEXT, *(TEXT_OR_NONE,) * 3, TEXT, TEXT, TEXT_OR_NONE, TEXT_OR_NONE, LIST)

    name: str  # of its row
    reservation_id: str  # as the checkout service sent it
    order_id: str | None
    customer_id: str | None
    payment_reference: str | None
    status: Status
    created_at: str
    decided_at: str | None
    held_until: str | None
    # Of a rejected one: product, units that were asked for, and units that were available.
    shortages: tuple[tuple[str, int, int], ...] = ()

    @property
    def entry_key(self) -> EntryKey:
        """The key of its row, as a change names it."""
        return (self.name,)

    @classmethod
    def of(cls, reservation: Reservation) -> "ReservationEntry":
        """What is kept of a reservation: never its task token."""
        short = reservation.shortages if reservation.status is Status.REJECTED else ()
        return cls(
            reservation.name,
            reservation.reservation_id,
            reservation.order_id,
            reservation.customer_id,
            reservation.payment_reference,
            reservation.status,
            reservation.created_at,
            reservation.decided_at,
            reservation.held_until,
            tuple((shortage.product_id, shortage.requested, shortage.available) for shortage in short),
        )

    def to_list(self) -> list[Any]:
        """The values in the order of the fields."""
        return _values(self)[:-1] + [[list(shortage) for shortage in self.shortages]]

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> "ReservationEntry":
        """The entry with these values. What is no such entry raises an error of items.UNREADABLE."""
        *ids, status, created_at, decided_at, held_until, shortages = _checked(values, cls.TYPES)
        name, reservation_id, order_id, customer_id, payment_reference = ids
        short = (_checked(shortage, (TEXT, NUMBER, NUMBER)) for shortage in shortages)
        return cls(
            name,
            reservation_id,
            order_id,
            customer_id,
            payment_reference,
            Status(status),
            created_at,
            decided_at,
            held_until,
            tuple((product_id, requested, available) for product_id, requested, available in short),
        )


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """A payment that bought nothing."""

    TYPES: ClassVar = (TEXT, TEXT, TEXT_OR_NONE, TEXT, TEXT, TEXT)

    reservation_id: str  # the name of the reservation, as in the key of its row
    payment_reference: str
    order_id: str | None
    status: RefundStatus
    since: str
    status_at: str  # since when it has its status

    @property
    def entry_key(self) -> EntryKey:
        """The key of its row, as a change names it."""
        return self.reservation_id, self.payment_reference

    @classmethod
    def of(cls, refund: Refund) -> "RefundEntry":
        """What is kept of a refund."""
        return cls(
            name_of(refund.reservation_id),
            refund.payment_reference,
            refund.order_id,
            refund.status,
            refund.since,
            refund.returned.at if refund.returned else refund.since,
        )

    def to_list(self) -> list[Any]:
        """The values in the order of the fields."""
        return _values(self)

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> "RefundEntry":
        """The entry with these values. What is no such entry raises an error of items.UNREADABLE."""
        name, payment_reference, order_id, status, since, status_at = _checked(values, cls.TYPES)
        return cls(name, payment_reference, order_id, RefundStatus(status), since, status_at)


@dataclass(frozen=True, slots=True)
class ExecutionEntry:
    """An execution that did not succeed."""

    TYPES: ClassVar = (TEXT, TEXT, TEXT_OR_NONE, TEXT, TEXT)

    execution_name: str
    reservation_id: str
    order_id: str | None
    status: ExecutionStatus
    failed_at: str

    @property
    def entry_key(self) -> EntryKey:
        """The key of its row, as a change names it."""
        return (self.execution_name,)

    @classmethod
    def of(cls, failed: FailedExecution) -> "ExecutionEntry":
        """What is kept of a failed execution: not its input."""
        return cls(failed.execution_name, failed.reservation_id, failed.order_id, failed.status, failed.failed_at)

    def to_list(self) -> list[Any]:
        """The values in the order of the fields."""
        return _values(self)

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> "ExecutionEntry":
        """The entry with these values. What is no such entry raises an error of items.UNREADABLE."""
        execution_name, reservation_id, order_id, status, failed_at = _checked(values, cls.TYPES)
        return cls(execution_name, reservation_id, order_id, ExecutionStatus(status), failed_at)


Entry: TypeAlias = LevelEntry | ReservationEntry | RefundEntry | ExecutionEntry
EntryType = TypeVar("EntryType", bound=Entry)

ENTRY_TYPES: dict[Kind, type[Entry]] = {
    Kind.LEVELS: LevelEntry,
    Kind.RESERVATIONS: ReservationEntry,
    Kind.REFUNDS: RefundEntry,
    Kind.EXECUTIONS: ExecutionEntry,
}
KEY_PARTS = {Kind.LEVELS: 2, Kind.RESERVATIONS: 1, Kind.REFUNDS: 2, Kind.EXECUTIONS: 1}


@dataclass(frozen=True, slots=True)
class Change(Generic[EntryType]):
    """One row as it was after a record of the stream: its entry, or None if the row is gone.

    Of two changes of one key in one generation of the journal, the one with the higher `sequence` counts. A change in a
    later generation counts more than one in an earlier generation.
    """

    sequence: int
    key: EntryKey
    entry: EntryType | None

    def to_list(self) -> list[Any]:
        """The change as JSON."""
        return [self.sequence, list(self.key), self.entry.to_list() if self.entry else None]


def to_change(kind: Kind, values: Any) -> Change[Any]:
    """The change in JSON. What is no change raises an error of items.UNREADABLE."""
    sequence, key, content = _checked(values, (NUMBER, LIST, (list, NoneType)))
    parts = tuple(_checked(key, (TEXT,) * KEY_PARTS[kind]))
    entry = ENTRY_TYPES[kind].from_list(content) if content is not None else None
    return Change(sequence, parts, entry)


def _values(entry: Any) -> list[Any]:
    return [getattr(entry, field.name) for field in fields(entry)]


def _checked(values: Sequence[Any], types: Sequence[tuple[type, ...]]) -> Sequence[Any]:
    """Values, each of which has one of its types."""
    if len(values) != len(types):
        raise ValueError(f"there are {len(values)} values, not {len(types)}")
    if not all(map(isinstance, values, types)):
        wrong = next(number for number, value in enumerate(values) if not isinstance(value, types[number]))
        raise TypeError(f"value {wrong} is {type(values[wrong]).__name__}")
    return values
