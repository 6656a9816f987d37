"""What everyone sees of the stock of a scene's product, as the scenes expect it and show it."""

from collections.abc import Mapping

from tools.demo.shopper import Shopper


def expect_shown(shopper: Shopper, available: int, warehouses: Mapping[str, int]) -> None:
    """The storefront shows what one cart could hold, and what each warehouse has for it."""
    stock = shopper.service.storefront.get_stock(shopper.lines[0].product_id)
    found = {warehouse.warehouse_id: warehouse.available for warehouse in stock.warehouses}
    shopper.expect("what the storefront shows", (stock.available, found), (available, warehouses))
    shopper.show(f"the storefront shows {stock.available}: {sum_of(found)}")


def expect_on_hand(shopper: Shopper, expected: Mapping[str, int]) -> None:
    """The machines read what is left on the shelves."""
    product_id = shopper.lines[0].product_id
    levels = [
        level
        for warehouse_id in expected
        for level in shopper.service.machine.iterate_stock_levels(warehouse_id=warehouse_id)
        if level.product_id == product_id
    ]
    left = {level.warehouse_id: level.on_hand for level in levels}
    shopper.expect("the units on hand", left, expected)
    shopper.show(f"after the sale there are on hand: {sum_of(left)}")


def sum_of(units: Mapping[str, int]) -> str:
    """Units by warehouse, as a sum to read."""
    return " + ".join(f"{count} in {warehouse_id}" for warehouse_id, count in units.items())
