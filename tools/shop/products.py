"""The products of the example shop, and the units of them that a visit begins with."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from inventory_client import ChangeKind, ChangeStatus, Level, StockChange, StockClient

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


def put_on_shelf(products: list[Product], stock: StockClient) -> None:
    """Let exactly the product's units be available, whatever earlier visits bought or still hold.

    Raises:
        ShopError: others changed the same levels again and again.
    """
    for _ in range(TRIES_MAX):
        levels = {level.product_id: level for level in stock.iterate_stock_levels(warehouse_id=WAREHOUSE)}
        changes = [change for product in products if (change := _change(product, levels.get(product.product_id)))]
        if not changes:
            return
        results = stock.feed_stock(changes, key=f"shop-{uuid4().hex}")
        if all(result.result in SETTLED for result in results):
            return
        if invalid := [result for result in results if result.result is ChangeStatus.INVALID]:
            raise ShopError(f"The local AWS refuses the stock of the example shop: {invalid[0].errors}")
    raise ShopError("The stock of the example shop changes all the time. Close the other shops, and try again.")


def _change(product: Product, level: Level | None) -> StockChange | None:
    if level is None:
        return StockChange(
            product.product_id,
            ChangeKind.COUNTED,
            on_hand=product.units,
            as_of=datetime.now(UTC).isoformat(),
            name=product.name,
            category="shop",
            low_stock_threshold=product.low_stock_threshold,
        )
    missing = product.units - level.available
    if not missing:
        return None
    return StockChange(product.product_id, ChangeKind.ADJUSTED, delta=missing, reference="make shop")
