"""A call whose answer was lost is repeated: it is answered like the first one, whatever came in between."""

import itertools
from collections.abc import Callable

import pytest

from tests.integration.api.checkout.conftest import CART
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop

Call = Callable[[Caller, str], Answer]


def cancel(service: Caller, reservation_id: str) -> Answer:
    return service.calls("DELETE", f"/reservations/{reservation_id}")


def decline(service: Caller, reservation_id: str) -> Answer:
    return service.post(f"/reservations/{reservation_id}/payment", {"outcome": "FAILED"})


def decline_and_retry(service: Caller, reservation_id: str) -> Answer:
    return service.post(f"/reservations/{reservation_id}/payment", {"outcome": "FAILED", "retry": True})


def pay(service: Caller, reservation_id: str) -> Answer:
    content = {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"}
    return service.post(f"/reservations/{reservation_id}/payment", content)


def pay_otherwise(service: Caller, reservation_id: str) -> Answer:
    content = {"outcome": "SUCCEEDED", "payment_reference": "PAY-2"}
    return service.post(f"/reservations/{reservation_id}/payment", content)


def extend(service: Caller, reservation_id: str) -> Answer:
    return service.post(f"/reservations/{reservation_id}/extension", None)


def reserve(service: Caller, reservation_id: str) -> Answer:
    return service.post("/reservations", CART, key=reservation_id)


def expire(shop: Shop, reservation_id: str) -> None:
    shop.times_out(shop.reservation(reservation_id))


def sell(shop: Shop, reservation_id: str) -> None:
    """The workflow and the reconciliation go on."""
    if shop.reservation(reservation_id).status == "PAID":
        shop.commits(shop.reservation(reservation_id))


CALLS: list[Call] = [cancel, decline, decline_and_retry, pay, pay_otherwise, extend, reserve]
EVENTS: dict[str, Callable[[Caller, Shop, str], object]] = {
    "nothing": lambda service, shop, name: None,
    "it expires": lambda service, shop, name: expire(shop, name),
    "it is sold": lambda service, shop, name: (pay(service, name), sell(shop, name)),
    "it is cancelled": lambda service, shop, name: cancel(service, name),
    "it is paid": lambda service, shop, name: pay(service, name),
    "it is rescued": lambda service, shop, name: (expire(shop, name), pay(service, name)),
    "it is cancelled and paid": lambda service, shop, name: (cancel(service, name), pay_otherwise(service, name)),
}
BEFORE = ("nothing", "it expires", "it is sold", "it is cancelled")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_repeated_call_is_answered_like_the_first(service: Caller, shop: Shop, call: Call) -> None:
    shop.adjusts(+1_000)
    for number, (before, between) in enumerate(itertools.product(BEFORE, EVENTS)):
        reservation_id = f"order-{number}"
        shop.holds(("P-1", 2), reservation_id=reservation_id, order_id=CART["order_id"])
        EVENTS[before](service, shop, reservation_id)
        first = call(service, reservation_id)
        EVENTS[between](service, shop, reservation_id)

        again = call(service, reservation_id)

        where = f"before: {before}; between: {between}"
        status = shop.reservation(reservation_id).status
        if call is extend and status in ("RELEASED", "UNFULFILLED"):
            assert again.status == 409, f"{where}: a shopper must not believe that the units are still held"
        elif first.status < 300:
            assert (again.status, again.content["status"]) == (first.status, status), where
        else:
            assert (again.status, again.code) == (first.status, first.code), where
    shop.adds_up()
