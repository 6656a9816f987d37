"""Attribute values in DynamoDB's own form, `{"S": "text"}`: compare, order, add up and measure them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

Value = Mapping[str, Any]
Item = dict[str, Any]

SETS = ("SS", "NS", "BS")


def refused(message: str, operation: str = "", code: str = "ValidationException") -> ClientError:
    """The error of a call that DynamoDB refuses."""
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, operation)


def kind_of(value: Value) -> str:
    """The type of a value, for example `N`."""
    [kind] = value
    return kind


def to_number(text: str) -> int | Decimal:
    """A number as it is written in a value."""
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def number(result: int | Decimal) -> Value:
    """The value of a number."""
    if isinstance(result, Decimal):
        result = result.normalize()
        return {"N": f"{result:f}"}
    return {"N": str(result)}


def is_equal(left: Value | None, right: Value | None) -> bool:
    """Whether two values are there and the same."""
    if left is None or right is None:
        return False
    [(kind, one)] = left.items()
    [(other_kind, other)] = right.items()
    if kind != other_kind:
        return False
    if kind == "N":
        return to_number(one) == to_number(other)
    if kind in SETS:
        return _elements(kind, one) == _elements(kind, other)
    if kind == "L":
        return len(one) == len(other) and all(map(is_equal, one, other))
    if kind == "M":
        return one.keys() == other.keys() and all(is_equal(one[name], other[name]) for name in one)
    return bool(one == other)


def _elements(kind: str, elements: Any) -> set[Any]:
    return {to_number(element) for element in elements} if kind == "NS" else set(elements)


def is_ordered(left: Value | None, comparator: str, right: Value | None) -> bool:
    """Whether `<`, `<=`, `>` or `>=` holds between two values of one type that has an order."""
    if left is None or right is None:
        return False
    [(kind, one)] = left.items()
    [(other_kind, other)] = right.items()
    if kind != other_kind or kind not in ("S", "N", "B"):
        return False
    low, high = sort_key({kind: one}), sort_key({kind: other})
    match comparator:
        case "<":
            return bool(low < high)
        case "<=":
            return bool(low <= high)
        case ">":
            return bool(low > high)
        case ">=":
            return bool(low >= high)
    raise AssertionError(comparator)


def sort_key(value: Value) -> Any:
    """What a key is sorted by: numbers by their size, text by its UTF-8 bytes."""
    [(kind, content)] = value.items()
    if kind == "N":
        return to_number(content)
    return content.encode() if kind == "S" else bytes(content)


def size_of(value: Value) -> int:
    """The result of the function `size`: bytes of text, elements of sets, lists and maps."""
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind in ("N", "BOOL", "NULL"):
        raise refused("Invalid operand type for operator or function; operator or function: size")
    return len(content)


def bytes_of(value: Value) -> int:
    """About how many bytes a value takes in an item."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "SS" | "NS":
            return sum(len(element.encode()) for element in content)
        case "L":
            return 3 + sum(1 + bytes_of(element) for element in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + bytes_of(element) for name, element in content.items())
        case "B":
            return len(content)
    return 1


def item_bytes(item: Item) -> int:
    """About how many bytes an item has."""
    return sum(len(name.encode()) + bytes_of(value) for name, value in item.items())
