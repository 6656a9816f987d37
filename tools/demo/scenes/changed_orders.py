"""The scenes of orders that change: a cart that shrinks before its payment, and a unit that comes back after its sale."""

from inventory_client import Disposition, Line, NotSold, Reservation

from tools.demo.scenes.shelves import expect_on_hand, expect_shown
from tools.demo.shopper import Shopper


def shrinks_the_cart(shopper: Shopper) -> None:
    """Holds 3 of 4 units, changes the cart to 1 and pays; another shopper gets the 2 units at once."""
    shopper.expect("the status of the cart", shopper.reserve(), "HELD")
    rival = _rival(shopper, hold_of=3, accept="PARTIAL")
    shopper.expect("the status of the other cart", rival.reserve(), "HELD")
    _expect_units(shopper, "another shopper wants 3 and accepts a part", rival, 1)
    expect_shown(shopper, 0, {"main": 0})
    held_until = shopper.service.http.get_reservation(shopper.reservation_id).held_until
    smaller = _changes(shopper, 1)
    shopper.expect("the end of the hold", smaller.held_until, held_until)
    _expect_units(shopper, "the cart of 3 becomes one of 1", shopper, 1)
    expect_shown(shopper, 2, {"main": 2})
    _changes(rival, 3)
    _expect_units(shopper, "the other shopper asks for 3 again", rival, 3)
    for buyer in (shopper, rival):
        shopper.expect("fulfilled in the payment's response", buyer.pay().get("fulfilled"), True)
        buyer.await_status("COMMITTED")
    _expect_units(shopper, "the payment buys the smaller cart", shopper, 1)
    shopper.findings += rival.findings
    expect_on_hand(shopper, {"main": 0})


def returns_what_another_buys(shopper: Shopper) -> None:
    """Buys the last unit and sends it back, which counts once; another shopper buys it."""
    expect_shown(shopper, 1, {"main": 1})
    _buys(shopper, shopper)
    expect_shown(shopper, 0, {"main": 0})
    for answer in ("the return", "the same return, sent again"):
        _expect_returned(shopper, answer, _returns(shopper, "return"))
    try:
        _returns(shopper, "return-2")
        shopper.object_to("a unit that came back already was returned again")
    except NotSold as refused:
        shopper.show(f"a second return of the unit: {refused.code}")
    expect_shown(shopper, 1, {"main": 1})
    _expect_returns_in_ledger(shopper, ["1"])
    rival = _rival(shopper, hold_of=1)
    _buys(shopper, rival)
    shopper.findings += rival.findings
    shopper.show("another shopper buys it")
    expect_on_hand(shopper, {"main": 0})


def _rival(shopper: Shopper, *, hold_of: int, **more: str) -> Shopper:
    """Another shopper, who wants so many units of the same product."""
    lines = [{**shopper.request["lines"][0], "quantity": hold_of}]
    return Shopper(shopper.service, f"{shopper.reservation_id}-rival", {**shopper.request, "lines": lines, **more})


def _changes(shopper: Shopper, quantity: int) -> Reservation:
    """The cart has another quantity from now on."""
    lines = [Line(shopper.lines[0].product_id, quantity)]
    key = f"{shopper.reservation_id}-of-{quantity}"
    return shopper.service.http.change_reservation(shopper.reservation_id, lines, key=key)


def _expect_units(shopper: Shopper, name: str, buyer: Shopper, expected: int) -> None:
    """The units of a buyer's reservation."""
    reservation = shopper.service.http.get_reservation(buyer.reservation_id)
    units = sum(line.quantity for line in reservation.lines)
    shopper.expect(f"the units after: {name}", units, expected)
    shopper.show(f"{name}: {reservation.status.value}, {units}")


def _buys(shopper: Shopper, buyer: Shopper) -> None:
    """Reserves and pays, up to the sale."""
    shopper.expect("the status of the cart", buyer.reserve(), "HELD")
    shopper.expect("fulfilled in the payment's response", buyer.pay().get("fulfilled"), True)
    buyer.await_status("COMMITTED")


def _returns(shopper: Shopper, name: str) -> Reservation:
    """The unit comes back, to be sold again."""
    key = f"{shopper.reservation_id}-{name}"
    return shopper.service.http.return_units(
        shopper.reservation_id, shopper.lines, Disposition.RESTOCK, reference=key, key=key
    )


def _expect_returned(shopper: Shopper, name: str, answered: Reservation) -> None:
    """The answer to a return: the reservation stays sold, and its line says what came back of it."""
    returned = [line.returned for line in answered.lines]
    shopper.expect(f"the answer to {name}", (answered.status, returned), ("COMMITTED", [1]))
    shopper.show(f"{name}: {answered.status.value}, {sum(returned)} of {answered.lines[0].quantity} returned")


def _expect_returns_in_ledger(shopper: Shopper, deltas: list[str]) -> None:
    """The ledger ties what came back to the sale."""
    movements = shopper.service.movements(shopper.lines[0].product_id)
    returned = [movement for movement in movements if movement["kind"]["S"] == "RETURNED"]
    own = [movement["delta"]["N"] for movement in returned if movement["reference"]["S"] == shopper.reservation_id]
    shopper.expect("the returns of this sale in the ledger", own, deltas)
