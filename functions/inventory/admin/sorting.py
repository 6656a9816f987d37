"""Levels sorted by a column: DynamoDB cannot sort them, so all are read, and the first ones kept."""

import heapq
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from inventory.admin.pagination import Page, Position
from inventory.errors import FieldError, InvalidRequest
from inventory.model import Level

# Only another tool can have written a longer text; it is compared by its beginning, as a cursor has no room for more.
CHARACTERS_COMPARED = 200
PARTS = 3


class LevelSort(StrEnum):
    """The columns by which levels can be sorted."""

    PRODUCT_ID = "product_id"
    NAME = "name"
    CATEGORY = "category"
    WAREHOUSE_ID = "warehouse_id"
    ON_HAND = "on_hand"
    RESERVED = "reserved"
    AVAILABLE = "available"
    LOW_STOCK_THRESHOLD = "low_stock_threshold"
    UPDATED_AT = "updated_at"


class Order(StrEnum):
    """Ascending or descending."""

    ASC = "asc"
    DESC = "desc"


# For people a capital is the same letter.
CASE_INSENSITIVE = frozenset({LevelSort.NAME, LevelSort.CATEGORY})
NUMERIC = frozenset({LevelSort.ON_HAND, LevelSort.RESERVED, LevelSort.AVAILABLE, LevelSort.LOW_STOCK_THRESHOLD})

# Levels are compared by the column, then by their key: no two are equal.
Place = tuple[str | int, str, str]


def sorted_page(
    levels: Iterable[Level], sort: LevelSort, order: Order, start: Position | None, limit: int
) -> Page[Level]:
    """The levels that come after a position in this order.

    A position is the last level's place at the time of its page: the list continues there, even if the level moved
    meanwhile.

    Args:
        start: PARTS parts, from a page of the same order.

    Raises:
        InvalidRequest: the position is from another order.
    """
    after = _read_position(start, sort, order) if start else None
    pick: Callable[..., list[Level]] = heapq.nsmallest if order is Order.ASC else heapq.nlargest
    picked = pick(
        limit + 1,  # one more shows whether the list continues
        (level for level in levels if after is None or _is_after(_place(level, sort), after, order)),
        key=lambda level: _place(level, sort),
    )
    page = picked[:limit]
    return Page(page, _position(page[-1], sort, order) if len(picked) > limit else None)


def _place(level: Level, sort: LevelSort) -> Place:
    value: Any = getattr(level, sort)
    if sort in CASE_INSENSITIVE:
        value = value.casefold()
    if sort not in NUMERIC:
        value = value[:CHARACTERS_COMPARED]
    return value, level.product_id, level.warehouse_id


def _is_after(place: Place, other: Place, order: Order) -> bool:
    return place > other if order is Order.ASC else place < other


def _position(level: Level, sort: LevelSort, order: Order) -> Position:
    value, product_id, warehouse_id = _place(level, sort)
    return f"{sort} {order} {value}", product_id, warehouse_id


def _read_position(position: Position, sort: LevelSort, order: Order) -> Place:
    text, product_id, warehouse_id = position
    column = f"{sort} {order} "
    value = text.removeprefix(column)
    if not text.startswith(column) or (sort in NUMERIC and not re.fullmatch(r"-?[0-9]{1,20}", value)):
        raise InvalidRequest([FieldError("cursor", "is not one that a list in this order has given out")])
    return int(value) if sort in NUMERIC else value, product_id, warehouse_id
