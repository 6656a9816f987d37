"""The invariant checks report every level and every customer whose counters are wrong."""

from typing import Any

import pytest

from tools.reconcile.invariants import customer_differences, differences


def reservation(status: str, *quantities: int, **more: Any) -> dict[str, Any]:
    """A reservation's row, with the attributes that the checks read."""
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


# --- levels


def level(on_hand: int, reserved: int, available: int, *, warehouse_id: str = "main") -> dict[str, Any]:
    """A level's row."""
    return {
        "product_id": "P-1",
        "warehouse_id": warehouse_id,
        "name": "Mug",
        "category": "kitchen",
        "on_hand": on_hand,
        "reserved": reserved,
        "available": available,
        "low_stock_threshold": 0,
        "low_stock_alerted": False,
        "version": 1,
        "updated_at": "2026-03-01T12:00:00.000Z",
    }


def movement(delta: int, *, warehouse_id: str = "main") -> dict[str, Any]:
    """A movement's row, with the attributes that the checks read."""
    return {"product_id": "P-1", "warehouse_id": warehouse_id, "delta": delta}


LEDGER = [movement(20), movement(-5), movement(7, warehouse_id="north")]  # the RESERVATIONS hold 10 units


def test_levels_that_match_their_reservations_and_movements_are_not_reported() -> None:
    assert differences([level(15, 10, 5), level(7, 0, 7, warehouse_id="north")], RESERVATIONS, LEDGER) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (level(15, 10, 4), "15 on hand, but 4 available + 10 reserved"),
        (level(15, 9, 6), "9 reserved, but its reservations hold 10"),
        (level(16, 10, 6), "16 on hand, but its movements add up to 15"),
    ],
)
def test_a_level_with_a_wrong_counter_is_reported(wrong: dict[str, Any], sentence: str) -> None:
    assert differences([wrong], RESERVATIONS, LEDGER) == [f"P-1 in main: {sentence}"]


def test_an_oversold_level_is_reported() -> None:
    assert differences([level(9, 10, -1)], RESERVATIONS, [movement(9)]) == ["P-1 in main: -1 are available"]


# --- customers


def test_counters_that_match_the_customers_reservations_are_not_reported() -> None:
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
def test_a_wrong_counter_of_a_customer_is_reported(customers: list[dict[str, Any]]) -> None:
    [difference] = customer_differences(RESERVATIONS, customers)

    assert difference.startswith("customer C-1 is counted as")
    assert difference.endswith("but holds (2, 6)")


@pytest.mark.parametrize("wrong", [counted("C-2", 1, 1), counted("C-2", -1, 0)])
def test_a_wrong_counter_of_a_customer_without_reservations_is_reported(wrong: dict[str, Any]) -> None:
    [difference] = customer_differences(RESERVATIONS, [counted("C-1", 2, 6), wrong])

    assert "customer C-2" in difference


def test_a_shard_with_units_that_its_level_does_not_count_is_named() -> None:
    own, shard = level(0, 0, 0), level(2, 0, 2)
    shard |= {"product_id": "\x1fshard\x1f3\x1fP-1"}
    moved = [{"product_id": shard["product_id"], "warehouse_id": "main", "delta": 2}]

    assert differences([own, shard], [], moved) == ["P-1 in main, shard 3: has units, but its level does not count it"]
    assert differences([own | {"shards": 4}, shard], [], moved) == []
