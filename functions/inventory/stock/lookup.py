"""The stock that a storefront shows: what can be bought now, of one product or of many."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from inventory.errors import ProductNotFound
from inventory.model import Level, StockStatus
from inventory.stock.store import StockStore

PRODUCTS_MAX = 100
# The warehouses of a product are not known in advance, so each product is one query; so many run in parallel.
QUERIES_AT_ONCE = 20

_queries = ThreadPoolExecutor(QUERIES_AT_ONCE, thread_name_prefix="lookup")


@dataclass(frozen=True, slots=True)
class Stock:
    """A product as a shopper sees it: all its warehouses, and nothing about reservations."""

    levels: tuple[Level, ...]

    @property
    def product_id(self) -> str:
        return self.levels[0].product_id

    @property
    def available(self) -> int:
        return sum(level.available for level in self.levels)

    @property
    def status(self) -> StockStatus:
        """The best status of its warehouses."""
        statuses = {level.status for level in self.levels}
        return next(status for status in StockStatus if status in statuses)

    def to_json(self) -> dict[str, Any]:
        return {
            "product_id": self.product_id,
            "name": self.levels[0].name,
            "available": self.available,
            "status": self.status,
            "warehouses": [
                {"warehouse_id": level.warehouse_id, "available": level.available, "status": level.status}
                for level in self.levels
            ],
            "updated_at": max(level.updated_at for level in self.levels),
        }


def get_stock(product_id: str, *, stock: StockStore) -> Stock:
    """One product, strongly consistent.

    Raises:
        ProductNotFound: no warehouse has a level of it that is not retired.
    """
    levels = _shown(stock.levels_of(product_id))
    if not levels:
        raise ProductNotFound(f"there is no product {product_id}")
    return Stock(tuple(levels))


def list_stock(product_ids: Sequence[str], *, stock: StockStore) -> list[Stock]:
    """Many products in the requested order; those that do not exist or are retired are left out."""
    found = map(_shown, _queries.map(stock.levels_of, product_ids))
    return [Stock(tuple(levels)) for levels in found if levels]


def _shown(levels: Sequence[Level]) -> list[Level]:
    """The levels that shoppers see."""
    return [level for level in levels if level.active]
