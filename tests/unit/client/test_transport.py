"""The client's requests: credentials, retries and errors."""

from string import ascii_letters, digits
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from inventory_client import (
    ApiError,
    CheckoutClient,
    Line,
    Money,
    NotFound,
    PaymentOutcome,
    StorefrontClient,
    Unavailable,
    transport,
)

from inventory.identifiers import name_of
from tests.support.identifiers import IDENTIFIERS
from tests.unit.client.fake_api import fake_api

RESERVATION = {"reservation_id": "order-1", "status": "HELD"}
NO_PRODUCTS = {"items": [], "not_found": ["P-1", "P 2"]}


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "backoff_seconds", lambda attempt: 0)


def checkout(url: str) -> CheckoutClient:
    return CheckoutClient(f"{url}/v1/", session=boto3.Session("key-id", "secret", "token", "eu-central-1"))


def test_a_storefront_sends_its_api_key() -> None:
    with fake_api([(200, NO_PRODUCTS)]) as api:
        found, not_found = StorefrontClient(f"{api.url}/v1", api_key="key").list_stock(["P-1", "P 2"])

    [request] = api.requests
    assert (found, not_found) == ([], ["P-1", "P 2"])
    assert (request.method, request.path) == ("GET", "/v1/inventory?product_id=P-1&product_id=P%202")
    assert request.headers["x-api-key"] == "key"


def test_a_checkout_signs_its_requests_for_the_region_of_the_api() -> None:
    with fake_api([(201, RESERVATION)]) as api:
        lines = [Line("P-1", 2), Line("P-2", 1, "outlet")]
        checkout(api.url).create_reservation(lines, key="order-1", order_id="1")

    [request] = api.requests
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=key-id/")
    assert "/eu-central-1/execute-api/aws4_request" in request.headers["authorization"]
    assert request.headers["x-amz-security-token"] == "token"
    assert request.headers["idempotency-key"] == "order-1"
    assert request.content == {
        "lines": [
            {"product_id": "P-1", "quantity": 2},
            {"product_id": "P-2", "quantity": 1, "warehouse_id": "outlet"},
        ],
        "order_id": "1",
    }


def test_what_there_is_is_held_only_if_that_is_accepted() -> None:
    shortage = {"product_id": "P-1", "warehouse_id": None, "requested": 3, "available": 1}
    with fake_api([(201, RESERVATION | {"shortages": [shortage]}), (201, RESERVATION)]) as api:
        part = checkout(api.url).create_reservation([Line("P-1", 3)], key="order-1", accept="PARTIAL")
        whole = checkout(api.url).create_reservation([Line("P-1", 3)], key="order-2", accept=None, order_id=None)

    lines = [{"product_id": "P-1", "quantity": 3}]
    assert [request.content for request in api.requests] == [{"lines": lines, "accept": "PARTIAL"}, {"lines": lines}]
    assert [(short.requested, short.available) for short in part.shortages] == [(3, 1)]
    assert whole.shortages == ()


def test_only_the_given_fields_of_a_payment_are_sent() -> None:
    with fake_api([(200, RESERVATION)] * 4) as api:
        client = checkout(api.url)
        client.record_payment("order-1", PaymentOutcome.SUCCEEDED, payment_reference="pay-1")
        money = Money("24.90", "EUR")
        client.record_payment("order-1", PaymentOutcome.SUCCEEDED, payment_reference="pay-2", money=money)
        client.record_payment("order-1", PaymentOutcome.FAILED)
        client.record_payment("order-1", PaymentOutcome.FAILED, retry=True)

    assert {request.path for request in api.requests} == {"/v1/reservations/order-1/payment"}
    assert [request.content for request in api.requests] == [
        {"outcome": "SUCCEEDED", "payment_reference": "pay-1"},
        {"outcome": "SUCCEEDED", "payment_reference": "pay-2", "amount": "24.90", "currency": "EUR"},
        {"outcome": "FAILED"},
        {"outcome": "FAILED", "retry": True},
    ]


@pytest.mark.parametrize("key", ["order-1", "k-1", "a/b?c", "SO.1001", "..", "#1001 ", "R" * 128, "m\u00fcller"])
def test_a_reservation_is_called_by_the_name_of_its_execution(key: str) -> None:
    with fake_api([(200, RESERVATION)]) as api:
        checkout(api.url).get_reservation(key)

    stripped = key.strip(" ")  # as HTTP strips the header
    assert api.requests[0].path in (f"/v1/reservations/{stripped}", f"/v1/reservations/{name_of(stripped)}")
    assert set(api.requests[0].path.removeprefix("/v1/reservations/")) <= set(ascii_letters + digits + "-_")


@pytest.mark.parametrize("product_id", IDENTIFIERS)
def test_every_product_id_arrives_as_it_was_given(product_id: str) -> None:
    with fake_api([(200, NO_PRODUCTS)]) as api:
        StorefrontClient(api.url, api_key="key").list_stock([product_id, "P-1"])

    [request] = api.requests
    assert request.path.isascii() and "+" not in request.path
    assert parse_qs(urlsplit(request.path).query) == {"product_id": [product_id, "P-1"]}


def test_ids_that_are_too_long_for_a_query_are_sent_in_a_body() -> None:
    product_ids = ["\U0001f6d2" * 128] * 6
    with fake_api([(200, NO_PRODUCTS)]) as api:
        StorefrontClient(api.url, api_key="key").list_stock(product_ids)

    [request] = api.requests
    assert (request.method, request.path) == ("POST", "/inventory/lookup")
    assert request.content == {"product_ids": product_ids}


def test_the_reservations_of_an_order_are_listed_page_by_page() -> None:
    with fake_api([(200, {"items": [RESERVATION], "cursor": "next"}), (200, {"items": [], "cursor": None})]) as api:
        first = checkout(api.url).list_reservations_of_order("#1001 / ü")
        last = checkout(api.url).list_reservations_of_order("#1001 / ü", cursor=first.cursor)

    queries = [parse_qs(urlsplit(request.path).query) for request in api.requests]
    assert ([found.reservation_id for found in first.items], last) == (["order-1"], ([], None))
    assert queries == [{"order_id": ["#1001 / ü"]}, {"order_id": ["#1001 / ü"], "cursor": ["next"]}]


def test_a_product_that_is_not_found_is_an_error() -> None:
    with fake_api([(200, NO_PRODUCTS)]) as api, pytest.raises(NotFound, match="there is no product A/B") as error:
        StorefrontClient(api.url, api_key="key").get_stock("A/B")

    assert (error.value.status, error.value.code) == (404, "PRODUCT_NOT_FOUND")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_request_that_may_succeed_later_is_retried_with_the_same_content(status: int) -> None:
    with fake_api([(status, {"message": "later"}), (201, RESERVATION)]) as api:
        checkout(api.url).create_reservation([Line("P-1", 2)], key="order-1")

    first, second = api.requests
    assert first.content == second.content
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_retries_are_limited() -> None:
    responses = [(503, {"code": "BUSY", "detail": "busy"})] * transport.ATTEMPTS_MAX
    with fake_api(responses) as api, pytest.raises(Unavailable) as unavailable:
        checkout(api.url).get_reservation("order-1")

    assert len(api.requests) == transport.ATTEMPTS_MAX
    assert (unavailable.value.status, unavailable.value.code) == (503, "BUSY")


def test_an_api_that_cannot_be_reached_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="NO_RESPONSE"):
        StorefrontClient("http://127.0.0.1:1", api_key="key").get_stock("P-1")


def test_a_refused_request_is_not_retried() -> None:
    problem = {"code": "PRODUCT_NOT_FOUND", "detail": "There is no product P-1."}
    with fake_api([(404, problem)]) as api, pytest.raises(NotFound, match="There is no product P-1") as error:
        StorefrontClient(api.url, api_key="key").get_stock("P-1")

    assert len(api.requests) == 1
    assert (error.value.status, error.value.code, error.value.problem) == (404, "PRODUCT_NOT_FOUND", problem)


@pytest.mark.parametrize("content", [{"code": "NEW_CODE", "detail": "new"}, "<html>", "[]"])
def test_an_unknown_error_is_an_api_error(content: object) -> None:
    with fake_api([(403, content)]) as api, pytest.raises(ApiError) as error:
        StorefrontClient(api.url, api_key="key").get_stock("P-1")

    assert type(error.value) is ApiError
    assert error.value.status == 403


def test_without_a_region_the_error_says_what_to_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ValueError, match="Pass the API's region to CheckoutClient"):
        CheckoutClient("http://127.0.0.1:1", session=boto3.Session("key-id", "secret")).get_reservation("order-1")
