"""A reservation whose row another tool wrote in another form: every call says so, and nothing is written."""

import pytest

from inventory.aws.changes import to_attributes
from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop

CALLS = [
    ("GET", "", None),
    ("POST", "/payment", PAID),
    ("POST", "/payment", {"outcome": "FAILED"}),
    ("POST", "/extension", None),
    ("DELETE", "", None),
]


@pytest.fixture(autouse=True)
def unreadable(shop: Shop, service: Caller) -> None:
    """R-1, without lines and with a number in the place of its status."""
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes({"reservation_id": "R-1", "status": 7}))


@pytest.mark.parametrize(("method", "path", "content"), CALLS)
def test_a_call_for_it_is_refused(
    shop: Shop, service: Caller, method: str, path: str, content: dict[str, str] | None
) -> None:
    before = shop.rows(shop.tables.reservations)

    assert_refused(service.calls(method, f"/reservations/R-1{path}", content))

    assert shop.rows(shop.tables.reservations) == before


def test_a_change_of_its_lines_is_refused(shop: Shop, service: Caller) -> None:
    lines = {"lines": CART["lines"]}

    assert_refused(service.calls("PATCH", "/reservations/R-1", lines, headers={"Idempotency-Key": "cart-2"}))

    assert shop.rows(shop.tables.idempotency) == []


def test_a_checkout_under_its_key_is_refused(service: Caller) -> None:
    assert_refused(service.post("/reservations", CART, key="R-1"))


def assert_refused(answer: Answer) -> None:
    assert (answer.status, answer.code) == (409, "RESERVATION_UNREADABLE")


def test_its_payment_is_recorded_and_announced(shop: Shop, service: Caller) -> None:
    assert_refused(service.post("/reservations/R-1/payment", PAID))

    [refund] = shop.rows(shop.tables.refunds)
    assert (refund["reservation_id"], refund["payment_reference"]) == ("R-1", "PAY-1")
    assert len(shop.topics.operations) == 1
