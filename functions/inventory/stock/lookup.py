"""The stock that a storefront shows: what can be bought now, of one product or of many."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from inventory.errors import ProductNotFound
from inventory.model import Level, StockStatus
from inventory.stock.sourcing import SourcingPolicy
from inventory.stock.store import StockStore

PRODUCTS_MAX = 100
# The warehouses of a product are not known in advance, so each product is one query; so many run in parallel.
QUERIES_AT_ONCE = 20

_queries = ThreadPoolExecutor(QUERIES_AT_ONCE, thread_name_prefix="lookup")


@dataclass(frozen=True, slots=True)
class Stock:
    """A product as a shopper sees it: the warehouses that a line may be taken from, and nothing about reservations."""

    levels: tuple[Level, ...]  # all that are not retired
    policy: SourcingPolicy

    @property
    def product_id(self) -> str:
        return self.levels[0].product_id

    @property
    def shown(self) -> list[Level]:
        """The levels that a line may be taken from, in the order in which they are tried."""
        levels = {level.warehouse_id: level for level in self.levels}
        return [levels[warehouse_id] for warehouse_id in self.policy.shown(levels)]

    @property
    def available(self) -> int:
        """How many units one line could be held of now, but for the limits of a line and of a customer."""
        return self.policy.holdable({level.warehouse_id: level.available for level in self.levels})

    @property
    def status(self) -> StockStatus:
        """The best status of the warehouses that are shown."""
        statuses = {level.status for level in self.shown} | {StockStatus.OUT_OF_STOCK}
        return next(status for status in StockStatus if status in statuses)

    def to_json(self) -> dict[str, Any]:
        shown = self.shown
        return {
            "product_id": self.product_id,
            "name": (shown or self.levels)[0].name,
            "available": self.available,
            "status": self.status,
            "warehouses": [
                {"warehouse_id": level.warehouse_id, "available": level.available, "status": level.status}
                for level in shown
            ],
            "updated_at": max(level.updated_at for level in shown or self.levels),
        }


def get_stock(product_id: str, *, stock: StockStore, policy: SourcingPolicy) -> Stock:
    """One product, strongly consistent.

    Raises:
        ProductNotFound: no warehouse has a level of it that is not retired.
    """
    levels = _for_sale(stock.levels_of(product_id))
    if not levels:
        raise ProductNotFound(f"there is no product {product_id}")
    return Stock(tuple(levels), policy)


def list_stock(product_ids: Sequence[str], *, stock: StockStore, policy: SourcingPolicy) -> list[Stock]:
    """Many products in the requested order; those that do not exist or are retired are left out."""
    found = map(_for_sale, _queries.map(stock.levels_of, product_ids))
    return [Stock(tuple(levels), policy) for levels in found if levels]


def _for_sale(levels: Sequence[Level]) -> list[Level]:
    """The levels that are not retired."""
    return [level for level in levels if level.active]
