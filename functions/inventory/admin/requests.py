"""What administrators ask for, checked field by field before anything is read or written."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from inventory.admin.sorting import LevelSort, Order
from inventory.errors import FieldError, InvalidRequest
from inventory.imports.report import Mode
from inventory.model import UNITS_MAX, Identifier, Level, Reservation, Status, StockStatus, Text
from inventory.reservations.requests import Reference, Request

LIMIT_DEFAULT = 50
LIMIT_MAX = 100
VERSION_DIGITS_MAX = 15


def _not_zero(number: int) -> int:
    if number == 0:
        raise PydanticCustomError("zero", "must not be 0")
    return number


def _number(text: object) -> object:
    """A whole number as a query has it; what is none is left for the field to refuse."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}", text) else text


Units = Annotated[int, Field(strict=True, ge=0, le=UNITS_MAX)]
Delta = Annotated[int, Field(strict=True, ge=-UNITS_MAX, le=UNITS_MAX), AfterValidator(_not_zero)]
Limit = Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, le=LIMIT_MAX)]


class _Query(Request):
    """What a query's parameters ask for."""

    @classmethod
    def parse_query(cls, parameters: Mapping[str, Any]) -> Self:
        """Read a request from a query's parameters, of which empty ones count as not given.

        Raises:
            InvalidRequest: with every parameter that is wrong.
        """
        return cls.parse({name: text for name, text in parameters.items() if text})


class LevelContent(Request):
    """What a level is to be."""

    on_hand: Units
    name: Text
    category: Text
    low_stock_threshold: Units
    reason: Text


class AdjustmentContent(Request):
    """Units to add or, below zero, to take away."""

    delta: Delta
    reason: Text
    reference: Reference | None = None


class ReleaseContent(Request):
    """Why a reservation is released by hand."""

    reason: Text


class ImportQuery(_Query):
    """What is to become of a file."""

    mode: Mode = Mode.ALL_OR_NONE


class LevelFilter(_Query):
    """Which levels are asked for; `search` is the beginning of a product's id, or a part of its name, in any case."""

    category: Text | None = None
    warehouse_id: Identifier | None = None
    status: StockStatus | None = None
    search: Text | None = None

    def matches(self, level: Level) -> bool:
        """Whether a level is one of those asked for."""
        searched = (self.search or "").casefold()
        return (
            self.category in (None, level.category)
            and self.warehouse_id in (None, level.warehouse_id)
            and self.status in (None, level.status)
            and (level.product_id.casefold().startswith(searched) or searched in level.name.casefold())
        )


class LevelQuery(LevelFilter):
    """A page of levels."""

    sort: LevelSort | None = None
    order: Order | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    @model_validator(mode="after")
    def _an_order_is_of_something(self) -> Self:
        if self.order and not self.sort:
            raise ValueError("order: needs a sort")
        return self

    @property
    def matches_all(self) -> bool:
        """Whether every level is one of those asked for, of a category or of all."""
        return self.warehouse_id is None and self.status is None and self.search is None


class MovementQuery(_Query):
    """A page of a product's ledger."""

    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT


class ReservationQuery(_Query):
    """A page of reservations; `search` is a reservation's id or an order's, exactly."""

    status: Status | None = None
    product_id: Identifier | None = None
    search: Reference | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    def matches(self, reservation: Reservation) -> bool:
        """Whether a reservation is one of those asked for."""
        return self.status in (None, reservation.status) and (
            self.product_id is None or any(line.product_id == self.product_id for line in reservation.lines)
        )

    @property
    def matches_all(self) -> bool:
        """Whether every reservation is one of those asked for, of a phase or of all."""
        return self.product_id is None and self.status not in (Status.HELD, Status.PAID)


def parse_version(text: str | None) -> int | None:
    """The version in an If-Match header, quoted as an entity tag or not; None without a header.

    Raises:
        InvalidRequest: it is no version.
    """
    if text is None:
        return None
    found = re.fullmatch(rf'"?([0-9]{{1,{VERSION_DIGITS_MAX}}})"?', text.strip())
    if not found:
        raise InvalidRequest([FieldError("If-Match", "must be the level's version")])
    return int(found[1])


def parse_import_id(text: str) -> str:
    """Check an import's id.

    Raises:
        InvalidRequest: it is not one.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise InvalidRequest([FieldError("import_id", "must be 32 digits, 0-9 and a-f")])
    return text
