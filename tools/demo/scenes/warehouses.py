"""The scenes of a shop with a warehouse and an outlet: an order from both, and a till that sells in the outlet."""

from dataclasses import replace
from datetime import UTC, datetime

from inventory_client import ChangeKind, ChangeResult, ChangeStatus, StockChange

from tools.demo.scenes.shelves import expect_on_hand, expect_shown, sum_of
from tools.demo.shopper import Shopper


def is_served_from_two_warehouses(shopper: Shopper) -> None:
    """Holds 4 units where one warehouse has 2 and the other 3, and pays; the storefront shows what is left."""
    expect_shown(shopper, 5, {"main": 2, "outlet": 3})
    shopper.expect("the status of the cart", shopper.reserve(), "HELD")
    [line] = shopper.service.http.get_reservation(shopper.reservation_id).lines
    sources = {source.warehouse_id: source.quantity for source in line.sources}
    shopper.expect("where the cart is taken from", sources, {"main": 2, "outlet": 2})
    shopper.show(f"a cart of {line.quantity} is held: {sum_of(sources)}")
    expect_shown(shopper, 1, {"main": 0, "outlet": 1})
    shopper.expect("fulfilled in the payment's response", shopper.pay().get("fulfilled"), True)
    shopper.await_status("COMMITTED")
    expect_on_hand(shopper, {"main": 0, "outlet": 1})


def buys_while_a_till_sells(shopper: Shopper) -> None:
    """Holds units in the outlet while its till sells others, and an ERP sends the count of the moment before."""
    counted_at = datetime.now(UTC).isoformat()
    shopper.expect("the status of the cart", shopper.reserve(), "HELD")
    shopper.show("10 are on the shelf, and the checkout holds 5 of them")
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
    expect_on_hand(shopper, {"outlet": 1})


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
    shopper.show(f"{name}: {found.result.value}, {units[0]} on hand, {units[1]} available")
