"""Levels that are spread over shards, as rows."""

from dataclasses import replace

from inventory.aws.changes import to_attributes
from inventory.items import level_item, movement_item
from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from tests.support.shop import Shop


def has_shards(shop: Shop, *on_hand: int, warehouse_id: str = "main", product_id: str = "P-1") -> Level:
    """Spread a level that exists over so many shards, each with its units and their movement; its own row is the first."""
    key = LevelKey(product_id, warehouse_id)
    [own] = shop.stock_store.rows([key])
    for shard, units in enumerate(on_hand):
        row = replace(own, on_hand=units, available=units, shard=shard)
        row = replace(row, version=own.version if shard == 0 else 0)
        if shard == 0:
            row = replace(row, shards=len(on_hand), shards_max=len(on_hand))
        delta = units - (own.on_hand if shard == 0 else 0)
        moved = Movement(
            *(product_id, warehouse_id, f"{iso(shop.now())}spread", iso(shop.now())),
            *(MovementKind.MOVED, delta, "ada", "spread"),
            shard=shard,
        )
        shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level_item(row)))
        shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(movement_item(moved)))
    return shop.level(product_id, warehouse_id)
