"""What rows weigh and writes cost, as DynamoDB counts: DynamoDB Local's own figures for transactions are wrong.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

Attributes = Mapping[str, Mapping[str, Any]]

UNIT_BYTES = 1024
TRANSACTIONAL = 2  # a transaction writes each of its items twice: to prepare, and to commit


def item_bytes(item: Attributes) -> int:
    """The size of an item: its attributes' names and values."""
    return sum(_utf8(name) + _value_bytes(value) for name, value in item.items())


def write_units(*items: Attributes) -> int:
    """What writing an item once costs; of what it was and what it becomes, the larger counts."""
    return ceil(max(map(item_bytes, items)) / UNIT_BYTES)


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return _utf8(content)
        case "N":
            return _number_bytes(content)
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(map(_utf8, content))
        case "L":
            return 3 + sum(1 + _value_bytes(element) for element in content)
        case "M":
            return 3 + sum(1 + _utf8(name) + _value_bytes(element) for name, element in content.items())
    raise ValueError(f"rows have no {kind}")


def _number_bytes(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return ceil(len(digits) / 2) + 1 + text.startswith("-")


def _utf8(text: str) -> int:
    return len(text.encode())
