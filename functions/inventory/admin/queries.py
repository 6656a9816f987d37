"""The query parameters of lists, checked one by one, and which entries match them."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from inventory.identifiers import RESERVATION_ID, TEXT_LENGTH_MAX, TextRule, printable
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
from inventory.read_model.levels.matching import Search, search_line
from inventory.read_model.levels.order import LevelSort, Order
from inventory.validation import Flag, Identifier, Request, Text, matching

LIMIT_DEFAULT = 50
LIMIT_MAX = 100
STOCK_LEVELS_MAX = 1_000  # machines read more at once than a page shows

SEARCH_LIMIT_DEFAULT = 10
SEARCH_LIMIT_MAX = 50

# One character is in nearly everything.
SEARCH_LENGTH_MIN = 2


def _search(text: str) -> str | None:
    read = printable(text.strip(), TEXT_LENGTH_MAX)
    return read if read is not None and len(read) >= SEARCH_LENGTH_MIN else None


def _id_or_part(text: str) -> str | None:
    """An id as it was sent, spaces included: a reservation may be called so. Parts are compared without them."""
    is_id = RESERVATION_ID.read(text) is not None and len(text.strip()) >= SEARCH_LENGTH_MIN
    return text if is_id or _search(text) is not None else None


SEARCH_MESSAGE = f"must be {SEARCH_LENGTH_MIN} to {TEXT_LENGTH_MAX} printable characters"
SEARCH = TextRule(_search, SEARCH_MESSAGE)
ID_OR_PART = TextRule(_id_or_part, SEARCH_MESSAGE)


def _number(text: object) -> object:
    """A whole number from a query; any other text is left for the field to refuse."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}", text) else text


SearchText = Annotated[str, matching(SEARCH)]
Limit = Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, le=LIMIT_MAX)]


@lru_cache(maxsize=16)
def _search_of(text: str) -> Search:
    """A search, prepared once for all levels that are compared with it."""
    return Search(text)


class LevelFilter(Request):
    """Which levels to list; `search` is words of its name in any order, or a part of a product's id, folded.

    A status is what shoppers see, so a list with a status has no retired levels.
    """

    category: Text | None = None
    warehouse_id: Identifier | None = None
    status: StockStatus | None = None
    active: Flag | None = None
    search: SearchText | None = None

    def matches(self, level: Level) -> bool:
        """Whether a level is on the list."""
        return (
            self.category in (None, level.category)
            and self.warehouse_id in (None, level.warehouse_id)
            and (self.status is None or (level.active and level.status is self.status))
            and self.active in (None, level.active)
            and (self.search is None or _search_of(self.search).matches(search_line(level.product_id, level.name)))
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


class ReservationSort(StrEnum):
    """An order of reservations beside the usual one."""

    HELD_UNTIL = "held_until"  # the holds that end first


class ReservationQuery(Request):
    """A page of reservations; `search` is an id of a reservation, an order, a customer or a payment, or a part of one."""

    status: Status | None = None
    product_id: Identifier | None = None
    search: Annotated[str, matching(ID_OR_PART)] | None = None
    sort: ReservationSort | None = None
    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT

    @model_validator(mode="after")
    def _only_holds_are_sorted(self) -> Self:
        if self.sort and (self.status is not Status.HELD or self.search):
            raise ValueError("sort: needs the status HELD, and no search")
        return self

    def matches(self, reservation: Reservation) -> bool:
        """Whether a reservation is on the list."""
        return self.status in (None, reservation.status) and (
            self.product_id is None or any(line.product_id == self.product_id for line in reservation.lines)
        )

    @property
    def matches_all(self) -> bool:
        """Whether every reservation, of a phase or of all, is on the list."""
        return self.product_id is None and not (self.status and self.status.is_active)


class SearchQuery(Request):
    """What to find, whatever kind it is; the limit is of each kind."""

    query: Annotated[str, matching(ID_OR_PART)]
    cursor: str | None = None
    limit: Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, le=SEARCH_LIMIT_MAX)] = (
        SEARCH_LIMIT_DEFAULT
    )


class AttentionQuery(Request):
    """A page of the levels that run out."""

    cursor: str | None = None
    limit: Limit = LIMIT_DEFAULT


class TimelineQuery(Request):
    """A page of what happened to an order, or to a customer."""

    order_id: Identifier | None = None
    customer_id: Identifier | None = None
    cursor: str | None = None

    @model_validator(mode="after")
    def _names_one_of_them(self) -> Self:
        if self.order_id and self.customer_id:
            raise ValueError("customer_id: cannot be named together with order_id")
        if not self.order_id and not self.customer_id:
            raise ValueError("order_id: is required, or customer_id")
        return self
