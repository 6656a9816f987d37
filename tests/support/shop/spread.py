"""Levels that are spread over shards, as rows."""

from dataclasses import replace
from uuid import uuid4

from inventory.aws.changes import to_attributes
from inventory.identifiers import joined
from inventory.items import level_item, movement_item
from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from tests.support.shop import Shop


def sells_from(shop: Shop, shard: int, units: int) -> None:
    """Somebody buys units of one shard of P-1: its row and its ledger afterwards."""
    changes_shard(shop, shard, -units, MovementKind.SOLD)


def moves(shop: Shop, units: int, *, source: int, target: int) -> None:
    """Units of P-1 move from one shard to another."""
    changes_shard(shop, source, -units, MovementKind.MOVED)
    changes_shard(shop, target, units, MovementKind.MOVED)


def changes_shard(shop: Shop, shard: int, delta: int, kind: MovementKind) -> None:
    """The row of a shard of P-1 and its ledger after a movement."""
    [row] = shop.stock_store.rows([LevelKey("P-1", "main", shard)])
    now = iso(shop.now())
    row = replace(row, on_hand=row.on_hand + delta, available=row.available + delta, version=row.version + 1)
    moved = Movement("P-1", "main", joined(now, uuid4().hex), now, kind, delta, "ada", "test", shard=shard)
    for table, item in ((shop.tables.inventory, level_item(row)), (shop.tables.movements, movement_item(moved))):
        shop.client.put_item(TableName=table, Item=to_attributes(item))


def figures(level: Level) -> list[tuple[int, int]]:
    """What is on hand and available in each part of a spread level."""
    return [(part.on_hand, part.available) for part in level.parts]


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
