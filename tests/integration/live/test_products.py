"""What is published of products: a push and events for each change of what a shopper is shown, and nothing else."""

import pytest

from inventory.live.channel import channel_of
from inventory.live.published_store import PublishedStore, product_key
from tests.support.live import Publisher, level_record
from tests.support.shop import Shop


def test_a_change_is_pushed_and_sent(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5, low_stock_threshold=1)

    assert publisher.sees("P-1") == []

    [push] = publisher.targets.pushes
    assert push["available"] == 5
    assert (push["sequence"], push["channel"]) == (1, channel_of("P-1"))
    assert publisher.sent == ["StockChanged"]
    changed = publisher.event("StockChanged")
    assert (changed["product_id"], changed["available"], changed["sequence"]) == ("P-1", 5, 1)
    assert PublishedStore(shop.client, shop.tables).sequence("P-1") == 1


def test_a_record_that_comes_twice_publishes_once(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    record = level_record(shop)

    publisher.gets(record, record)
    publisher.gets(record)

    assert publisher.sent == ["StockChanged"]
    assert len(publisher.targets.pushes) == 1


def test_nothing_is_written_if_nothing_that_is_shown_has_changed(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    publisher.sees()

    publisher.sees()

    assert [call.operation for call in publisher.functions.calls()] == ["BatchGetItem", "Query"]


def test_the_last_unit_is_sold_and_comes_back(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    publisher.sees()

    held = shop.holds(("P-1", 1))
    publisher.sees()
    shop.cancels(held)
    publisher.sees()

    assert publisher.sent == ["StockChanged", "StockChanged", "SoldOut", "StockChanged", "BackInStock"]
    assert [push["sequence"] for push in publisher.targets.pushes] == [1, 2, 3]
    assert [push["available"] for push in publisher.targets.pushes] == [1, 0, 1]


def test_a_low_level_is_sent_once_for_each_crossing(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5, low_stock_threshold=3)
    publisher.sees()

    shop.sells(("P-1", 2))
    publisher.sees()
    shop.sells(("P-1", 1))
    publisher.sees()

    low = publisher.event("StockLow")
    assert (low["on_hand"], low["available"], low["low_stock_threshold"]) == (3, 3, 3)

    shop.adjusts(5)
    publisher.sees()
    shop.sells(("P-1", 5))
    publisher.sees()

    assert publisher.sent.count("StockLow") == 2


def test_a_deleted_product_is_shown_as_sold_out_and_keeps_its_sequence(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    publisher.sees()
    shop.adjusts(-5)
    publisher.sees()

    shop.deletes("P-1")
    publisher.sees()

    last = publisher.targets.pushes[-1]
    assert (last["sequence"], last["available"], last["status"], last["warehouses"]) == (3, 0, "OUT_OF_STOCK", [])

    shop.stocks("P-1", on_hand=2)
    publisher.sees()

    assert publisher.targets.pushes[-1]["sequence"] == 4
    assert publisher.sent[-1] == "BackInStock"


def test_a_retired_product_is_sold_out(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    publisher.sees()

    shop.retires("P-1")
    publisher.sees()

    assert publisher.sent[-2:] == ["StockChanged", "SoldOut"]
    assert publisher.targets.pushes[-1]["available"] == 0


def test_a_new_product_without_units_is_not_sold_out_and_one_with_units_is_not_back(
    publisher: Publisher, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=0)
    shop.stocks("P-2", on_hand=2)

    publisher.sees("P-1", "P-2")

    assert set(publisher.sent) == {"StockChanged", "StockLow"}


def test_a_product_that_was_never_published_is_sold_out_when_its_last_unit_is_held(
    publisher: Publisher, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=1)
    shop.holds(("P-1", 1))

    publisher.sees()

    assert "SoldOut" in publisher.sent


@pytest.mark.parametrize("shard", [0, 1])
def test_the_record_of_a_shard_is_of_its_product(publisher: Publisher, shop: Shop, shard: int) -> None:
    shop.stocks("P-1", on_hand=8)
    shop.spreads(2)

    publisher.gets(level_record(shop, shard=shard))

    assert publisher.targets.pushes[-1]["available"] == 8


def test_many_products_need_few_calls_of_eventbridge(publisher: Publisher, shop: Shop) -> None:
    product_ids = [f"P-{number}" for number in range(25)]
    for product_id in product_ids:
        shop.stocks(product_id, on_hand=5, low_stock_threshold=1)

    publisher.sees(*product_ids)

    assert publisher.sent == ["StockChanged"] * 25
    assert sum(call.operation == "PutEvents" for call in publisher.functions.calls()) == 3


def test_a_row_keeps_nothing_that_was_sent(publisher: Publisher, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)

    publisher.sees()

    row = publisher.row(product_key("P-1"))
    assert (row["sequence"], row["pushed_sequence"], row["pending"]) == (1, 1, [])
