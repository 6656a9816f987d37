"""The products of the example shop, and the units of them that a visit begins with."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from inventory_client import ChangeKind, ChangeStatus, Stock, StockChange, StockClient, StorefrontClient

from tools.local.settings import PROJECT
from tools.shop.errors import ShopError

FILE = PROJECT / "examples" / "storefront" / "products.json"
WAREHOUSE = "main"
TRIES_MAX = 5
SETTLED = {ChangeStatus.APPLIED, ChangeStatus.UNCHANGED}


@dataclass(frozen=True)
class Product:
    """A product of the example shop."""

    product_id: str
    name: str
    price_cents: int
    units: int  # that can be bought when the shop opens
    low_stock_threshold: int


def read_products() -> list[Product]:
    """All products of the example shop."""
    fields = Product.__dataclass_fields__
    return [Product(**{name: item[name] for name in fields}) for item in json.loads(FILE.read_text("utf-8"))]


def put_on_shelf(products: list[Product], storefront: StorefrontClient, feed: StockClient) -> None:
    """Let exactly the product's units be available, whatever earlier visits bought or still hold.

    Raises:
        ShopError: others changed the same levels again and again.
    """
    for _ in range(TRIES_MAX):
        found, _ = storefront.list_stock([product.product_id for product in products])
        available = {stock.product_id: _units_of(stock) for stock in found}
        changes = [change for product in products if (change := _change(product, available.get(product.product_id)))]
        if not changes:
            return
        results = feed.feed_stock(changes, key=f"shop-{uuid4().hex}")
        if all(result.result in SETTLED for result in results):
            return
        if invalid := [result for result in results if result.result is ChangeStatus.INVALID]:
            raise ShopError(f"The local AWS refuses the stock of the example shop: {invalid[0].errors}")
    raise ShopError("The stock of the example shop changes all the time. Close the other shops, and try again.")


def _units_of(stock: Stock) -> int:
    return next((place.available for place in stock.warehouses if place.warehouse_id == WAREHOUSE), 0)


def _change(product: Product, available: int | None) -> StockChange | None:
    if available is None:
        return StockChange(
            product.product_id,
            ChangeKind.COUNTED,
            on_hand=product.units,
            as_of=datetime.now(UTC).isoformat(),
            name=product.name,
            category="shop",
            low_stock_threshold=product.low_stock_threshold,
        )
    missing = product.units - available
    if not missing:
        return None
    return StockChange(product.product_id, ChangeKind.ADJUSTED, delta=missing, reference="make shop")
