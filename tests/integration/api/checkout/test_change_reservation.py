"""A checkout service changes the lines of a hold."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.http.bodies import JSON, LINES, ODD_LINES
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop

PATH = "/reservations/order-1"


def changes(service: Caller, content: Any, *, key: str | None = "cart-2", path: str = PATH) -> Answer:
    return service.calls("PATCH", path, content, headers={"Idempotency-Key": key} if key else {})


def lines(*quantities: tuple[str, int]) -> dict[str, Any]:
    return {"lines": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in quantities]}


@pytest.fixture
def held(service: Caller, shop: Shop) -> dict[str, Any]:
    """The hold order-1 of two units of P-1, in a shop with three units of P-2 too."""
    shop.stocks("P-2", on_hand=3)
    content: dict[str, Any] = service.post("/reservations", CART, key="order-1").content
    return content


def test_a_changed_hold_is_answered_as_a_reservation(service: Caller, held: dict[str, Any]) -> None:
    changed = changes(service, lines(("P-1", 1), ("P-2", 3)))

    assert changed.status == 200
    expected = [
        {
            "product_id": product_id,
            "warehouse_id": None,
            "quantity": quantity,
            "sources": [{"warehouse_id": "main", "quantity": quantity}],
        }
        for product_id, quantity in (("P-1", 1), ("P-2", 3))
    ]
    assert changed.content == held | {"lines": expected}
    assert service.get(PATH).content == changed.content
    assert changes(service, lines(("P-2", 3), ("P-1", 1))).content == changed.content


@pytest.mark.usefixtures("held")
def test_a_creation_is_still_repeated_and_a_payment_buys_the_new_lines(service: Caller, shop: Shop) -> None:
    changed = changes(service, lines(("P-2", 2)))

    again = service.post("/reservations", CART, key="order-1")
    other = service.post("/reservations", CART | lines(("P-2", 2)), key="order-1")
    paid = service.post(f"{PATH}/payment", PAID)

    assert (again.status, again.content) == (200, changed.content)
    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")
    assert (paid.status, paid.content["lines"]) == (200, changed.content["lines"])
    shop.adds_up()


@pytest.mark.usefixtures("held")
def test_refusals_have_their_codes_and_change_nothing(service: Caller, shop: Shop) -> None:
    before = shop.reservation("order-1")

    short = changes(service, lines(("P-1", 1), ("P-2", 4)), key="a")
    unknown = changes(service, lines(("P-1", 1), ("P-9", 4)), key="b")
    conflict = changes(service, lines(("P-1", 1)), key="a")

    assert (short.status, short.code) == (409, "INSUFFICIENT_STOCK")
    assert short.content["shortages"] == [{"product_id": "P-2", "warehouse_id": None, "requested": 4, "available": 3}]
    assert unknown.invalid_fields == ["lines[1].product_id"]
    assert (conflict.status, conflict.code) == (409, "IDEMPOTENCY_CONFLICT")
    assert shop.reservation("order-1") == before
    service.calls("DELETE", PATH)
    decided = changes(service, lines(("P-1", 1)), key="c")
    assert (decided.status, decided.code) == (409, "ALREADY_DECIDED")


def test_a_customer_beyond_the_limit_is_refused(service: Caller, shop: Shop) -> None:
    shop.adjusts(+2_000)
    service.post("/reservations", CART | {"customer_id": "C-1"}, key="order-1")

    refused = changes(service, lines(("P-1", 1_001)))

    assert (refused.status, refused.code) == (409, "HOLD_LIMIT_REACHED")
    assert "1000 units" in refused.content["detail"]
    assert changes(service, lines(("P-1", 1_000)), key="cart-3").status == 200


@pytest.mark.parametrize("path", ["/reservations/order-9", f"/reservations/{'x' * 80}"])
def test_an_unknown_reservation_is_not_found(service: Caller, path: str) -> None:
    answer = changes(service, lines(("P-1", 1)), path=path)

    assert (answer.status, answer.code) == (404, "RESERVATION_NOT_FOUND")


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["lines"]),
        ({"lines": []}, ["lines"]),
        ({"lines": None}, ["lines"]),
        ([], ["(content)"]),
        (None, ["(content)"]),
        (CART, ["order_id"]),
        (lines(("P-1", 1)) | {"hold_seconds": 900, "accept": "PARTIAL"}, ["hold_seconds", "accept"]),
        ({"lines": [{"product_id": "P-1", "quantity": 0}, {"quantity": 1, "color": "red"}]}, None),
        (lines(*((f"P-{number}", 1) for number in range(46))), ["lines"]),
        (lines(("P-1", 6_000), ("P-1", 6_000)), ["lines[0].quantity"]),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_written(
    service: Caller, shop: Shop, content: Any, fields: list[str] | None
) -> None:
    before = shop.reservation("order-1")

    answer = changes(service, content)

    assert answer.invalid_fields == (fields or ["lines[0].quantity", "lines[1].product_id", "lines[1].color"])
    assert (shop.reservation("order-1"), shop.rows(shop.tables.idempotency)) == (before, [])


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("key", [None, "ü", "x" * 129])
def test_a_change_needs_a_key(service: Caller, key: str | None) -> None:
    assert changes(service, lines(("P-1", 1)), key=key).invalid_fields == ["Idempotency-Key"]


BODIES = (
    st.fixed_dictionaries({"lines": st.lists(LINES, min_size=1, max_size=4)})
    | st.fixed_dictionaries({"lines": st.lists(ODD_LINES, max_size=4) | JSON})
    | JSON
)


@pytest.mark.usefixtures("held")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(BODIES)
def test_any_body_is_held_whole_or_refused_with_its_fields(service: Caller, shop: Shop, content: Any) -> None:
    before = shop.reservation("order-1")

    answer = changes(service, content, key=uuid4().hex)

    after = shop.reservation("order-1")
    if answer.status == 200:
        assert sum(line["quantity"] for line in answer.content["lines"]) == after.units
    else:
        assert after == before
        assert answer.code == "INSUFFICIENT_STOCK" or answer.invalid_fields
    shop.adds_up()
