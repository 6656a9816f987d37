"""Rows and messages that can never be published: they are put aside or stay where they are, and the others go on."""

import pytest

from inventory.aws.changes import to_attributes
from tests.support.live import Publisher
from tests.support.shop import Shop


@pytest.mark.parametrize("name", ["n" * 190_000, "\u00e9" * 40_000, "n" * 390_000])
def test_a_product_that_no_target_can_take_is_put_aside_and_the_others_go_on(
    publisher: Publisher, shop: Shop, name: str
) -> None:
    shop.stocks("P-1", on_hand=2)
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {"name": name}))
    shop.stocks("P-2", on_hand=2)

    assert publisher.sees("P-1", "P-2") == []

    [(queue, content)] = publisher.targets.queued
    assert (queue, content["key"]["product_id"]) == ("unreadable-changes", "P-1")
    assert {event["product_id"] for event in publisher.targets.events} == {"P-2"}


def test_a_reservation_that_no_target_can_take_is_put_aside(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=2)
    shop.holds(("P-1", 1), reservation_id="R-1")
    [row] = shop.rows(shop.tables.reservations)
    huge = row | {"requested_id": "\u00e9" * 50_000}
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(huge))

    assert publisher.sees_reservation() == []

    [(queue, content)] = publisher.targets.queued
    assert (queue, content["key"]) == ("unreadable-changes", {"reservation_id": "R-1"})


@pytest.mark.parametrize(
    ("queue", "content"),
    [
        ("undelivered-events", {"detail_type": "SoldOut", "detail": {"at": "2026-03-01T12:00:00.000Z"}}),
        ("undelivered-pushes", {"product_id": "\ud800"}),
        ("undelivered-pushes", {"product_id": ""}),
        ("undelivered-pushes", {"product_id": 5}),
        ("undelivered-pushes", {"product_id": "P" * 5_000}),
    ],
)
def test_a_message_that_names_nothing_stays_in_its_queue_alone(
    publisher: Publisher, shop: Shop, queue: str, content: dict[str, object]
) -> None:
    shop.stocks("P-2", on_hand=2)
    publisher.targets.queued += [(queue, content), ("undelivered-pushes", {"product_id": "P-2"})]

    assert publisher.republishes() == ["0"]

    assert publisher.targets.pushes[-1]["product_id"] == "P-2"
