"""Items as DynamoDB takes them, as boto3's serializer writes them, several times faster and without loading boto3.

boto3 asks each value what it is, up to nine times; here its type is looked up. Loading boto3 would load multiprocessing,
for transfers to S3 that no function makes.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

Item = dict[str, Any]
Attribute = dict[str, Any]  # a value in DynamoDB's form: {"S": "text"}

# What DynamoDB keeps of a number; another one raises.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
NUMBERS = Context(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])
WHOLE_NUMBER_MAX = 10**38 - 1


def to_attributes(item: Mapping[str, Any]) -> Item:
    """An item as DynamoDB takes it.

    Raises:
        ValueError: a value is None. An attribute without a value is absent, so leave it out.
        TypeError: DynamoDB has no such type; it has no floats.
        ArithmeticError: a number has more digits than DynamoDB keeps.
    """
    if None in item.values():
        raise ValueError(f"{next(name for name, value in item.items() if value is None)} has no value")
    return _attributes(item)


def to_item(attributes: Mapping[str, Any]) -> Item:
    """An item as Python reads it: numbers are Decimal, binary values bytes, lists and maps as they are."""
    return {name: _value(attribute) for name, attribute in attributes.items()}


# --- to DynamoDB


def _attributes(content: Mapping[str, Any]) -> Item:
    # Most values are texts: they need no look-up of their type.
    return {name: {"S": value} if type(value) is str else _attribute(value) for name, value in content.items()}


def _attribute(value: Any) -> Attribute:
    write = _WRITERS.get(type(value))
    return write(value) if write else _attribute_of_subclass(value)


def _number(value: int | Decimal) -> str:
    if type(value) is int and -WHOLE_NUMBER_MAX <= value <= WHOLE_NUMBER_MAX:
        return str(value)
    number = str(NUMBERS.create_decimal(value))
    if number in ("Infinity", "NaN"):
        raise TypeError("DynamoDB has no infinite numbers")
    return number


def _set(values: AbstractSet[Any]) -> Attribute:
    if all(isinstance(value, int | Decimal) for value in values):
        return {"NS": [_number(value) for value in values]}
    if all(isinstance(value, str) for value in values):
        return {"SS": list(values)}
    if all(isinstance(value, bytes | bytearray) for value in values):
        return {"BS": list(values)}
    raise TypeError(f"a set of DynamoDB has values of one type: {values!r}")


_WRITERS: dict[type, Callable[[Any], Attribute]] = {
    str: lambda value: {"S": value},
    int: lambda value: {"N": _number(value)},
    bool: lambda value: {"BOOL": value},
    dict: lambda value: {"M": _attributes(value)},
    list: lambda value: {"L": [_attribute(part) for part in value]},
    Decimal: lambda value: {"N": _number(value)},
    bytes: lambda value: {"B": value},
    set: _set,
    type(None): lambda value: {"NULL": True},
}
# Of subclasses, such as an Enum of texts. The order matters for none of them but bool, which has no subclass.
_BASES: tuple[tuple[type, type], ...] = (
    (str, str),
    (int, int),
    (Decimal, Decimal),
    (bytearray, bytes),
    (bytes, bytes),
    (AbstractSet, set),
    (Mapping, dict),
    (list, list),
    (tuple, list),
)


def _attribute_of_subclass(value: Any) -> Attribute:
    for base, known in _BASES:
        if isinstance(value, base):
            return _WRITERS[known](value)
    raise TypeError(f"DynamoDB has no {type(value).__name__}: {value!r}")


# --- from DynamoDB


def _value(attribute: Attribute) -> Any:
    [(kind, content)] = attribute.items()
    read = _READERS.get(kind)
    if not read:
        raise TypeError(f"DynamoDB has no type {kind}")
    return read(content)


def _same(content: Any) -> Any:
    return content


# A number keeps every digit. boto3 raises decimal.Rounded for a large one such as 1E+40, which DynamoDB answers with all its
# zeros: one such row of another tool would stop the page of rows that it is in.
_READERS: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": Decimal,
    "BOOL": _same,
    "M": to_item,
    "L": lambda content: [_value(part) for part in content],
    "SS": set,
    "NS": lambda content: set(map(Decimal, content)),
    "B": _same,
    "BS": set,
    "NULL": lambda content: None,
}
