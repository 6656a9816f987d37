"""Capacity units by AWS's documented rules and examples."""

import pytest

from tools.local.emulators.metering import (
    Consistency,
    Index,
    index_write_units,
    item_bytes,
    number_bytes,
    read_units,
    value_bytes,
    write_units,
)

KILOBYTE = 1024


def an_item(size: int) -> dict[str, dict[str, str]]:
    """An item of exactly this size: its one attribute's name is a byte."""
    return {"a": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "stock"}, 5),
        ({"S": "größe"}, 7),  # bytes of UTF-8, not characters
        ({"B": "AAECAw=="}, 4),  # the bytes, not their base64
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "-23"]}, 2 + 3),
        ({"BS": ["AA==", "AAA="]}, 3),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": False}]}, 3 + (1 + 2) + (1 + 1)),
        ({"M": {"sku": {"S": "ab"}}}, 3 + (1 + 3 + 2)),
    ],
)
def test_a_value_is_as_large_as_its_type_says(value: dict[str, object], size: int) -> None:
    assert value_bytes(value) == size


@pytest.mark.parametrize(
    ("number", "size"),
    [("0", 1), ("7", 2), ("27", 2), ("-27", 3), ("461", 3), ("1000", 2), ("0.0012", 2), ("1E+30", 2), ("9" * 38, 20)],
)
def test_a_number_is_half_as_large_as_its_significant_digits_and_one_byte(number: str, size: int) -> None:
    assert number_bytes(number) == size


def test_an_item_is_the_sum_of_its_names_and_values() -> None:
    assert item_bytes({"product_id": {"S": "P-1"}, "on_hand": {"N": "12"}}) == (10 + 3) + (7 + 2)


@pytest.mark.parametrize(
    ("size", "consistency", "units"),
    [
        (4 * KILOBYTE, Consistency.STRONG, 1),
        (8 * KILOBYTE, Consistency.STRONG, 2),
        (8 * KILOBYTE, Consistency.EVENTUAL, 1),
        (8 * KILOBYTE, Consistency.TRANSACTIONAL, 4),
        (3 * KILOBYTE + 512, Consistency.STRONG, 1),
        (10 * KILOBYTE, Consistency.STRONG, 3),
        (0, Consistency.STRONG, 1),
        (0, Consistency.EVENTUAL, 0.5),
    ],
)
def test_a_read_costs_a_unit_for_every_four_kilobytes(size: int, consistency: Consistency, units: float) -> None:
    assert read_units(size, consistency) == units


@pytest.mark.parametrize(("size", "units"), [(100, 1), (KILOBYTE, 1), (KILOBYTE + 1, 2), (2 * KILOBYTE, 2)])
def test_a_write_costs_a_unit_for_every_kilobyte_and_two_in_a_transaction(size: int, units: int) -> None:
    assert write_units(None, an_item(size)) == units
    assert write_units(None, an_item(size), transactional=True) == 2 * units


def test_an_update_costs_the_larger_of_before_and_after() -> None:
    assert write_units(an_item(3 * KILOBYTE), an_item(10)) == 3
    assert write_units(an_item(10), an_item(3 * KILOBYTE)) == 3


def test_a_delete_costs_what_was_there_and_at_least_one_unit() -> None:
    assert write_units(an_item(3 * KILOBYTE), None) == 3
    assert write_units(None, None) == 1


BY_PHASE = Index(keys={"phase", "phase_at"}, attributes={"phase", "phase_at", "reservation_id"})
HELD = {"reservation_id": {"S": "r"}, "phase": {"S": "ACTIVE"}, "phase_at": {"S": "10:00"}, "status": {"S": "HELD"}}
PAID = {**HELD, "status": {"S": "PAID"}}
DECIDED = {**PAID, "phase": {"S": "COMMITTED"}, "phase_at": {"S": "10:01"}}
UNLISTED = {"reservation_id": {"S": "r"}, "status": {"S": "REJECTED"}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, HELD, 1),
        (HELD, None, 1),
        (HELD, PAID, 0),  # nothing that the index carries has changed
        (PAID, DECIDED, 2),  # the entry moves: one delete, one put
        (HELD, UNLISTED, 1),  # it leaves the index
        (UNLISTED, UNLISTED, 0),
        (None, UNLISTED, 0),
    ],
)
def test_an_index_is_written_only_when_its_entry_changes(
    before: dict[str, dict[str, str]] | None, after: dict[str, dict[str, str]] | None, units: int
) -> None:
    assert index_write_units([BY_PHASE], before, after) == units


def test_an_entry_that_changes_in_place_is_written_once() -> None:
    everything = Index(keys={"phase"}, attributes=None)

    assert index_write_units([everything], HELD, PAID) == 1
