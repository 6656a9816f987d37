"""The scenes of a shop with a warehouse and an outlet: an order from both, and a till that sells in the outlet."""

from dataclasses import replace
from datetime import UTC, datetime

from inventory_client import ChangeKind, ChangeResult, ChangeStatus, StockChange

from tools.demo.shopper import Shopper


def is_served_from_two_warehouses(shopper: Shopper) -> None:
    """Holds 4 units where one warehouse has 2 and the other 3, and pays; the storefront shows what is left."""
    _expect_shown(shopper, 5, {"main": 2, "outlet": 3})
    shopper.expect("the status of the cart", shopper.reserve(), "HELD")
    [line] = shopper.service.http.get_reservation(shopper.reservation_id).lines
    sources = {source.warehouse_id: source.quantity for source in line.sources}
    shopper.expect("where the cart is taken from", sources, {"main": 2, "outlet": 2})
    shopper.tell(f"a cart of {line.quantity} is held: {_sum_of(sources)}")
    _expect_shown(shopper, 1, {"main": 0, "outlet": 1})
    shopper.expect("fulfilled in the payment's response", shopper.pay().get("fulfilled"), True)
    shopper.await_status("COMMITTED")
    _expect_on_hand(shopper, {"main": 0, "outlet": 1})


def buys_while_a_till_sells(shopper: Shopper) -> None:
    """Holds units in the outlet while its till sells others, and an ERP sends the count of the moment before."""
    counted_at = datetime.now(UTC).isoformat()
    shopper.expect("the status of the cart", shopper.reserve(), "HELD")
    shopper.tell("10 are on the shelf, and the checkout holds 5 of them")
    sale = _till_sells(shopper, 3, "sale-1")
    _expect_result(shopper, "a sale of 3", sale, (ChangeStatus.APPLIED, 7, 2))
    _expect_result(
        shopper, "the same sale, sent again", _till_sells(shopper, 3, "sale-1"), (ChangeStatus.APPLIED, 7, 2)
    )
    short = _till_sells(shopper, 3, "sale-2")
    _expect_result(shopper, "a sale of 3 more", short, (ChangeStatus.SHORT, 7, 2))
    # One unit was missing before the sale. The sale is newer than the count, so it stays.
    count = _sends(shopper, "night", replace(_change(shopper, ChangeKind.COUNTED), on_hand=9, as_of=counted_at))
    _expect_result(shopper, "a count of 9 before the sale", count, (ChangeStatus.APPLIED, 6, 1))
    shopper.expect("fulfilled in the payment's response", shopper.pay().get("fulfilled"), True)
    shopper.await_status("COMMITTED")
    _expect_on_hand(shopper, {"outlet": 1})


def _expect_shown(shopper: Shopper, available: int, warehouses: dict[str, int]) -> None:
    """The storefront shows what one cart could hold, and what each warehouse has for it."""
    stock = shopper.service.storefront.get_stock(shopper.lines[0].product_id)
    found = {warehouse.warehouse_id: warehouse.available for warehouse in stock.warehouses}
    shopper.expect("what the storefront shows", (stock.available, found), (available, warehouses))
    shopper.tell(f"the storefront shows {stock.available}: {_sum_of(found)}")


def _expect_on_hand(shopper: Shopper, expected: dict[str, int]) -> None:
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
    shopper.tell(f"after the sale there are on hand: {_sum_of(left)}")


def _till_sells(shopper: Shopper, units: int, sale: str) -> ChangeResult:
    change = replace(_change(shopper, ChangeKind.SOLD_ELSEWHERE), delta=-units, reference=sale)
    return _sends(shopper, sale, change)


def _sends(shopper: Shopper, name: str, change: StockChange) -> ChangeResult:
    """A machine sends one change, until it is decided."""
    [result] = shopper.service.machine.feed_stock([change], key=f"{shopper.reservation_id}-{name}")
    return result


def _change(shopper: Shopper, kind: ChangeKind) -> StockChange:
    line = shopper.request["lines"][0]
    return StockChange(line["product_id"], kind, line["warehouse_id"])


def _expect_result(shopper: Shopper, name: str, found: ChangeResult, expected: tuple[ChangeStatus, int, int]) -> None:
    """What is answered to a machine: the result, and the units on hand and available afterwards."""
    units = (found.level.on_hand, found.level.available) if found.level else (None, None)
    shopper.expect(f"the answer to {name}", (found.result, *units), expected)
    shopper.tell(f"{name}: {found.result.value}, {units[0]} on hand, {units[1]} available")


def _sum_of(units: dict[str, int]) -> str:
    return " + ".join(f"{count} in {warehouse_id}" for warehouse_id, count in units.items())
