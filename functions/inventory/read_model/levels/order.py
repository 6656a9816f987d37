"""The orders in which levels are listed, and the cursor of each list."""

import hashlib
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from inventory.errors import FieldError, InvalidRequest
from inventory.values import dataclass

# Only another tool can have written a longer text; it is compared by its beginning, as a cursor has no room for more.
CHARACTERS_COMPARED = 200


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

# A position in a list: of which list it is, and the place of the entry after which the list continues.
Position = tuple[str, ...]
CURSOR_PARTS = 4
# Of a part of a cursor. Only another tool can have written a longer id of a product.
CURSOR_BYTES_MAX = 1_024
LAST = "\U0010ffff"  # comes after every other character


def comparable(value: Any, sort: LevelSort) -> Any:
    """What levels are compared by, of a value of the column."""
    if sort in NUMERIC:
        return value
    return (value.casefold() if sort in CASE_INSENSITIVE else value)[:CHARACTERS_COMPARED]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of levels: a filter in an order. A cursor of it continues no other list."""

    sort: LevelSort
    order: Order
    wanted: Mapping[str, Any]

    @property
    def is_ascending(self) -> bool:
        return self.order is Order.ASC

    def is_after(self, place: Place, other: Place) -> bool:
        """Whether a place comes after another one in this order."""
        return place > other if self.is_ascending else place < other

    def position(self, place: Place) -> Position:
        """The cursor of an entry at this place. No part of it is empty."""
        value, product_id, warehouse_id = place
        return self._id, f"={value}", self._fitting(product_id), warehouse_id

    def read(self, position: Position) -> Place:
        """The place in a cursor.

        Raises:
            InvalidRequest: the cursor is of another filter or order, or of another list altogether.
        """
        list_id, value, product_id, warehouse_id = position
        text = value.removeprefix("=")
        is_number = re.fullmatch(r"-?[0-9]{1,40}", text) is not None
        if list_id != self._id or text == value or (self.sort in NUMERIC and not is_number):
            raise InvalidRequest(
                [FieldError("cursor", "is not one that a list with this filter and order has given out")]
            )
        return int(text) if self.sort in NUMERIC else text, product_id, warehouse_id

    def _fitting(self, product_id: str) -> str:
        """The id; or, in place of one that is too long for a cursor, the place behind all that begin as it does."""
        content = product_id.encode(errors="surrogatepass")
        if len(content) <= CURSOR_BYTES_MAX:
            return product_id
        beginning = content[: CURSOR_BYTES_MAX - len(LAST.encode())].decode(errors="ignore")
        return beginning + LAST if self.is_ascending else beginning

    @property
    def _id(self) -> str:
        content = json.dumps([self.sort, self.order, dict(self.wanted)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]
