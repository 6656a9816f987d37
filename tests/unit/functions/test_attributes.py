"""Items are written and read as boto3's serializer does it; what DynamoDB does not have is an error."""

from collections import OrderedDict
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from inventory.aws.attributes import to_attributes, to_item
from inventory.model import Status


class Code(str):
    """A text of a kind of its own."""


class Units(int):
    """A number of a kind of its own."""


@pytest.mark.parametrize(
    "value",
    [
        *("text", "", Code("text"), Status.HELD),
        *(0, -7, Units(7), 10**38 - 1, 1 - 10**38),
        *(Decimal("1.50"), Decimal("-1E-130"), Decimal("9" * 38), Decimal("1E+125"), Decimal("1E+126")),
        *(True, False),
        *(b"\x00\xff", bytearray(b"\x00")),
        *({"a": [1, "b", {"c": None}]}, OrderedDict(a=1), MappingProxyType({"a": True}), {}),
        *([], ["a", 1, [b"c"]], ("a", 1), [None]),
        *({"a"}, {1, Decimal(2)}, {Decimal(1)}, {1}, {b"a"}, frozenset({"a"}), {Units(1)}),
    ],
)
def test_a_value_is_written_and_read_as_by_boto3(value: Any) -> None:
    attribute = TypeSerializer().serialize(value)

    assert to_attributes({"name": value}) == {"name": attribute}
    assert to_item({"name": attribute}) == {"name": TypeDeserializer().deserialize(attribute)}


def test_every_part_of_a_set_is_written() -> None:
    written = to_attributes({"texts": {"a", "b"}, "numbers": {1, 2}, "bytes": {b"a", b"b"}})

    assert {name: sorted(*attribute.values()) for name, attribute in written.items()} == {
        "texts": ["a", "b"],
        "numbers": ["1", "2"],
        "bytes": [b"a", b"b"],
    }
    assert [list(attribute) for attribute in written.values()] == [["SS"], ["NS"], ["BS"]]
    assert to_item({"bytes": {"BS": [b"a", b"b"]}}) == {"bytes": {b"a", b"b"}}


@pytest.mark.parametrize(
    "value",
    [1.5, {1.5}, {"a", 1}, {b"a", 1}, {"a", b"a"}, object(), Decimal("Infinity"), Decimal("NaN"), [1.5], {"a": 1.5}],
)
def test_a_value_of_a_type_that_dynamodb_does_not_have_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError, match="DynamoDB"):
        to_attributes({"name": value})


@pytest.mark.parametrize(
    "number",
    [10**38, 10**38 + 1, -(10**38) - 1, Decimal("1." + "1" * 38), Decimal("1E+127")],
    ids=str,
)
def test_a_number_that_dynamodb_would_round_is_an_error(number: Any) -> None:
    with pytest.raises(ArithmeticError):
        to_attributes({"name": number})


def test_an_unknown_type_of_a_later_dynamodb_is_an_error() -> None:
    with pytest.raises(TypeError, match="DynamoDB has no type X"):
        to_item({"name": {"X": "1"}})
