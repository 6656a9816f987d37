"""At the end of a world somebody breaks one row, and the comparison of the counters must find it."""

import random
from collections.abc import Callable
from typing import Any

from inventory.aws.changes import to_attributes, to_item
from inventory.items import SHARD_CHANGES
from tests.simulation.platform.invocations import Invocations
from tests.simulation.platform.scheduler import Scheduler
from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.values import Item

COMPARED_WITHIN_SECONDS = 900.0
Break = Callable[[Item], Item | None]


def _add(name: str, units: int) -> Break:
    return lambda row: row | {name: row[name] + units}


# What is broken: in which table, how, and what the comparison answers.
BREAKS: tuple[tuple[str, Break, str], ...] = (
    ("inventory", _add("available", 1), "drifted"),
    ("inventory", _add("reserved", 2), "drifted"),
    ("inventory", _add("on_hand", -1), "drifted"),
    ("inventory", lambda row: row | {"on_hand": row["on_hand"] + 3, "available": row["available"] + 3}, "drifted"),
    ("inventory", lambda row: row | {"reserved": row["reserved"] + 1, "available": row["available"] - 1}, "drifted"),
    ("movements", lambda row: None, "drifted"),
    ("movements", _add("delta", -2), "drifted"),
    ("customers", _add("held_units", 1), "customers_drifted"),
    ("customers", _add("active_holds", -1), "customers_drifted"),
)


def missed_drift(draw: random.Random, scheduler: Scheduler, invocations: Invocations, database: Database) -> list[str]:
    """Break a row and compare; a sentence if the comparison did not find it, or found more."""
    table, change, found_as = draw.choice(BREAKS)
    rows = [row for row in map(to_item, database.tables[table].items()) if _is_compared(row)]
    if not rows:
        return []
    row = draw.choice(sorted(rows, key=str))
    broken = change(row)
    database.listeners.clear()  # the books would notice it at once
    _write(database, table, row, broken)
    scheduler.run(scheduler.now + 1)
    answers: list[Any] = []
    invocations.invoke("reconcile_counters", {}, lambda answer, error: answers.append(answer))
    scheduler.run(scheduler.now + COMPARED_WITHIN_SECONDS)
    if table in ("inventory", "movements") and answers and answers[0] and answers[0]["taken_over"]:
        return []  # the level has no movement (any more): its units are taken over, as if another tool had written it
    found = {name: answers[0][name] for name in ("drifted", "customers_drifted")} if answers and answers[0] else {}
    if found == {"drifted": 0, "customers_drifted": 0} | {found_as: 1}:
        return []
    return [f"the comparison found {found} after {row} of {table} became {broken}"]


def _is_compared(row: Item) -> bool:
    return row.get("delta") != 0 and row.get("product_id") != SHARD_CHANGES


def _write(database: Database, table: str, row: Item, broken: Item | None) -> None:
    if broken is not None:
        database.call("PutItem", {"TableName": table, "Item": to_attributes(broken)})
        return
    key = {name: row[name] for name in database.tables[table].key}
    database.call("DeleteItem", {"TableName": table, "Key": to_attributes(key)})
