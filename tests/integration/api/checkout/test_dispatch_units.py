"""A checkout service dispatches sold units."""

from typing import Any

import pytest

from tests.support.http.gateway import Caller
from tests.support.shop import Shop

PATH = "/reservations/R-1/dispatches"
ONE = {"lines": [{"product_id": "P-1", "quantity": 1}], "reference": "PARCEL-1"}


@pytest.fixture(autouse=True)
def sold(service: Caller, shop: Shop) -> None:
    shop.tracks_dispatch = True
    shop.sold(("P-1", 3), reservation_id="R-1")


def test_a_part_and_then_all_that_is_left_is_dispatched(service: Caller, shop: Shop) -> None:
    part = service.post(PATH, ONE)
    again = service.post(PATH, ONE)
    rest = service.post(PATH, {"reference": "PARCEL-2"})
    more = service.post(PATH, {"reference": "PARCEL-3"})

    assert [answer.status for answer in (part, again, rest, more)] == [200, 200, 200, 409]
    assert [answer.content["lines"][0]["dispatched"] for answer in (part, again, rest)] == [1, 1, 3]
    assert more.code == "NOT_ALLOCATED"
    assert (shop.level().on_hand, shop.level().allocated) == (7, 0)


def test_refusals_have_their_codes(service: Caller, shop: Shop) -> None:
    shop.tracks_dispatch = False
    shop.sold(("P-1", 1), reservation_id="R-2")

    assert service.post("/reservations/R-2/dispatches", ONE).code == "NOT_ALLOCATED"
    service.post(PATH, ONE)
    assert service.post(PATH, {"reference": "PARCEL-1"}).code == "IDEMPOTENCY_CONFLICT"
    unknown = service.post("/reservations/R-9/dispatches", ONE)
    assert (unknown.status, unknown.code) == (404, "RESERVATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (ONE | {"lines": []}, "lines"),
        (ONE | {"lines": [{"product_id": "P-1", "quantity": 0}]}, "lines[0].quantity"),
        (ONE | {"lines": [{"quantity": 1}]}, "lines[0].product_id"),
        ({"lines": ONE["lines"]}, "reference"),
        (ONE | {"disposition": "RESTOCK"}, "disposition"),
        (["all"], "(content)"),
    ],
    ids=str,
)
def test_a_bad_body_is_refused_by_field_and_nothing_is_written(
    service: Caller, shop: Shop, content: Any, field: str
) -> None:
    refused = service.post(PATH, content)

    assert refused.status == 400
    assert field in [error["field"] for error in refused.content["errors"]]
    assert (shop.level().on_hand, shop.level().allocated) == (10, 3)
    assert shop.rows(shop.tables.idempotency) == []
