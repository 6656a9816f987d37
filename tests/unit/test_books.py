"""The books: what does not agree is said, and by whom."""

from typing import Any

import pytest

from inventory.books import customer_differences


def reservation(status: str, *quantities: int, **more: Any) -> dict[str, Any]:
    """A reservation's row, as far as the books look at it."""
    lines = [{"product_id": "P-1", "warehouse_id": "main", "quantity": quantity} for quantity in quantities]
    return {"status": status, "lines": lines} | more


def counted(customer_id: str, active_holds: int, held_units: int) -> dict[str, Any]:
    """A customer's row."""
    return {"customer_id": customer_id, "active_holds": active_holds, "held_units": held_units}


RESERVATIONS = [
    reservation("HELD", 1, 2, customer_id="C-1"),
    reservation("PAID", 3, customer_id="C-1"),
    reservation("HELD", 4),
    *(reservation(status, 5, customer_id="C-1") for status in ("COMMITTED", "RELEASED", "REJECTED", "UNFULFILLED")),
]


def test_counts_that_are_what_is_held_and_paid_differ_in_nothing() -> None:
    assert customer_differences(RESERVATIONS, [counted("C-1", 2, 6), counted("C-2", 0, 0)]) == []


@pytest.mark.parametrize(
    "customers",
    [
        [],
        [counted("C-1", 3, 6)],
        [counted("C-1", 2, 5)],
        [counted("C-1", 0, 0)],
    ],
)
def test_a_count_that_is_not_what_a_customer_holds_is_named(customers: list[dict[str, Any]]) -> None:
    [difference] = customer_differences(RESERVATIONS, customers)

    assert difference.startswith("customer C-1 is counted as")
    assert difference.endswith("but holds (2, 6)")


@pytest.mark.parametrize("wrong", [counted("C-2", 1, 1), counted("C-2", -1, 0)])
def test_a_count_of_who_holds_nothing_is_named(wrong: dict[str, Any]) -> None:
    [difference] = customer_differences(RESERVATIONS, [counted("C-1", 2, 6), wrong])

    assert "customer C-2" in difference
