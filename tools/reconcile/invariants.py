"""Whether the tables agree with each other at a moment in which nothing is written: rows in, differences out."""

from collections import Counter
from collections.abc import Iterable

from inventory.aws.changes import Item
from inventory.items import to_level
from inventory.model import LevelKey
from inventory.reconciliation.counter_drift import Drift, name_of


def differences(levels: Iterable[Item], reservations: Iterable[Item], movements: Iterable[Item]) -> list[str]:
    """Every level that breaks an invariant, one sentence each.

    Available is never below zero; on_hand = available + reserved; reserved is the sum of what HELD and PAID reservations
    hold; on_hand is the sum of the level's movements. The rows must be of one moment: nothing may be written meanwhile.
    """
    held: Counter[LevelKey] = Counter()
    for reservation in reservations:
        if reservation["status"] in ("HELD", "PAID"):
            for line in reservation["lines"]:
                held[LevelKey(line["product_id"], line["warehouse_id"])] += int(line["quantity"])
    moved: Counter[LevelKey] = Counter()
    for movement in movements:
        moved[LevelKey(movement["product_id"], movement["warehouse_id"])] += int(movement["delta"])
    drifts = (Drift(level, held[level.key], moved[level.key]) for level in map(to_level, levels))
    return [f"{name_of(drift.level)}: {sentence}" for drift in drifts for sentence in drift.differences()]


def customer_differences(reservations: Iterable[Item], customers: Iterable[Item]) -> list[str]:
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
