"""Checks the invariants between the tables: returns a sentence for each level or customer that breaks one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import filterfalse

from inventory.aws.changes import Item
from inventory.items import is_heartbeat, is_no_level, to_level, to_level_key
from inventory.model import Level, LevelKey
from inventory.reconciliation.findings import Drift, name_of


def differences(levels: Iterable[Item], reservations: Iterable[Item], movements: Iterable[Item]) -> list[str]:
    """One sentence for each level that breaks an invariant.

    The invariants: available is never below zero; on_hand = available + reserved + allocated; reserved is the number of
    units in HELD and PAID reservations; allocated is that of tracked COMMITTED ones, without what was dispatched or
    returned before; on_hand is the sum of the level's movements, and allocated is so, too. They hold for each shard of a
    level that is spread, and its own row counts every shard that has units. Nothing may be written while the tables are
    read.
    """
    held: Counter[LevelKey] = Counter()
    allocated: Counter[LevelKey] = Counter()
    for reservation in filterfalse(is_heartbeat, reservations):
        if reservation["status"] in ("HELD", "PAID"):
            held.update(_units(reservation))
        elif reservation["status"] == "COMMITTED" and reservation.get("tracked"):
            allocated.update(_units(reservation))
            allocated.subtract(_no_longer_allocated(reservation))
    moved: Counter[LevelKey] = Counter()
    moved_allocated: Counter[LevelKey] = Counter()
    for movement in movements:
        key = to_level_key(movement)
        moved[key] += int(movement["delta"])
        moved_allocated[key] += int(movement.get("allocated_delta", 0))
    read = {level.key: level for level in (to_level(row) for row in levels if not is_no_level(row))}
    drifts = (
        Drift(level, held[key], moved[key], allocated=units)
        for key, level in read.items()
        for units in sorted({moved_allocated[key], allocated[key]})
    )
    missing = (key for key, units in allocated.items() if units and key not in read)
    sentences = (f"{name_of(drift.level)}: {sentence}" for drift in drifts for sentence in drift.differences())
    return [
        *sentences,
        *(f"{key.product_id} in {key.warehouse_id}: allocated, but does not exist" for key in missing),
        *(f"{name_of(level)}: has units, but its level does not count it" for level in _uncounted(read)),
    ]


def _uncounted(read: Mapping[LevelKey, Level]) -> Iterator[Level]:
    """Shards with units that no reader of their level sees."""
    for key, level in read.items():
        own = read.get(key.level)
        if (own is None or own.shards <= key.shard) and key.shard and (level.on_hand or level.available):
            yield level


def _units(reservation: Item) -> Counter[LevelKey]:
    """The units of a reservation, by the levels that they were taken from."""
    units: Counter[LevelKey] = Counter()
    for line in reservation["lines"]:
        for source in line.get("sources", [line]):  # a line without sources is taken from its own warehouse
            units[LevelKey(line["product_id"], source["warehouse_id"], int(source.get("shard", 0)))] += int(
                source["quantity"]
            )
    return units


def _no_longer_allocated(reservation: Item) -> Counter[LevelKey]:
    """The units of a tracked sale that were dispatched, or returned before."""
    units: Counter[LevelKey] = Counter()
    for after in reservation.get("after_sale", []):
        key = to_level_key(after)
        units[key] += int(after.get("dispatched", 0)) + int(after.get("returned_undispatched", 0))
    return units


def customer_differences(reservations: Iterable[Item], customers: Iterable[Item]) -> list[str]:
    """One sentence for each customer whose counters differ from their HELD and PAID reservations.

    Nothing may be written while the tables are read.
    """
    holds: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for reservation in filterfalse(is_heartbeat, reservations):
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
