"""Checks the invariants between the tables: returns a sentence for each level or customer that breaks one."""

from collections import Counter
from collections.abc import Iterable

from inventory.aws.changes import Item
from inventory.items import to_level
from inventory.model import LevelKey
from inventory.reconciliation.findings import Drift, name_of


def differences(levels: Iterable[Item], reservations: Iterable[Item], movements: Iterable[Item]) -> list[str]:
    """One sentence for each level that breaks an invariant.

    The invariants: available is never below zero; on_hand = available + reserved; reserved is the number of units in HELD
    and PAID reservations; on_hand is the sum of the level's movements. Nothing may be written while the tables are read.
    """
    held: Counter[LevelKey] = Counter()
    for reservation in reservations:
        if reservation["status"] in ("HELD", "PAID"):
            for line in reservation["lines"]:
                for source in line.get("sources", [line]):  # a line without sources is taken from its own warehouse
                    held[LevelKey(line["product_id"], source["warehouse_id"])] += int(source["quantity"])
    moved: Counter[LevelKey] = Counter()
    for movement in movements:
        moved[LevelKey(movement["product_id"], movement["warehouse_id"])] += int(movement["delta"])
    drifts = (Drift(level, held[level.key], moved[level.key]) for level in map(to_level, levels))
    return [f"{name_of(drift.level)}: {sentence}" for drift in drifts for sentence in drift.differences()]


def customer_differences(reservations: Iterable[Item], customers: Iterable[Item]) -> list[str]:
    """One sentence for each customer whose counters differ from their HELD and PAID reservations.

    Nothing may be written while the tables are read.
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
