"""Levels in the order of a column: DynamoDB has none, so all are looked at, and the first ones kept."""

import heapq
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from inventory.admin.pagination import Page, Position
from inventory.errors import FieldError, InvalidRequest
from inventory.model import Level

# A longer text, which only another tool can have written, is as good as its beginning: a cursor has room for so much.
CHARACTERS_COMPARED = 200
PARTS = 3


class LevelSort(StrEnum):
    """The columns that levels can be in the order of."""

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
    """Which end of the column comes first."""

    ASC = "asc"
    DESC = "desc"


# Read by people, to whom a capital is the same letter.
IN_ANY_CASE = frozenset({LevelSort.NAME, LevelSort.CATEGORY})
OF_UNITS = frozenset({LevelSort.ON_HAND, LevelSort.RESERVED, LevelSort.AVAILABLE, LevelSort.LOW_STOCK_THRESHOLD})

# What levels are compared by: the column, and then the level's key, so that no two are equal.
Place = tuple[str | int, str, str]


def sorted_page(
    levels: Iterable[Level], sort: LevelSort, order: Order, start: Position | None, limit: int
) -> Page[Level]:
    """The levels that come after a position in this order.

    A position is the last level's place as it was then: what has changed meanwhile stands where it stands now, and the
    list goes on where it was.

    Args:
        start: PARTS parts, which a page of the same order has given out.

    Raises:
        InvalidRequest: the position is one of another order.
    """
    after = _read_position(start, sort, order) if start else None
    pick: Callable[..., list[Level]] = heapq.nsmallest if order is Order.ASC else heapq.nlargest
    picked = pick(
        limit + 1,  # one more tells whether the list goes on
        (level for level in levels if after is None or _is_after(_place(level, sort), after, order)),
        key=lambda level: _place(level, sort),
    )
    page = picked[:limit]
    return Page(page, _position(page[-1], sort, order) if len(picked) > limit else None)


def _place(level: Level, sort: LevelSort) -> Place:
    value: Any = getattr(level, sort)
    if sort in IN_ANY_CASE:
        value = value.casefold()
    if sort not in OF_UNITS:
        value = value[:CHARACTERS_COMPARED]
    return value, level.product_id, level.warehouse_id


def _is_after(place: Place, other: Place, order: Order) -> bool:
    return place > other if order is Order.ASC else place < other


def _position(level: Level, sort: LevelSort, order: Order) -> Position:
    value, product_id, warehouse_id = _place(level, sort)
    return f"{sort} {order} {value}", product_id, warehouse_id


def _read_position(position: Position, sort: LevelSort, order: Order) -> Place:
    stood, product_id, warehouse_id = position
    column = f"{sort} {order} "
    value = stood.removeprefix(column)
    if not stood.startswith(column) or (sort in OF_UNITS and not re.fullmatch(r"-?[0-9]{1,20}", value)):
        raise InvalidRequest([FieldError("cursor", "is not one that a list in this order has given out")])
    return int(value) if sort in OF_UNITS else value, product_id, warehouse_id
