"""A shop with one product whose level is spread over shards, its rows, and what a refused write leaves of them."""

from collections.abc import Callable
from typing import Any

from inventory.aws.changes import to_attributes
from inventory.items import partition_of
from inventory.model import LevelKey
from tests.support.shop.in_memory import MemoryShop
from tests.support.shop.spread import has_shards

KEY = LevelKey("P-1", "main")
Row = dict[str, Any]


class SpreadShop(MemoryShop):
    """A shop with one product, whose level has so many units in each of its shards; its threshold is 3."""

    def __init__(self, *on_hand: int) -> None:
        super().__init__()
        self.stocks("P-1", on_hand=sum(on_hand), low_stock_threshold=3)
        if len(on_hand) > 1:
            has_shards(self, *on_hand)

    def row(self, shard: int = 0) -> Row:
        """The row of a shard."""
        return self.all_rows()[partition_of(KEY.of_shard(shard))]

    def all_rows(self) -> dict[str, Row]:
        """The rows of the table of levels, by the product in their keys."""
        return {row["product_id"]: row for row in self.rows(self.tables.inventory)}

    def sets(self, shard: int = 0, **attributes: Any) -> None:
        """Somebody else writes some attributes of a row."""
        row = self.row(shard) | attributes
        self.client.put_item(TableName=self.tables.inventory, Item=to_attributes(row))


def is_refused(shop: SpreadShop, write: Callable[[], bool | None]) -> bool:
    """Whether a write says that it changed nothing, and levels and movements are as they were."""
    tables = shop.tables.inventory, shop.tables.movements
    before = [shop.rows(table) for table in tables]
    return not write() and [shop.rows(table) for table in tables] == before
