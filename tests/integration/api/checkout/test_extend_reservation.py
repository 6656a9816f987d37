"""A checkout service extends a hold."""

from tests.integration.api.checkout.conftest import CART
from tests.support.http.gateway import Caller


def test_a_hold_can_be_extended_until_it_is_decided(service: Caller) -> None:
    held = service.post("/reservations", CART, key="order-1")

    extended = service.post("/reservations/order-1/extension", None)
    service.calls("DELETE", "/reservations/order-1")
    too_late = service.post("/reservations/order-1/extension", None)

    assert extended.status == 200
    assert extended.content["held_until"] > held.content["held_until"]
    assert (too_late.status, too_late.code) == (409, "ALREADY_DECIDED")
