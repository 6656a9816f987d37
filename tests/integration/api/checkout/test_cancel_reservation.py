"""A checkout service cancels a reservation."""

from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.http.gateway import Caller


def test_a_hold_can_be_cancelled_repeatedly_but_a_paid_reservation_cannot(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")
    service.post("/reservations", CART, key="order-2")
    service.post("/reservations/order-2/payment", PAID)

    cancelled = [service.calls("DELETE", "/reservations/order-1") for _ in range(2)]
    sold = service.calls("DELETE", "/reservations/order-2")

    assert [answer.status for answer in cancelled] == [200, 200]
    assert (sold.status, sold.code) == (409, "ALREADY_DECIDED")
