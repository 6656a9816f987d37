"""Whether the three tables agree with each other. Pure: rows in, differences out."""

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
