"""A checkout service cancels a reservation."""

from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.http.gateway import Caller
from tests.support.shop import Shop


def test_a_hold_can_be_cancelled_repeatedly_but_a_paid_reservation_cannot(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")
    service.post("/reservations", CART, key="order-2")
    service.post("/reservations/order-2/payment", PAID)

    cancelled = [service.calls("DELETE", "/reservations/order-1") for _ in range(2)]
    sold = service.calls("DELETE", "/reservations/order-2")

    assert [answer.status for answer in cancelled] == [200, 200]
    assert (sold.status, sold.code) == (409, "ALREADY_DECIDED")


def test_a_cancellation_can_be_repeated_after_a_late_payment_that_must_be_refunded(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")
    service.calls("DELETE", "/reservations/order-1")
    service.post("/reservations/order-1/payment", PAID)

    again = service.calls("DELETE", "/reservations/order-1")

    assert (again.status, again.content["status"], again.content["reason"]) == (200, "UNFULFILLED", "CANCELLED")


def test_a_cancellation_after_the_expiry_can_be_repeated_after_a_rescue(service: Caller, shop: Shop) -> None:
    service.post("/reservations", CART, key="order-1")
    shop.times_out(shop.reservation("order-1"))
    first = service.calls("DELETE", "/reservations/order-1")
    service.post("/reservations/order-1/payment", PAID)

    again = service.calls("DELETE", "/reservations/order-1")

    assert (first.status, first.content["status"]) == (200, "RELEASED")
    assert (again.status, again.content["status"]) == (200, "COMMITTED")


def test_a_first_cancellation_after_a_rescue_is_refused(service: Caller, shop: Shop) -> None:
    service.post("/reservations", CART, key="order-1")
    shop.times_out(shop.reservation("order-1"))
    service.post("/reservations/order-1/payment", PAID)

    assert service.calls("DELETE", "/reservations/order-1").code == "ALREADY_DECIDED"
