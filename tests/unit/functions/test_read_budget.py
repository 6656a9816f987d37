"""A call reads as many rows as its budget pays for, and at least one."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from inventory.admin.read_budget import FIRST_ROWS, UNIT_BYTES, ReadBudget, units_of
from inventory.aws.changes import Item

SMALL: Item = {"name": "a row"}
KEYS = [str(number) for number in range(100)]


class Table:
    """A table whose rows are all alike; it counts what is read of it."""

    def __init__(self, row: Item, keys: Sequence[str] = KEYS) -> None:
        self._rows = {key: row for key in keys}
        self.units = 0
        self.reads = 0

    def read(self, keys: Sequence[str]) -> Mapping[str, Item]:
        found = {key: self._rows[key] for key in keys if key in self._rows}
        self.units += sum(map(units_of, found.values())) + len(keys) - len(found)
        self.reads += 1
        return found


def a_row_of(units: int) -> Item:
    """A row that costs so many units."""
    return {"text": "x" * (units * UNIT_BYTES - 100)}


def test_small_rows_are_read_in_two_reads() -> None:
    table = Table(SMALL)

    found, number = ReadBudget(100).rows(KEYS, table.read)

    assert (list(found), number, table.reads) == (KEYS, 100, 2)


@pytest.mark.parametrize("units", [1, 2, 3, 9])
def test_rows_of_any_size_cost_at_most_the_budget(units: int) -> None:
    table = Table(a_row_of(units))

    found, number = ReadBudget(90).rows(KEYS, table.read)

    assert table.units <= 90
    assert len(found) == number == 90 // units


def test_what_is_read_in_addition_counts_and_ends_the_rows_before_it() -> None:
    table = Table(SMALL)

    found, number = ReadBudget(100).rows(KEYS, table.read, more=lambda _: 31)

    assert list(found) == KEYS[:number]
    assert number == 2  # ten rows were read, and the 31 units of two of them are left


@pytest.mark.parametrize(("units", "first"), [(0, 1), (7, 1), (8, 2), (39, 9), (40, 10), (100, 10)])
def test_the_fewer_units_are_left_the_fewer_rows_are_read_before_their_size_is_known(units: int, first: int) -> None:
    assert ReadBudget(units).first_size == first


def test_a_budget_is_spent_when_it_does_not_pay_for_a_small_row() -> None:
    assert not ReadBudget(1).is_spent
    assert ReadBudget(0.5).is_spent


def test_one_row_is_read_whatever_it_costs_so_that_a_list_goes_on() -> None:
    table = Table(SMALL)

    assert ReadBudget(0).rows(KEYS, table.read, more=lambda _: 31)[1] == 1


def test_rows_that_are_gone_cost_a_unit_each_and_are_passed() -> None:
    table = Table(SMALL, keys=KEYS[60:])

    found, number = ReadBudget(80).rows(KEYS, table.read)

    assert (table.units, number) == (80, 80)
    assert list(found) == KEYS[60:80]


def test_nothing_to_read_reads_nothing() -> None:
    table = Table(SMALL)

    assert ReadBudget(80).rows([], table.read) == ({}, 0)
    assert table.reads == 0


@pytest.mark.parametrize(
    ("row", "size"), [(SMALL, 50), ({"text": "x" * 60_000}, 12)], ids=["small items", "large items"]
)
def test_a_query_reads_on_with_as_many_items_as_are_paid_for(row: Item, size: int) -> None:
    budget = ReadBudget(93)

    assert budget.size([row] * FIRST_ROWS, wanted=50) == size


def test_the_size_of_a_row_is_that_of_its_names_and_values() -> None:
    row: dict[str, Any] = {"lines": [{"product_id": "é" * 100, "quantity": 3, "sources": None}] * 20}

    assert units_of(row) == 2
    assert units_of(row, row) == 3
