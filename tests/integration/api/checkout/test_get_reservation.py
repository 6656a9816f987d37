"""A reservation that does not exist is not found by any call."""

import pytest

from tests.integration.api.checkout.conftest import PAID
from tests.support.http.gateway import Caller


@pytest.mark.parametrize("path", ["/reservations/none", "/reservations/none/payment", "/reservations/none/extension"])
def test_an_unknown_reservation_is_not_found(service: Caller, path: str) -> None:
    method = "GET" if path.endswith("none") else "POST"

    answer = service.calls(method, path, PAID if path.endswith("payment") else None)

    assert (answer.status, answer.code) == (404, "RESERVATION_NOT_FOUND")
