"""A checkout service lists the reservations of an order."""

from datetime import datetime, timedelta

from inventory.reservations.order_list import PAGE_SIZE
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def test_reservations_of_an_order_are_listed_the_newest_first_on_pages(service: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)
    moments = iter(range(1_000))
    shop.now = lambda: NOON + timedelta(seconds=next(moments))
    # Ids in no order of time.
    ids = [f"R-{number * 7 % (PAGE_SIZE + 1)}" for number in range(PAGE_SIZE + 1)]
    for reservation_id in ids:
        shop.reserves(("P-1", 1), reservation_id=reservation_id, order_id="#1001 / ü")
    shop.reserves(("P-1", 1), reservation_id="other", order_id="#1002")

    first = service.get("/reservations", order_id="#1001 / ü")
    second = service.get("/reservations", order_id="#1001 / ü", cursor=first.content["cursor"])

    found = [item["reservation_id"] for page in (first, second) for item in page.content["items"]]
    assert found == ids[::-1]
    assert (len(first.content["items"]), second.content["cursor"]) == (PAGE_SIZE, None)
    assert "task_token" not in first.content["items"][0]
    of_another_order = service.get("/reservations", order_id="#1002", cursor=first.content["cursor"])
    assert of_another_order.invalid_fields == ["cursor"]


def test_an_unknown_order_has_an_empty_list(service: Caller) -> None:
    answer = service.get("/reservations", order_id="O-9")

    assert (answer.status, answer.content) == (200, {"items": [], "cursor": None})


def test_a_list_needs_an_order_and_its_own_cursor(service: Caller) -> None:
    assert service.get("/reservations").invalid_fields == ["order_id"]
    assert service.get("/reservations", order_id="").invalid_fields == ["order_id"]
    assert service.get("/reservations", order_id="O-1", cursor="made up").invalid_fields == ["cursor"]
    assert service.get("/reservations", order_id="O-1", page="2").invalid_fields == ["page"]
