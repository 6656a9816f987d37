"""A level that is spread over shards is read as one level by everything that reads levels."""

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import LevelUnreadable
from inventory.items import level_key, partition_of
from inventory.model import LevelKey
from inventory.stock.shards.parts import Holdable
from tests.support.aws_calls import recorded
from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row
from tests.support.shop.spread import has_shards

KEY = LevelKey("P-1", "main")


def test_every_reader_shows_the_sums_of_the_shards(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-1", on_hand=2, warehouse_id="north")
    has_shards(shop, 4, 0, 6)

    [main, north] = shop.stock_store.levels_of("P-1")

    assert (main.on_hand, main.available, main.shards, len(main.parts)) == (10, 10, 3, 3)
    assert (north.on_hand, north.shards, north.parts) == (2, 1, ())
    assert shop.stock_store.level(KEY) == main
    assert shop.stock_store.levels([KEY]) == [main]
    assert shop.stock_store.levels_by_key([KEY]) == ({KEY: main}, frozenset())
    assert shop.stock_store.holdable("P-1") == Holdable({KEY: 10, LevelKey("P-1", "north"): 2}, {KEY: main})
    assert shop.stock_store.holdable_at([KEY]) == Holdable({KEY: 10}, {KEY: main})
    shop.adds_up()


def test_the_rows_of_a_spread_level_are_read_each_with_its_own_figures(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    has_shards(shop, 4, 0, 6)

    rows = shop.stock_store.rows([KEY, KEY.of_shard(1), KEY.of_shard(2), KEY.of_shard(3)])

    assert {row.key.shard: row.on_hand for row in rows} == {0: 4, 1: 0, 2: 6}


def test_a_level_that_is_not_spread_is_read_by_one_call(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with recorded(shop.client) as calls:
        shop.stock_store.level(KEY)
        shop.stock_store.levels_of("P-1")
        shop.stock_store.holdable("P-1")

    assert [call.operation for call in calls] == ["BatchGetItem", "Query", "Query"]


def test_a_shard_that_was_deleted_by_another_tool_has_no_units(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    has_shards(shop, 4, 6)

    deletes_row(shop, partition_of(KEY.of_shard(1)))

    assert shop.level().on_hand == 4


def test_a_level_of_which_a_shard_cannot_be_read_cannot_be_read(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    has_shards(shop, 4, 6)
    row = level_key(KEY.of_shard(1)) | {"on_hand": "six"}
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row))

    with pytest.raises(LevelUnreadable):
        shop.stock_store.level(KEY)
    assert shop.stock_store.levels_by_key([KEY]) == ({}, frozenset({KEY}))
    assert shop.stock_store.holdable("P-1") == Holdable({KEY: 0})


def test_a_spread_level_that_adds_up_has_not_drifted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    has_shards(shop, 4, 6)

    findings = shop.finds_drift()

    assert findings.agree
    assert findings.unopened == ()
