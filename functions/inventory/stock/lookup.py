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

    def shown_available(self, cap: int) -> int:
        """The units that a shopper sees: at most `cap` of them; 0 is no cap."""
        return _capped(self.available, cap)

    def to_json(self, *, sequence: int, channel: str, cap: int) -> dict[str, Any]:
        """The stock as storefronts read it, and as it is pushed to their pages.

        Args:
            sequence: what the publisher had counted before the levels were read.
            channel: where the product's changes are pushed.
            cap: the most units that are shown, of the product and of each warehouse; 0 is no cap. Each status is that of
                the real number.
        """
        shown = self.shown
        available = self.shown_available(cap)
        stock = {
            "product_id": self.product_id,
            "name": (shown or self.levels)[0].name,
            "available": available,
            "status": self.status,
            "warehouses": [
                {
                    "warehouse_id": level.warehouse_id,
                    "available": _capped(level.available, cap),
                    "status": level.status,
                }
                for level in shown
            ],
            "updated_at": max(level.updated_at for level in shown or self.levels),
            "sequence": sequence,
            "channel": channel,
        }
        # No warehouse that is shown has more units than the product, so one mark is enough.
        return stock | {"capped": True} if available < self.available else stock


def _capped(available: int, cap: int) -> int:
    return min(available, cap) if cap else available


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
