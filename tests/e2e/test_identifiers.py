"""Identifiers on the deployed component: through the gateway, the functions, the workflow and SNS, and back."""

import json
from unicodedata import normalize
from urllib.parse import quote

import pytest
from inventory_client import CheckoutClient, Line, PaymentOutcome, Stock, StorefrontClient

from inventory.identifiers import name_of
from tests.support.deployed.manager import Manager
from tests.support.identifiers import as_stored
from tests.support.waiting import until
from tools.demo.checkout import CheckoutService
from tools.local import Stack

ODD = (
    "A/B C+D&E#F%G?H=I,J;K:L",
    "A%2FB",
    "=1+1'\"()<>{}[]|\\^`~$*!@",
    normalize("NFD", "M\u00fcller \u1e69"),
    "\U0001f6d2" * 128,
    "\ud55c\uae00 \u6771\u4eac",
    "..",
    "movements",
)
KEYS = ("#1001", "SO.1001 / a+b", "..", "k-1", "%2F", "R" * 128, "?a=1&b=2", "mailto:a@b.c;d,e")
CONTENT = {"on_hand": 20, "name": "Mug", "category": "odd", "low_stock_threshold": 15, "reason": "counted"}
SOLD_WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def storefront(stack: Stack) -> StorefrontClient:
    """The client of a storefront."""
    return StorefrontClient(stack.outputs["ApiUrl"], api_key=str(stack.storefront_api_key))


@pytest.fixture(scope="module")
def checkout(service: CheckoutService) -> CheckoutClient:
    """The client of a checkout service."""
    return service.http


@pytest.mark.parametrize(("product_id", "key"), list(zip(ODD, KEYS, strict=True)))
def test_a_product_with_any_identifier_is_counted_shown_and_sold(
    manager: Manager, storefront: StorefrontClient, checkout: CheckoutClient, product_id: str, key: str
) -> None:
    encoded = quote(product_id, safe="")
    at = f"product_id={encoded}&warehouse_id={encoded}"
    stored = as_stored(product_id)

    created = manager.puts(f"/admin/level?{at}", CONTENT)
    adjustment = {"delta": -1, "reason": "broken", "reference": product_id}
    manager.posts(f"/admin/level/adjustments?{at}", adjustment, Idempotency_Key=key)
    level = manager.gets("/admin/level", product_id=product_id, warehouse_id=product_id)
    line = Line(product_id, 5, product_id)
    held = checkout.create_reservation([line], key=key, order_id=product_id, customer_id=product_id, hold_seconds=600)
    paid = checkout.record_payment(key, PaymentOutcome.SUCCEEDED, payment_reference=product_id)
    until(
        lambda: checkout.get_reservation(key).status == "COMMITTED",
        f"{key} is sold",
        within_seconds=SOLD_WITHIN_SECONDS,
    )
    left = manager.gets("/admin/level", product_id=product_id, warehouse_id=product_id)
    reservation = manager.gets(f"/admin/reservations/{name_of(key)}")
    movements = manager.gets("/admin/movements", product_id=product_id)["items"]

    assert (storefront.get_stock(product_id).product_id, left["available"]) == (stored, 14)
    assert (created["product_id"], created["warehouse_id"], level["on_hand"]) == (stored, stored, 19)
    assert (held.reservation_id, held.execution_name) == (key, name_of(key))
    assert held.lines == (Line(stored, 5, stored),)
    assert (paid.order_id, paid.customer_id, paid.payment_reference) == (stored, stored, stored)
    assert [movement["kind"] for movement in movements] == ["SOLD", "ADJUSTED", "RECEIVED"]
    assert (movements[0]["reference"], movements[1]["reference"]) == (key, stored)
    assert reservation["reservation_id"] == key
    assert reservation["history"][0]["state"] == "ReserveStock"
    assert reservation["execution_console_url"].endswith(f":{name_of(key)}")


def test_a_query_may_repeat_a_product_and_writes_a_space_in_two_ways(
    manager: Manager, storefront: StorefrontClient, stack: Stack
) -> None:
    manager.puts("/admin/level?product_id=two%20words&warehouse_id=main", CONTENT)

    level = json.loads(manager.asks("GET", "/admin/level?product_id=two+words&warehouse_id=main")[1])
    stock = storefront.list_stock(["two words", "no such/one", "A\u200bB", "two words"])
    many = storefront.lookup_stock(["two words", *(f"{'x' * 125}{number:03}" for number in range(99))])

    assert level["product_id"] == "two words"
    assert ([found.product_id for found in stock.items], stock.not_found) == (
        ["two words"],
        ["no such/one", "A\u200bB"],
    )
    assert [type(found) for found in many.items] == [Stock]
    assert len(many.not_found) == 99
