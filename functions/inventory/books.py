"""Whether the tables agree with each other. Pure: rows in, differences out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

RowLike = Mapping[str, Any]


def differences(levels: Iterable[RowLike], reservations: Iterable[RowLike], movements: Iterable[RowLike]) -> list[str]:
    """Every level that breaks an invariant, one sentence each.

    Available is never below zero; on_hand = available + reserved; reserved is the sum of what HELD and PAID reservations
    hold; on_hand is the sum of the level's movements. The rows must be of one moment: nothing may be written meanwhile.
    """
    held: Counter[tuple[str, str]] = Counter()
    for reservation in reservations:
        if reservation["status"] in ("HELD", "PAID"):
            for line in reservation["lines"]:
                held[line["product_id"], line["warehouse_id"]] += int(line["quantity"])
    moved: Counter[tuple[str, str]] = Counter()
    for movement in movements:
        moved[movement["product_id"], movement["warehouse_id"]] += int(movement["delta"])
    return [found for level in levels for found in _differences_of(level, held, moved)]


def _differences_of(
    level: RowLike, held: Mapping[tuple[str, str], int], moved: Mapping[tuple[str, str], int]
) -> Iterable[str]:
    key = (level["product_id"], level["warehouse_id"])
    name = f"{key[0]} in {key[1]}"
    on_hand, available, reserved = (int(level[field]) for field in ("on_hand", "available", "reserved"))
    if available < 0:
        yield f"{name} is oversold: {available} available"
    if on_hand != available + reserved:
        yield f"{name} has {on_hand} on hand, but {available} available + {reserved} reserved"
    if reserved != held[key]:
        yield f"{name} has {reserved} reserved, but its reservations hold {held[key]}"
    if on_hand != moved[key]:
        yield f"{name} has {on_hand} on hand, but its movements add up to {moved[key]}"


def customer_differences(reservations: Iterable[RowLike], customers: Iterable[RowLike]) -> list[str]:
    """Every customer whose counts are not the reservations and units that are HELD or PAID for them, a sentence each.

    The rows must be of one moment: nothing may be written meanwhile.
    """
    holds: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for reservation in reservations:
        if reservation["status"] in ("HELD", "PAID") and "customer_id" in reservation:
            holds[reservation["customer_id"]] += 1
            units[reservation["customer_id"]] += sum(int(line["quantity"]) for line in reservation["lines"])
    counted = {row["customer_id"]: (int(row["active_holds"]), int(row["held_units"])) for row in customers}
    return [
        f"customer {customer_id} is counted as (reservations, units) {counted.get(customer_id, (0, 0))},"
        f" but holds {(holds[customer_id], units[customer_id])}"
        for customer_id in sorted(counted.keys() | holds.keys())
        if counted.get(customer_id, (0, 0)) != (holds[customer_id], units[customer_id])
    ]
