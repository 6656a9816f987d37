"""The Python client against the deployed API."""

import boto3
import pytest
from inventory_client import (
    AlreadyDecided,
    CheckoutClient,
    HoldLimitReached,
    IdempotencyConflict,
    InsufficientStock,
    InvalidRequest,
    Line,
    NotFound,
    PaymentUnfulfilled,
    StorefrontClient,
)

from tools.demo.shelves import Shelves
from tools.local import Stack


@pytest.fixture(scope="package")
def checkout(stack: Stack, shelves: Shelves) -> CheckoutClient:
    """A checkout service, in a shop with stock."""
    signer = stack.checkout
    session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
    return CheckoutClient(stack.outputs["ApiUrl"], session=session)


@pytest.fixture(scope="package")
def storefront(stack: Stack, shelves: Shelves) -> StorefrontClient:
    """A storefront."""
    return StorefrontClient(stack.outputs["ApiUrl"], api_key=str(stack.storefront_api_key))


def test_a_checkout_is_reserved_extended_and_paid(checkout: CheckoutClient) -> None:
    held = checkout.reserve([Line("KIT-0010", 1)], key="client-1", order_id="1", hold_seconds=60)

    extended = checkout.extend("client-1")
    paid = checkout.pay("client-1", payment_reference="pay-1")

    assert (held.status, held.lines) == ("HELD", (Line("KIT-0010", 1),))
    assert str(extended.held_until) > str(held.held_until)
    assert (paid.status, paid.payment_reference) == ("PAID", "pay-1")
    assert checkout.reserve([Line("KIT-0010", 1)], key="client-1", order_id="1", hold_seconds=60).status != "HELD"
    with pytest.raises(AlreadyDecided):
        checkout.cancel("client-1")


def test_what_the_api_refuses_is_an_exception_of_its_kind(checkout: CheckoutClient) -> None:
    checkout.reserve([Line("KIT-0011", 1)], key="client-2", hold_seconds=60)

    with pytest.raises(IdempotencyConflict):
        checkout.reserve([Line("KIT-0011", 2)], key="client-2", hold_seconds=60)
    with pytest.raises(InvalidRequest) as invalid:
        checkout.reserve([Line("KIT-0011", 0)], key="client-3")
    with pytest.raises(InsufficientStock) as short:
        checkout.reserve([Line("DROP-0002", 1, "south")], key="client-4")
    with pytest.raises(NotFound):
        checkout.reservation("client-5")
    checkout.cancel("client-2")
    with pytest.raises(PaymentUnfulfilled):
        checkout.pay("client-2", payment_reference="pay-2")

    assert [error["field"] for error in invalid.value.errors] == ["lines[0].quantity"]
    assert [(shortage.requested, shortage.available) for shortage in short.value.shortages] == [(1, 0)]


def test_more_than_one_customer_may_hold_is_an_exception_that_says_how_much_that_is(checkout: CheckoutClient) -> None:
    checkout.reserve([Line("KIT-0014", 1)], key="client-6", customer_id="client", hold_seconds=60)

    with pytest.raises(HoldLimitReached, match="10 reservations, with 1000 units"):
        checkout.reserve([Line("KIT-0014", 1_000)], key="client-7", customer_id="client")
    checkout.cancel("client-6")

    refused = checkout.reservation("client-7")
    assert (refused.status, refused.reason, refused.shortages) == ("REJECTED", "HOLD_LIMIT_REACHED", ())


def test_a_storefront_sees_what_can_be_bought(storefront: StorefrontClient) -> None:
    one = storefront.product("KIT-0012")
    many, missing = storefront.products(["KIT-0012", "KIT-0013", "NO-1"])

    assert one.available == sum(warehouse.available for warehouse in one.warehouses) > 0
    assert ([stock.product_id for stock in many], missing) == (["KIT-0012", "KIT-0013"], ["NO-1"])
