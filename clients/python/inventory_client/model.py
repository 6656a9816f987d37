"""What the API speaks of. Times are ISO 8601 in UTC, quantities whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one product out of one warehouse."""

    product_id: str
    quantity: int
    warehouse_id: str = "main"


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that could not be held: what was asked for and what was available."""

    product_id: str
    warehouse_id: str
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """One checkout's claim. `status`: PENDING, HELD, PAID, COMMITTED, RELEASED, REJECTED or UNFULFILLED."""

    reservation_id: str
    status: str
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

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read an answer; fields that a later API adds are left out."""
        known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
        known["lines"] = tuple(Line(**line) for line in content.get("lines", ()))
        known["shortages"] = tuple(Shortage(**shortage) for shortage in content.get("shortages", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class WarehouseStock:
    """What one warehouse has to sell."""

    warehouse_id: str
    available: int
    status: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What can be bought now of one product. `status`: IN_STOCK, LOW_STOCK or OUT_OF_STOCK."""

    product_id: str
    name: str
    available: int
    status: str
    warehouses: tuple[WarehouseStock, ...]
    updated_at: str

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read an answer."""
        known = {name: content[name] for name in cls.__dataclass_fields__}
        known["warehouses"] = tuple(WarehouseStock(**warehouse) for warehouse in content["warehouses"])
        return cls(**known)
