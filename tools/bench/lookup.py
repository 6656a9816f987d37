"""The read units of the storefront's lookups, by AWS's rules, in a small shop and in a large one."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.live.published_store import PublishedStore
from inventory.stock import lookup
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from inventory.stock.store import StockStore
from tests.support.memory_dynamodb import Database, MemoryClient
from tests.support.memory_dynamodb.client import METHODS
from tests.support.shop import create_tables
from tools.bench.levels import write_levels
from tools.bench.part import step
from tools.local.emulators.metering import Consistency, item_bytes, read_units

LEVELS = (1_000, 50_000)
WAREHOUSES = ("main", "north")
POLICY = SourcingPolicy(WAREHOUSES, Sourcing.ONE_WAREHOUSE)


def figures(sizes: Iterable[int] = LEVELS) -> dict[str, float]:
    """For each size of the shop the units of a lookup of one product, and of one of 100."""
    found: dict[str, float] = {}
    for levels in sizes:
        step(f"a shop with {levels:,} levels")
        shop = _MeteredShop(levels)
        found[f"lookup.{levels}.read_units"] = shop.units_of(1)
        found[f"lookup.{levels}.read_units_of_100_products"] = shop.units_of(lookup.PRODUCTS_MAX)
    return found


def units_read(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """The read units of one call.

    Raises:
        ValueError: the answer does not show what was read.
    """
    if "FilterExpression" in request or "ProjectionExpression" in request:
        raise ValueError(f"what {operation} read is more than what it answers")
    match operation:
        case "Query" | "Scan":
            return read_units(sum(map(item_bytes, answer["Items"])), _consistency(request))
        case "GetItem":
            return read_units(item_bytes(answer.get("Item")), _consistency(request))
        case "BatchGetItem":
            return sum(
                _units_of_batch(asked, answer["Responses"].get(table, []))
                for table, asked in request["RequestItems"].items()
            )
    raise ValueError(f"a lookup does not call {operation}")


def _units_of_batch(asked: Mapping[str, Any], items: list[Any]) -> float:
    """Each key is rounded up for itself; one that is not found costs as much as the smallest item."""
    consistency = _consistency(asked)
    missing = len(asked["Keys"]) - len(items)
    return sum(read_units(item_bytes(item), consistency) for item in items) + missing * read_units(0, consistency)


def _consistency(request: Mapping[str, Any]) -> Consistency:
    return Consistency.STRONG if request.get("ConsistentRead") else Consistency.EVENTUAL


class _MeteredShop:
    """A shop in memory, of whose reads the units are counted."""

    def __init__(self, levels: int) -> None:
        self._database = Database()
        self._reads: list[float] = []  # appended to by the threads of a lookup
        client: Any = MemoryClient(METHODS, self._call)
        tables = create_tables(client)
        self._store = StockStore(client, tables)
        self._published = PublishedStore(client, tables)
        self._products = [f"PRODUCT-{number:05}" for number in range(levels // len(WAREHOUSES))]
        keys = [(product_id, warehouse_id) for product_id in self._products for warehouse_id in WAREHOUSES]
        write_levels(client, tables.inventory, keys, on_hand=1_000)

    def units_of(self, products: int) -> float:
        """The units of a lookup of so many products: their sequences and their levels.

        Nothing of them is published here. A row of the publisher costs as much as one that does not exist.
        """
        chosen = random.Random(0).sample(self._products, products)
        self._reads.clear()
        self._published.sequences(chosen)
        found = lookup.list_stock(chosen, stock=self._store, policy=POLICY)
        if len(found) != products:
            raise RuntimeError(f"the lookup found {len(found)} of {products} products")
        return sum(self._reads)

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        answer = self._database.call(operation, request)
        if operation not in ("CreateTable", "BatchWriteItem"):
            self._reads.append(units_read(operation, request, answer))
        return answer
