"""The query parameters of lists, checked one by one, and which entries match them."""

import re
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from inventory.admin.sorting import LevelSort, Order
from inventory.identifiers import IDENTIFIER, RESERVATION_ID, TextRule
from inventory.model import (
    ExecutionStatus,
    FailedExecution,
    Level,
    LevelKey,
    RefundStatus,
    Reservation,
    Status,
    StockStatus,
)
from inventory.validation import Flag, Identifier, Request, Text, matching

LIMIT_DEFAULT = 50
LIMIT_MAX = 100
STOCK_LEVELS_MAX = 1_000  # machines read more at once than a page shows

RESERVATION_OR_ORDER = TextRule(
    lambda text: text if RESERVATION_ID.read(text) or IDENTIFIER.read(text) else None,
    "must be the id of a reservation or of an order",
)


def _number(text: object) -> object:
    """A whole number from a query; any other text is left for the field to refuse."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}", text) else text


Limit = Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, le=LIMIT_MAX)]


class LevelFilter(Request):
    """Which levels to list; `search` is the beginning of a product's id, or a part of its name, in any case.

    A status is what shoppers see, so a list with a status has no retired levels.
    """

    category: Text | None = None
    warehouse_id: Identifier | None = None
    status: StockStatus | None = None
    active: Flag | None = None
    search: Text | None = None

    def matches(self, level: Level) -> bool:
        """Whether a level is on the list."""
        searched = (self.search or "").casefold()
        return (
            self.category in (None, level.category)
            and self.warehouse_id in (None, level.warehouse_id)
            and (self.status is None or (level.active and level.status is self.status))
            and self.active in (None, level.active)
            and (level.product_id.casefold().startswith(searched) or searched in level.name.casefold())
        )


class LevelQuery(LevelFilter):
    """A page of levels."""

    sort: LevelSort | None = None
    order: Order | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    @model_validator(mode="after")
    def _an_order_needs_a_sort(self) -> Self:
        if self.order and not self.sort:
            raise ValueError("order: needs a sort")
        return self

    @property
    def matches_all(self) -> bool:
        """Whether every level, of a category or of all, is on the list."""
        return (self.warehouse_id, self.status, self.active, self.search) == (None, None, None, None)


class StockLevelQuery(Request):
    """A page of levels for a machine, of all warehouses or of one."""

    warehouse_id: Identifier | None = None
    cursor: str | None = None
    limit: Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, le=STOCK_LEVELS_MAX)] = STOCK_LEVELS_MAX

    def matches(self, level: Level) -> bool:
        """Whether a level is on the list."""
        return self.warehouse_id in (None, level.warehouse_id)


class MovementQuery(Request):
    """A page of a product's ledger."""

    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT


class ProductMovementQuery(MovementQuery):
    """A page of the ledger of a product in the query."""

    product_id: Identifier


class ProductName(Request):
    """Which product a call is about."""

    product_id: Identifier


class LevelName(ProductName):
    """Which level a call is about."""

    warehouse_id: Identifier

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)


class ExecutionQuery(Request):
    """A page of executions that did not succeed, of all orders or of one."""

    status: ExecutionStatus | None = None
    order_id: Identifier | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    def matches(self, failed: FailedExecution) -> bool:
        """Whether an execution is on the list."""
        return self.status in (None, failed.status)


class RefundQuery(Request):
    """A page of payments to return, or of those that were returned."""

    status: RefundStatus = RefundStatus.OPEN
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT


class ReservationQuery(Request):
    """A page of reservations; `search` is exactly a reservation's id or an order's."""

    status: Status | None = None
    product_id: Identifier | None = None
    search: Annotated[str, matching(RESERVATION_OR_ORDER)] | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    def matches(self, reservation: Reservation) -> bool:
        """Whether a reservation is on the list."""
        return self.status in (None, reservation.status) and (
            self.product_id is None or any(line.product_id == self.product_id for line in reservation.lines)
        )

    @property
    def matches_all(self) -> bool:
        """Whether every reservation, of a phase or of all, is on the list."""
        return self.product_id is None and not (self.status and self.status.is_active)
