"""A call whose answer was lost is repeated: it is answered like the first one, whatever came in between."""

import itertools
from collections.abc import Callable

import pytest

from tests.integration.api.checkout.conftest import CART
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop

Call = Callable[[Caller, str], Answer]
Event = Callable[[Caller, Shop, str], None]


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


# --- what comes before a call, or between a call and its repetition


def nothing(service: Caller, shop: Shop, reservation_id: str) -> None:
    pass


def it_expires(service: Caller, shop: Shop, reservation_id: str) -> None:
    shop.times_out(shop.reservation(reservation_id))


def it_is_paid(service: Caller, shop: Shop, reservation_id: str) -> None:
    pay(service, reservation_id)


def it_is_sold(service: Caller, shop: Shop, reservation_id: str) -> None:
    pay(service, reservation_id)
    if shop.reservation(reservation_id).status == "PAID":
        shop.commits(shop.reservation(reservation_id))


def it_is_cancelled(service: Caller, shop: Shop, reservation_id: str) -> None:
    cancel(service, reservation_id)


def it_is_rescued(service: Caller, shop: Shop, reservation_id: str) -> None:
    it_expires(service, shop, reservation_id)
    pay(service, reservation_id)


def it_is_cancelled_and_paid(service: Caller, shop: Shop, reservation_id: str) -> None:
    cancel(service, reservation_id)
    pay_otherwise(service, reservation_id)


CALLS: list[Call] = [cancel, decline, decline_and_retry, pay, pay_otherwise, extend, reserve]
BEFORE: list[Event] = [nothing, it_expires, it_is_sold, it_is_cancelled]
BETWEEN: list[Event] = [*BEFORE, it_is_paid, it_is_rescued, it_is_cancelled_and_paid]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_repeated_call_is_answered_like_the_first(service: Caller, shop: Shop, call: Call) -> None:
    shop.adjusts(+1_000)
    for number, (before, between) in enumerate(itertools.product(BEFORE, BETWEEN)):
        reservation_id = f"order-{number}"
        shop.holds(("P-1", 2), reservation_id=reservation_id, order_id=CART["order_id"])
        before(service, shop, reservation_id)
        first = call(service, reservation_id)
        between(service, shop, reservation_id)

        again = call(service, reservation_id)

        where = f"before: {before.__name__}; between: {between.__name__}"
        status = shop.reservation(reservation_id).status
        if call is extend and status in ("RELEASED", "UNFULFILLED"):
            assert again.status == 409, f"{where}: a shopper must not believe that the units are still held"
        elif first.status < 300:
            assert (again.status, again.content["status"]) == (first.status, status), where
        elif call is not extend:  # a refused extension has changed nothing, and may be accepted later
            assert (again.status, again.code) == (first.status, first.code), where
    shop.adds_up()
