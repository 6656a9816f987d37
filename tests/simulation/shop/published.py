"""What must have been published at the end: pages show the stock, and the events of each reservation are complete."""

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import to_item
from inventory.aws.dynamodb import Tables
from inventory.live.events import DetailType
from inventory.live.products.decisions import Display
from inventory.live.published_store import PublishedStore
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from inventory.stock.store import StockStore
from tests.simulation.platform.runtime import TABLES
from tests.simulation.shop.books import UNREADABLE
from tests.simulation.shop.disturbances import POLICIES
from tests.support.memory_dynamodb import memory_client

if TYPE_CHECKING:
    from tests.simulation.shop.world import World

# The event with which the states of a reservation end.
LAST = {
    "REJECTED": DetailType.RESERVATION_REJECTED,
    "COMMITTED": DetailType.RESERVATION_COMMITTED,
    "RELEASED": DetailType.RESERVATION_RELEASED,
    "UNFULFILLED": DetailType.RESERVATION_RELEASED,
}
BESIDE_STATES = {DetailType.PAYMENT_UNFULFILLED, DetailType.STOCK_RETURNED}
NOT_COMPARED = ("updated_at", "sequence", "channel")


def unpublished(world: "World") -> Iterator[str]:
    """One sentence for each thing that is wrong."""
    if world.streams.left or world.targets.waiting:
        yield f"{world.streams.left} records and {len(world.targets.waiting)} messages are left"
    for row in map(to_item, world.rows("published")):
        if row["pending"]:
            yield f"{row['subject']!r} has pending events"
    yield from _products(world)
    yield from _reservations(world)


def _products(world: "World") -> Iterator[str]:
    client, tables = memory_client(world.database), tables_of_world()
    stock, published = StockStore(client, tables), PublishedStore(client, tables)
    last: dict[str, dict[str, Any]] = {}
    for push in world.targets.pushes:
        if push["sequence"] > last.get(push["product_id"], {"sequence": 0})["sequence"]:
            last[push["product_id"]] = push
    product_ids = {product.partition("/")[0] for product in world.shoppers.products} | last.keys()
    for product_id in sorted(product_ids):
        levels = [level for level in stock.levels_of(product_id) if level.active]
        shown = last.get(product_id)
        if shown is None:
            if levels:
                yield f"nothing of {product_id} was pushed"
            continue
        if shown["sequence"] != published.sequence(product_id):
            yield f"{product_id} has the sequence {published.sequence(product_id)}, and {shown['sequence']} was pushed"
        allowed = [_compared(Display(policy, 0).of(levels) or {}) for policy in _policies(world)]
        if levels and _compared(shown) not in allowed:
            yield f"a page shows {_compared(shown)}, the stock is {allowed}"
        if not levels and shown["available"]:
            yield f"a page shows {shown['available']} units of {product_id}, which is not for sale"


def _policies(world: "World") -> list[SourcingPolicy]:
    """By which the last change of a product may have been shown: a new setting is no change of a row."""
    now = (os.environ["SOURCING"], os.environ["WAREHOUSE_PRIORITY"])
    pairs = POLICIES if world.weather.settings_change else (now,)
    return [SourcingPolicy(tuple(warehouses.split(",")), Sourcing(sourcing)) for sourcing, warehouses in pairs]


def _compared(stock: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stock.items() if name not in NOT_COMPARED}


def _reservations(world: "World") -> Iterator[str]:
    found: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for event in world.targets.events:
        if "execution_name" in event:
            known = found[event["execution_name"]].setdefault(event["sequence"], event)
            if known != event:
                yield f"{event['execution_name']} has two events with the sequence {event['sequence']}"
    for row in map(to_item, world.rows("reservations")):
        name = row["reservation_id"]
        if name.startswith(UNREADABLE):
            continue
        events = found[name]
        if sorted(events) != list(range(1, len(events) + 1)):
            yield f"{name} has events with the sequences {sorted(events)}"
        states = [events[number]["detail_type"] for number in sorted(events)]
        states = [state for state in states if state not in BESIDE_STATES]
        if not states or states[-1] != LAST.get(row["status"]):
            yield f"{name} is {row['status']}, and its events are {states}"


def tables_of_world() -> Tables:
    """The tables by the names that they have in the simulation."""
    names = {name.removesuffix("Table"): table for name, table in TABLES.items()}
    fields = {_snake_case(name): table for name, table in names.items()}
    return Tables(**{field: fields[field] for field in Tables.__dataclass_fields__})


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")
