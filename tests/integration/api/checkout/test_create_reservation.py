"""A checkout service creates a reservation over HTTP."""

from typing import Any

import pytest

from inventory.reservations import checkout
from inventory.reservations.reservation_request import ReservationRequest
from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.http.fake_workflow import FakeWorkflow
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

UNKNOWN = {"lines": [{"product_id": "NO", "quantity": 1}]}
ONE = {"lines": [{"product_id": "P-1", "quantity": 1}]}


def test_a_created_reservation_is_held_and_has_a_location(service: Caller) -> None:
    answer = service.post("/reservations", CART, key="order-1")

    assert (answer.status, answer.content["status"]) == (201, "HELD")
    assert answer.headers["Location"] == "/reservations/order-1"
    assert service.get("/reservations/order-1").content == answer.content
    assert "task_token" not in answer.content


def test_a_repeated_request_returns_the_same_reservation(service: Caller, shop: Shop) -> None:
    first = service.post("/reservations", CART, key="order-1")

    again = service.post("/reservations", CART, key="order-1")

    assert (again.status, again.content) == (200, first.content)
    assert shop.level("P-1").reserved == 2


@pytest.mark.parametrize("longest_hold_seconds", [600, 86_400])
def test_a_repeated_request_returns_the_same_reservation_although_the_longest_hold_has_changed(
    service: Caller, shop: Shop, longest_hold_seconds: int
) -> None:
    shop.longest_hold_seconds = 800  # shorter than the default, and the request names no hold
    first = service.post("/reservations", CART, key="order-1")
    shop.longest_hold_seconds, shop.customer_id_required = longest_hold_seconds, True

    again = service.post("/reservations", CART, key="order-1")

    assert (first.status, again.status, again.content) == (201, 200, first.content)
    assert service.post("/reservations", CART, key="order-2").invalid_fields == ["customer_id"]


def test_a_key_with_other_content_is_a_conflict(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")

    other = service.post("/reservations", CART | {"order_id": "1002"}, key="order-1")

    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


def test_insufficient_stock_is_refused_with_every_short_line_on_each_attempt(service: Caller, shop: Shop) -> None:
    cart = {"lines": [{"product_id": "P-1", "quantity": 6}, {"product_id": "P-1", "quantity": 5}]}
    answer = service.post("/reservations", cart, key="order-1")
    shop.adjusts(+1)

    again = service.post("/reservations", cart, key="order-1")

    assert (answer.status, answer.code) == (409, "INSUFFICIENT_STOCK")
    assert answer.content["shortages"] == [
        {"product_id": "P-1", "warehouse_id": None, "requested": 11, "available": 10}
    ]
    assert (again.status, again.content) == (answer.status, answer.content)


def test_what_there_is_is_held_if_a_part_is_accepted_and_answered_alike_on_each_attempt(
    service: Caller, shop: Shop
) -> None:
    cart = {"lines": [{"product_id": "P-1", "quantity": 12}], "accept": "PARTIAL"}
    answer = service.post("/reservations", cart, key="order-1")
    shop.adjusts(+5)

    again = service.post("/reservations", cart, key="order-1")

    assert (answer.status, answer.content["status"]) == (201, "HELD")
    assert [(line["quantity"], line["sources"]) for line in answer.content["lines"]] == [
        (10, [{"warehouse_id": "main", "quantity": 10}])
    ]
    assert answer.content["shortages"] == [
        {"product_id": "P-1", "warehouse_id": None, "requested": 12, "available": 10}
    ]
    assert (again.status, again.content) == (200, answer.content)
    assert service.get("/reservations/order-1").content == answer.content
    for other in ({"lines": cart["lines"]}, {"lines": [{"product_id": "P-1", "quantity": 10}], "accept": "PARTIAL"}):
        assert service.post("/reservations", other, key="order-1").code == "IDEMPOTENCY_CONFLICT"
    sold = service.post("/reservations/order-1/payment", PAID)
    assert (sold.status, sold.content["shortages"]) == (200, answer.content["shortages"])
    shop.adds_up()


def test_nothing_of_anything_is_refused_although_a_part_is_accepted(service: Caller, shop: Shop) -> None:
    shop.adjusts(-10)

    answers = [service.post("/reservations", ONE | {"accept": "PARTIAL"}, key="order-1") for _ in range(2)]

    assert [(answer.status, answer.code) for answer in answers] == [(409, "INSUFFICIENT_STOCK")] * 2
    assert answers[0].content["shortages"] == [
        {"product_id": "P-1", "warehouse_id": None, "requested": 1, "available": 0}
    ]


@pytest.mark.parametrize("accept", ["ALL", "partial", "", None, True, ["PARTIAL"]])
def test_anything_else_to_accept_is_refused_and_nothing_is_written(service: Caller, shop: Shop, accept: object) -> None:
    refused = service.post("/reservations", ONE | {"accept": accept}, key="order-1")

    assert (refused.status, refused.invalid_fields) == (400, ["accept"])
    assert shop.rows(shop.tables.reservations) == []


def test_a_pending_request_that_accepts_otherwise_is_a_conflict(
    service: Caller, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.working = False
    first = service.post("/reservations", CART | {"accept": "PARTIAL"}, key="order-1")

    again = service.post("/reservations", CART | {"accept": "PARTIAL"}, key="order-1")
    other = service.post("/reservations", CART, key="order-1")

    assert [first.status, again.status] == [202, 202]
    assert other.code == "IDEMPOTENCY_CONFLICT"


def test_a_line_may_name_the_warehouse_in_which_another_line_is_tried_first(service: Caller, shop: Shop) -> None:
    unnamed, named = {"product_id": "P-1", "quantity": 2}, {"product_id": "P-1", "warehouse_id": "main", "quantity": 1}

    answer = service.post("/reservations", {"lines": [unnamed, named]}, key="order-1")

    assert (answer.status, shop.level("P-1").reserved) == (201, 3)
    assert [line["warehouse_id"] for line in answer.content["lines"]] == [None, "main"]


def test_a_request_beyond_the_hold_limit_is_refused_with_the_limits_on_each_attempt(
    service: Caller, shop: Shop
) -> None:
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


def test_a_request_without_a_customer_is_refused_if_the_customer_is_required(service: Caller, shop: Shop) -> None:
    shop.customer_id_required = True

    refused = service.post("/reservations", CART, key="order-1")
    held = service.post("/reservations", CART | {"customer_id": "C-1"}, key="order-1")

    assert refused.invalid_fields == ["customer_id"]
    assert held.status == 201


def test_an_unknown_product_is_named_on_each_attempt(service: Caller) -> None:
    cart = {"lines": [{"product_id": "P-1", "quantity": 1}, {"product_id": "NO", "quantity": 1}]}

    answers = [service.post("/reservations", cart, key="order-1") for _ in range(2)]

    assert [answer.invalid_fields for answer in answers] == [["lines[1].product_id"]] * 2


def test_a_level_without_a_name_is_held_as_by_the_workflow(service: Caller, shop: Shop) -> None:
    key = {"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key=key,
        UpdateExpression="REMOVE #name",
        ExpressionAttributeNames={"#name": "name"},
    )

    assert service.post("/reservations", ONE, key="order-1").status == 201
    assert shop.reserves(("P-1", 1)).status == "HELD"


def test_a_request_for_an_unknown_product_does_not_use_its_key(service: Caller, workflow: FakeWorkflow) -> None:
    service.post("/reservations", UNKNOWN, key="order-1")

    corrected = service.post("/reservations", CART, key="order-1")

    assert corrected.status == 201
    assert workflow.descriptions == 0


def test_a_failed_execution_explains_itself_at_once_and_keeps_its_key(
    service: Caller, workflow: FakeWorkflow, shop: Shop
) -> None:
    workflow.start("order-1", ReservationRequest.parse(UNKNOWN).to_json())
    shop.stocks("NO", on_hand=1)

    again = service.post("/reservations", UNKNOWN, key="order-1")
    other = service.post("/reservations", CART, key="order-1")

    assert again.invalid_fields == ["lines[0].product_id"]
    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


def test_a_reservation_that_is_not_decided_in_time_is_pending(
    service: Caller, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.working = False

    answer = service.post("/reservations", CART, key="order-1")

    assert (answer.status, answer.content["status"]) == (202, "PENDING")
    assert answer.headers["Location"] == "/reservations/order-1"
    assert workflow.descriptions == 1


def test_a_pending_request_is_repeated_although_the_settings_would_refuse_it_now(
    service: Caller, shop: Shop, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.working = False
    first = service.post("/reservations", CART, key="order-1")
    shop.customer_id_required = True

    again = service.post("/reservations", CART, key="order-1")
    other = service.post("/reservations", CART | {"order_id": "1002"}, key="order-1")

    assert [first.status, again.status] == [202, 202]
    assert other.invalid_fields == ["customer_id"]


def test_an_execution_that_fails_during_the_wait_explains_itself(
    service: Caller, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.broken = True

    answer = service.post("/reservations", CART, key="order-1")

    assert (answer.status, answer.code) == (503, "BUSY")


def test_a_reservation_is_pending_if_step_functions_throttles_the_question_what_became_of_it(
    service: Caller, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", 0.2)
    workflow.working = False
    workflow.throttled = True

    answers = [service.post("/reservations", CART, key="order-1") for _ in range(2)]

    assert [(answer.status, answer.content["status"]) for answer in answers] == [(202, "PENDING")] * 2


@pytest.mark.parametrize(
    ("key", "body", "fields"),
    [
        (None, CART, ["Idempotency-Key"]),
        ("müller", CART, ["Idempotency-Key"]),
        ("k" * 129, CART, ["Idempotency-Key"]),
        ("order-1", {"lines": []}, ["lines"]),
        ("order-1", {"lines": [{"product_id": "P-1", "quantity": "2"}]}, ["lines[0].quantity"]),
        ("order-1", {"lines": [{"product_id": "P-1", "quantity": 1e9}]}, ["lines[0].quantity"]),
        ("order-1", {"lines": [{"product_id": "P\n", "quantity": 1}]}, ["lines[0].product_id"]),
        ("order-1", CART | {"reservation_id": "order-2"}, ["reservation_id"]),
        ("order-1", CART | {"hold_seconds": 0}, ["hold_seconds"]),
        ("order-1", CART | {"colour": "red"}, ["colour"]),
        ("order-1", [], ["(content)"]),
        ("order-1", None, ["(content)"]),
    ],
)
def test_every_invalid_field_is_named_and_nothing_is_held(
    service: Caller, shop: Shop, key: str | None, body: Any, fields: list[str]
) -> None:
    answer = service.post("/reservations", body, key=key)

    assert answer.invalid_fields == fields
    assert shop.rows(shop.tables.reservations) == []


@pytest.mark.parametrize("body", ["{", "NaN", '{"lines": Infinity}', "[" * 100_000])
def test_a_body_that_is_not_json_is_refused(service: Caller, body: str) -> None:
    answer = service.post("/reservations", body, key="order-1")

    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")
