"""A checkout service returns sold units."""

from typing import Any

import pytest

from tests.support.http.gateway import Caller
from tests.support.shop import Shop

RETURN: dict[str, Any] = {
    "lines": [{"product_id": "P-1", "quantity": 1}],
    "disposition": "RESTOCK",
    "reference": "RMA-1",
}
PATH = "/reservations/R-1/returns"


def line(**content: Any) -> dict[str, Any]:
    return RETURN | {"lines": [{"product_id": "P-1", "quantity": 1} | content]}


def test_the_answer_is_the_reservation_with_what_was_returned(service: Caller, shop: Shop) -> None:
    shop.sold(("P-1", 2), reservation_id="R-1")

    answers = [service.post(PATH, RETURN, key="return-1") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.content["lines"][0]["returned"] for answer in answers] == [1, 1]
    assert answers[0].content["status"] == "COMMITTED"
    assert shop.level().on_hand == 9
    assert service.get("/reservations/R-1").content == answers[0].content


def test_refusals_have_their_codes(service: Caller, shop: Shop) -> None:
    shop.sold(("P-1", 1), reservation_id="R-1")
    beyond = line(quantity=2)

    assert service.post(PATH, beyond, key="1").code == "NOT_SOLD"
    assert service.post(PATH, beyond, key="1").status == 409
    assert service.post(PATH, RETURN, key="1").code == "IDEMPOTENCY_CONFLICT"
    assert service.post(PATH, line(product_id="P-2"), key="2").code == "NOT_SOLD"
    moon = service.post(PATH, line(warehouse_id="moon"), key="3")
    assert (moon.status, moon.code) == (404, "LEVEL_NOT_FOUND")
    unknown = service.post("/reservations/R-9/returns", RETURN, key="4")
    assert (unknown.status, unknown.code) == (404, "RESERVATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (line(quantity=0), "lines[0].quantity"),
        (line(quantity=-1), "lines[0].quantity"),
        (line(quantity=10_001), "lines[0].quantity"),
        (line(quantity=1.5), "lines[0].quantity"),
        (line(quantity="1"), "lines[0].quantity"),
        (line(quantity=True), "lines[0].quantity"),
        (line(quantity=None), "lines[0].quantity"),
        (line(quantity=1e400), "lines[0].quantity"),
        (line(product_id=""), "lines[0].product_id"),
        (line(product_id="P\u200b1"), "lines[0].product_id"),
        (line(warehouse_id=" main"), "lines[0].warehouse_id"),
        (line(colour="red"), "lines[0].colour"),
        (RETURN | {"lines": []}, "lines"),
        (RETURN | {"lines": [RETURN["lines"][0]] * 1001}, "lines"),
        (RETURN | {"lines": "P-1"}, "lines"),
        (RETURN | {"lines": [7]}, "lines[0]"),
        (RETURN | {"lines": None}, "lines"),
        (RETURN | {"disposition": "SELL"}, "disposition"),
        (RETURN | {"disposition": None}, "disposition"),
        (RETURN | {"reference": ""}, "reference"),
        (RETURN | {"reference": "x" * 129}, "reference"),
        (RETURN | {"reason": "broken"}, "reason"),
        ({}, "disposition"),
        ([], "(content)"),
        (None, "(content)"),
    ],
    ids=str,
)
def test_a_bad_body_is_refused_by_field_and_nothing_is_written(
    service: Caller, shop: Shop, content: Any, field: str
) -> None:
    shop.sold(("P-1", 2), reservation_id="R-1")

    refused = service.post(PATH, content, key="return-1")

    assert refused.status == 400
    if refused.code != "MALFORMED_JSON":  # an infinite number is no JSON
        assert field in [error["field"] for error in refused.content["errors"]]
    assert shop.level().on_hand == 8
    assert shop.rows(shop.tables.idempotency) == []


def test_a_key_is_required(service: Caller, shop: Shop) -> None:
    shop.sold(("P-1", 2), reservation_id="R-1")

    refused = service.post(PATH, RETURN)

    assert [error["field"] for error in refused.content["errors"]] == ["Idempotency-Key"]
