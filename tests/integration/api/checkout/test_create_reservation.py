"""The checkout service's calls, as HTTP answers them."""

from typing import Any

import pytest

import checkout_api
from inventory import dependencies
from inventory.reservations import checkout
from inventory.settings import CustomerSettings, Settings
from tests.support.http.fake_workflow import Workflow
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

CART = {"lines": [{"product_id": "P-1", "quantity": 2}], "order_id": "1001"}
ONE = {"lines": [{"product_id": "P-1", "quantity": 1}]}
PAID = {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"}


@pytest.fixture
def workflow(shop: Shop) -> Workflow:
    """A workflow that decides at once."""
    return Workflow(shop)


@pytest.fixture
def service(shop: Shop, workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A checkout service, in a shop with ten of P-1."""
    shop.stocks("P-1", on_hand=10)
    tables = shop.tables
    settings = Settings(
        tables.inventory, tables.reservations, tables.movements, tables.customers, "low", "ops", 86_400, 365
    )
    for name, connection in {
        "reservation_store": shop.reservations,
        "stock_store": shop.stock,
        "signals": shop.signals,
        "topics": shop.topics,
        "executions": workflow,
        "settings": settings,
        "customer_settings": CustomerSettings(shop.limits.holds_max, shop.limits.units_max, False),
    }.items():
        monkeypatch.setattr(dependencies, name, lambda connection=connection: connection)
    return Caller(checkout_api.handler)


def test_a_checkout_is_held_and_says_where_it_is(service: Caller) -> None:
    answer = service.post("/reservations", CART, key="order-1")

    assert (answer.status, answer.content["status"]) == (201, "HELD")
    assert answer.headers["Location"] == "/reservations/order-1"
    assert service.get("/reservations/order-1").content == answer.content
    assert "task_token" not in answer.content


def test_the_same_checkout_again_is_the_same_reservation(service: Caller, shop: Shop) -> None:
    first = service.post("/reservations", CART, key="order-1")

    again = service.post("/reservations", CART, key="order-1")

    assert (again.status, again.content) == (200, first.content)
    assert shop.level("P-1").reserved == 2


def test_a_key_with_other_content_is_a_conflict(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")

    other = service.post("/reservations", CART | {"order_id": "1002"}, key="order-1")

    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


def test_too_little_stock_names_every_short_line_each_time(service: Caller, shop: Shop) -> None:
    cart = {"lines": [{"product_id": "P-1", "quantity": 6}, {"product_id": "P-1", "quantity": 5}]}
    answer = service.post("/reservations", cart, key="order-1")
    shop.adjusts(+1)

    again = service.post("/reservations", cart, key="order-1")

    assert (answer.status, answer.code) == (409, "INSUFFICIENT_STOCK")
    assert answer.content["shortages"] == [
        {"product_id": "P-1", "warehouse_id": "main", "requested": 11, "available": 10}
    ]
    assert (again.status, again.content) == (answer.status, answer.content)


def test_more_than_one_customer_may_hold_is_refused_in_words_each_time(service: Caller, shop: Shop) -> None:
    for number in range(shop.limits.holds_max):
        service.post("/reservations", CART | {"customer_id": "C-1"} | ONE, key=f"order-{number}")

    answers = [service.post("/reservations", CART | {"customer_id": "C-1"}, key="order-beyond") for _ in range(2)]

    assert [(answer.status, answer.code) for answer in answers] == [(409, "HOLD_LIMIT_REACHED")] * 2
    assert answers[0].content["detail"] == (
        "customer C-1 would hold more than one customer may at a time: 10 reservations, with 1000 units in them"
    )
    assert "shortages" not in answers[0].content
    read = service.get("/reservations/order-beyond").content
    assert (read["status"], read["reason"], read["shortages"]) == ("REJECTED", "HOLD_LIMIT_REACHED", [])
    shop.adds_up()


def test_a_checkout_of_nobody_is_refused_where_every_customer_must_be_known(
    service: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "customer_settings", lambda: CustomerSettings(10, 1_000, True))

    refused = service.post("/reservations", CART, key="order-1")
    held = service.post("/reservations", CART | {"customer_id": "C-1"}, key="order-1")

    assert refused.wrong_fields == ["customer_id"]
    assert held.status == 201


def test_an_unknown_product_is_named_each_time(service: Caller) -> None:
    cart = {"lines": [{"product_id": "P-1", "quantity": 1}, {"product_id": "NO", "quantity": 1}]}

    answers = [service.post("/reservations", cart, key="order-1") for _ in range(2)]

    assert [answer.wrong_fields for answer in answers] == [["lines[1].product_id"]] * 2


def test_a_key_of_a_checkout_that_failed_is_a_conflict_for_other_content(service: Caller) -> None:
    service.post("/reservations", {"lines": [{"product_id": "NO", "quantity": 1}]}, key="order-1")

    other = service.post("/reservations", CART, key="order-1")

    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


def test_a_decision_that_takes_long_is_looked_for_later(
    service: Caller, workflow: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.working = False

    answer = service.post("/reservations", CART, key="order-1")

    assert (answer.status, answer.content["status"]) == (202, "PENDING")
    assert answer.headers["Location"] == "/reservations/order-1"


def test_a_payment_buys_and_again_says_the_same(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")

    answers = [service.post("/reservations/order-1/payment", PAID) for _ in range(2)]

    assert [(answer.status, answer.content["status"]) for answer in answers] == [(200, "PAID")] * 2


def test_a_late_payment_is_rescued_while_stock_lasts_and_again_says_the_same(service: Caller, shop: Shop) -> None:
    service.post("/reservations", CART, key="order-1")
    shop.times_out(shop.reservation("order-1"))

    answers = [service.post("/reservations/order-1/payment", PAID) for _ in range(2)]

    assert (answers[0].status, answers[0].content["status"], answers[0].content["rescued"]) == (200, "COMMITTED", True)
    assert (answers[1].status, answers[1].content) == (answers[0].status, answers[0].content)
    assert shop.level("P-1").on_hand == 8
    shop.adds_up()


def test_a_payment_after_a_cancellation_is_to_be_returned(service: Caller, shop: Shop) -> None:
    service.post("/reservations", CART, key="order-1")
    service.calls("DELETE", "/reservations/order-1")

    answer = service.post("/reservations/order-1/payment", PAID)

    assert (answer.status, answer.code) == (409, "PAYMENT_UNFULFILLED")
    assert len(shop.topics.operations) == 1


@pytest.mark.parametrize(("retry", "status"), [(True, "HELD"), (False, "RELEASED")])
def test_a_declined_payment_releases_unless_it_may_be_tried_again(service: Caller, retry: bool, status: str) -> None:
    service.post("/reservations", CART, key="order-1")

    answer = service.post("/reservations/order-1/payment", {"outcome": "FAILED", "retry": retry})

    assert (answer.status, answer.content["status"]) == (200, status)


def test_a_cancellation_is_final_and_a_sale_is_too(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")
    service.post("/reservations", CART, key="order-2")
    service.post("/reservations/order-2/payment", PAID)

    cancelled = [service.calls("DELETE", "/reservations/order-1") for _ in range(2)]
    sold = service.calls("DELETE", "/reservations/order-2")

    assert [answer.status for answer in cancelled] == [200, 200]
    assert (sold.status, sold.code) == (409, "ALREADY_DECIDED")


def test_an_extension_moves_the_end_of_the_hold_until_it_is_decided(service: Caller) -> None:
    held = service.post("/reservations", CART, key="order-1")

    extended = service.post("/reservations/order-1/extension", None)
    service.calls("DELETE", "/reservations/order-1")
    too_late = service.post("/reservations/order-1/extension", None)

    assert extended.status == 200
    assert extended.content["held_until"] > held.content["held_until"]
    assert (too_late.status, too_late.code) == (409, "ALREADY_DECIDED")


@pytest.mark.parametrize("path", ["/reservations/none", "/reservations/none/payment", "/reservations/none/extension"])
def test_an_unknown_reservation_is_not_found(service: Caller, path: str) -> None:
    method = "GET" if path.endswith("none") else "POST"

    answer = service.calls(method, path, PAID if path.endswith("payment") else None)

    assert (answer.status, answer.code) == (404, "RESERVATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("key", "body", "wrong"),
    [
        (None, CART, ["Idempotency-Key"]),
        ("a key", CART, ["Idempotency-Key"]),
        ("k" * 81, CART, ["Idempotency-Key"]),
        ("order-1", {"lines": []}, ["lines"]),
        ("order-1", {"lines": [{"product_id": "P-1", "quantity": "2"}]}, ["lines[0].quantity"]),
        ("order-1", {"lines": [{"product_id": "P-1", "quantity": 1e9}]}, ["lines[0].quantity"]),
        ("order-1", {"lines": [{"product_id": "../P", "quantity": 1}]}, ["lines[0].product_id"]),
        ("order-1", CART | {"hold_seconds": 0}, ["hold_seconds"]),
        ("order-1", CART | {"colour": "red"}, ["colour"]),
        ("order-1", [], ["(content)"]),
        ("order-1", None, ["(content)"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_held(
    service: Caller, shop: Shop, key: str | None, body: Any, wrong: list[str]
) -> None:
    answer = service.post("/reservations", body, key=key)

    assert answer.wrong_fields == wrong
    assert shop.rows(shop.tables.reservations) == []


@pytest.mark.parametrize("body", ["{", "NaN", '{"lines": Infinity}', "[" * 100_000])
def test_what_is_no_json_is_told_so(service: Caller, body: str) -> None:
    answer = service.post("/reservations", body, key="order-1")

    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")
