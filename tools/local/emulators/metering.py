"""The capacity units of DynamoDB calls, by AWS's rules.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

READ_UNIT_BYTES = 4 * 1024
WRITE_UNIT_BYTES = 1024
CONTAINER_BYTES = 3  # of a list or a map, also an empty one
ELEMENT_BYTES = 1  # of each element of a list or a map


class Consistency(Enum):
    """The consistency of a read; the value is the read units for each 4 KB."""

    EVENTUAL = 0.5
    STRONG = 1.0
    TRANSACTIONAL = 2.0


@dataclass(frozen=True)
class Index:
    """A secondary index: its keys, and the attributes that it projects."""

    keys: Collection[str]
    attributes: Collection[str] | None  # None: all attributes

    def entry(self, item: Item | None) -> Item | None:
        """The index's entry for an item; None if the item lacks a key of the index."""
        if item is None or any(key not in item for key in self.keys):
            return None
        return {name: value for name, value in item.items() if self.attributes is None or name in self.attributes}


def item_bytes(item: Item | None) -> int:
    """The size of an item: the sum of its attributes' names and values."""
    return sum(_text_bytes(name) + value_bytes(value) for name, value in (item or {}).items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """The size of an attribute's value in the API's format, for example {"S": "text"}."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return _text_bytes(content)
        case "N":
            return number_bytes(content)
        case "B":
            return len(base64.b64decode(content))
        case "BOOL" | "NULL":
            return 1
        case "SS" | "NS" | "BS":
            return sum(value_bytes({kind[0]: element}) for element in content)
        case "L":
            return CONTAINER_BYTES + sum(ELEMENT_BYTES + value_bytes(element) for element in content)
        case "M":
            return CONTAINER_BYTES + item_bytes(content) + ELEMENT_BYTES * len(content)
    raise ValueError(f"DynamoDB has no type {kind!r}.")


def number_bytes(text: str) -> int:
    """The size of a number: a byte for every two significant digits, plus one, plus one for a minus sign."""
    number = Decimal(text)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1 + (number < 0)


def write_units(before: Item | None, after: Item | None, *, transactional: bool = False) -> int:
    """The table's write units for one item. A failed condition costs the same as writing the existing item."""
    size = max(item_bytes(before), item_bytes(after))
    return max(1, _rounded_up(size, WRITE_UNIT_BYTES)) * (2 if transactional else 1)


def index_write_units(indexes: Iterable[Index], before: Item | None, after: Item | None) -> int:
    """The indexes' write units for one item; they are the same with and without a transaction."""
    return sum(_entry_write_units(index, index.entry(before), index.entry(after)) for index in indexes)


def read_units(size: int, consistency: Consistency) -> float:
    """The read units for a number of bytes; reading nothing costs the same as the smallest item."""
    return max(1, _rounded_up(size, READ_UNIT_BYTES)) * consistency.value


def _entry_write_units(index: Index, before: Item | None, after: Item | None) -> int:
    if before == after:
        return 0
    if before and after and all(before[key] == after[key] for key in index.keys):
        return write_units(before, after)
    # A change of an index key deletes the old entry and creates a new one.
    return sum(write_units(entry, None) for entry in (before, after) if entry)


def _text_bytes(text: str) -> int:
    return len(text.encode())


def _rounded_up(size: int, unit: int) -> int:
    return -(-size // unit)
