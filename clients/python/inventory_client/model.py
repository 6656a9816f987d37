"""The API's data. Times are ISO 8601 in UTC, quantities are whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


class _OpenEnum(StrEnum):
    """An enum that accepts values which a later version of the API adds: such a value is a member without a name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    def __reduce_ex__(self, proto: object) -> tuple[type[Self], tuple[str]]:
        """Pickle by value: some releases of Python 3.11 pickle by name, which an unknown value does not have."""
        return type(self), (self.value,)


class ReservationStatus(_OpenEnum):
    """The status of a reservation. PENDING means that it is not decided yet."""

    PENDING = "PENDING"
    HELD = "HELD"
    PAID = "PAID"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    REJECTED = "REJECTED"
    UNFULFILLED = "UNFULFILLED"


class StockStatus(_OpenEnum):
    """The status of a product's stock."""

    IN_STOCK = "IN_STOCK"
    LOW_STOCK = "LOW_STOCK"
    OUT_OF_STOCK = "OUT_OF_STOCK"


class PaymentOutcome(StrEnum):
    """The outcome of a payment."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Disposition(StrEnum):
    """What becomes of returned units: RESTOCK sells them again, DISCARD does not."""

    RESTOCK = "RESTOCK"
    DISCARD = "DISCARD"


@dataclass(frozen=True, slots=True)
class Source:
    """Units of a line that are taken from one warehouse."""

    warehouse_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one product. Without a warehouse_id, the shop's settings decide where it is taken from.

    In an answer, `sources` are the warehouses of its units, `returned` are those of its sold units that came back, and
    `dispatched` those that have left, None if that is not tracked. Lines that ask for the same are equal whatever these are.
    """

    product_id: str
    quantity: int
    warehouse_id: str | None = None
    sources: tuple[Source, ...] = field(default=(), compare=False)
    returned: int = field(default=0, compare=False)
    dispatched: int | None = field(default=None, compare=False)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        sources = tuple(from_known_fields(Source, source) for source in content.get("sources", ()))
        return from_known_fields(cls, {**content, "sources": sources})

    def to_json(self) -> dict[str, Any]:
        """The line as a request has it."""
        warehouse = {} if self.warehouse_id is None else {"warehouse_id": self.warehouse_id}
        return {"product_id": self.product_id, "quantity": self.quantity, **warehouse}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of a payment, as a text. The API shows it and never calculates with it."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that could not be held whole: the requested quantity, and what was available where it could be taken from.

    Of a reservation that is held in part, `available` is what it holds of the line.
    """

    product_id: str
    warehouse_id: str | None
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """The stock that one checkout holds, has bought, or could not get."""

    reservation_id: str
    status: ReservationStatus
    reason: str | None = None
    lines: tuple[Line, ...] = ()
    order_id: str | None = None
    customer_id: str | None = None
    held_until: str | None = None
    payment_reference: str | None = None
    rescued: bool = False
    shortages: tuple[Shortage, ...] = ()
    created_at: str | None = None
    decided_at: str | None = None
    execution_name: str | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        lines = tuple(Line.from_json(line) for line in content.get("lines", ()))
        shortages = tuple(from_known_fields(Shortage, shortage) for shortage in content.get("shortages", ()))
        status = ReservationStatus(content["status"])
        return from_known_fields(cls, {**content, "status": status, "lines": lines, "shortages": shortages})


class ReservationList(NamedTuple):
    """A page of reservations, and the cursor of the next page; None on the last one."""

    items: list[Reservation]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class WarehouseStock:
    """The stock of a product in one warehouse."""

    warehouse_id: str
    available: int
    status: StockStatus

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        return from_known_fields(cls, {**content, "status": StockStatus(content["status"])})


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of a product: how many units one line can be held of now, and what the warehouses have for it.

    `sequence` rises with each change of what is shown, and `channel` is where these changes are pushed. If it is `capped`, there
    are more units than the shop shows.
    """

    product_id: str
    name: str
    available: int
    status: StockStatus
    warehouses: tuple[WarehouseStock, ...]
    updated_at: str
    sequence: int = 0
    channel: str | None = None
    capped: bool = False

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        warehouses = tuple(WarehouseStock.from_json(warehouse) for warehouse in content["warehouses"])
        return from_known_fields(cls, {**content, "status": StockStatus(content["status"]), "warehouses": warehouses})


class StockList(NamedTuple):
    """The stock of the products that exist, and the ids of those that do not."""

    items: list[Stock]
    not_found: list[str]


@dataclass(frozen=True, slots=True)
class LiveStock:
    """Where changes of stock are pushed, and the key with which a page subscribes to the channels of products."""

    realtime_url: str
    http_host: str
    api_key: str
    expires_at: str

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        return from_known_fields(cls, content)


class ChangeKind(StrEnum):
    """What a change reports: COUNTED has `on_hand`, DESCRIBED no units, and the others a `delta`.

    A count is of the shelf. Paid orders that are still on it are not counted, unless the parameter DispatchTracking is
    "true": then everything on the shelf is.
    """

    RECEIVED = "RECEIVED"
    SOLD_ELSEWHERE = "SOLD_ELSEWHERE"
    ADJUSTED = "ADJUSTED"
    COUNTED = "COUNTED"
    DESCRIBED = "DESCRIBED"


@dataclass(frozen=True, slots=True)
class StockChange:
    """One change of a level. `as_of` is the moment of a count: ISO 8601 with an offset, up to 9 digits of a second."""

    product_id: str
    kind: ChangeKind
    warehouse_id: str = "main"
    on_hand: int | None = None
    delta: int | None = None
    as_of: str | None = None
    reference: str | None = None
    name: str | None = None
    category: str | None = None
    low_stock_threshold: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields that have a value."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


class ChangeStatus(_OpenEnum):
    """What became of a change. BUSY means that it is not decided yet."""

    APPLIED = "APPLIED"
    UNCHANGED = "UNCHANGED"
    INVALID = "INVALID"
    SHORT = "SHORT"
    BELOW_RESERVED = "BELOW_RESERVED"
    BUSY = "BUSY"


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of one product in one warehouse: on_hand is available plus reserved plus allocated."""

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    reserved: int
    available: int
    low_stock_threshold: int
    status: StockStatus
    version: int
    updated_at: str
    is_low: bool = False
    active: bool = True
    allocated: int = 0  # sold and still in the warehouse; only with the parameter DispatchTracking

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON. Fields that are not known are ignored."""
        return from_known_fields(cls, {**content, "status": StockStatus(content["status"])})


class LevelList(NamedTuple):
    """A page of levels, and the cursor of the next page; None on the last one."""

    items: list[Level]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What became of the change at `index`: the level as it was decided on, and a message for each wrong field."""

    index: int
    result: ChangeStatus
    level: Level | None = None
    errors: tuple[Mapping[str, str], ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether it is not decided yet."""
        return self.result is ChangeStatus.BUSY

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read the API's JSON."""
        level = Level.from_json(content["level"]) if "level" in content else None
        return cls(content["index"], ChangeStatus(content["result"]), level, tuple(content.get("errors", ())))

    def at(self, index: int) -> "ChangeResult":
        """The same result at another place."""
        return replace(self, index=index)


class FeedProgress(NamedTuple):
    """How far a feed is: changes that are decided or were left BUSY, all changes, and the BUSY ones of this list."""

    done: int
    total: int
    busy: int


def from_known_fields(cls: type[T], content: Mapping[str, Any]) -> T:
    """Create a dataclass from the fields that it has; a later version of the API may send more."""
    return cls(**{known.name: content[known.name] for known in fields(cls) if known.name in content})
