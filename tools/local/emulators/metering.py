"""What a DynamoDB call costs, by AWS's rules.

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
CONTAINER_BYTES = 3  # of a list or a map, whatever is in it
ELEMENT_BYTES = 1  # of each element of a list or a map


class Consistency(Enum):
    """How a read is done; the value is its price for each unit of size."""

    EVENTUAL = 0.5
    STRONG = 1.0
    TRANSACTIONAL = 2.0


@dataclass(frozen=True)
class Index:
    """A secondary index: its own keys, and every attribute that its entries carry."""

    keys: Collection[str]
    attributes: Collection[str] | None  # None: all of them

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item, if it holds it: without all its keys an item is not in it."""
        if item is None or any(key not in item for key in self.keys):
            return None
        return {name: value for name, value in item.items() if self.attributes is None or name in self.attributes}


def item_bytes(item: Item | None) -> int:
    """The size of an item: the names and values of its attributes."""
    return sum(_text_bytes(name) + value_bytes(value) for name, value in (item or {}).items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """The size of one attribute's value, as the API writes values: {"S": "text"}."""
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
    """One byte for every two significant digits, one more, and one for a minus."""
    number = Decimal(text)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1 + (number < 0)


def write_units(before: Item | None, after: Item | None, *, transactional: bool = False) -> int:
    """What writing an item costs the table. A failed condition costs as much as writing what is there."""
    size = max(item_bytes(before), item_bytes(after))
    return max(1, _rounded_up(size, WRITE_UNIT_BYTES)) * (2 if transactional else 1)


def index_write_units(indexes: Iterable[Index], before: Item | None, after: Item | None) -> int:
    """What writing an item costs its indexes, in a transaction as without."""
    return sum(_entry_write_units(index, index.entry(before), index.entry(after)) for index in indexes)


def read_units(size: int, consistency: Consistency) -> float:
    """What reading so many bytes at once costs; reading nothing costs as much as the smallest item."""
    return max(1, _rounded_up(size, READ_UNIT_BYTES)) * consistency.value


def _entry_write_units(index: Index, before: Item | None, after: Item | None) -> int:
    if before == after:
        return 0
    if before and after and all(before[key] == after[key] for key in index.keys):
        return write_units(before, after)
    # An entry cannot move: it is deleted, and put where it belongs now.
    return sum(write_units(entry, None) for entry in (before, after) if entry)


def _text_bytes(text: str) -> int:
    return len(text.encode())


def _rounded_up(size: int, unit: int) -> int:
    return -(-size // unit)
