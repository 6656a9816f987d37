"""Checkpoints of the ledger: the sums of a partition's movements up to one that is old enough to have no late neighbours.

A checkpoint only saves reading. It may be deleted at any time: then the whole ledger of its partition is read again. What
seems to differ by a checkpoint is compared with the whole ledger before anybody hears of it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Condition, Item
from inventory.aws.dynamodb import Tables, batch_get, conditional_delete, conditional_put
from inventory.items import UNREADABLE, partition_of, to_level_key
from inventory.model import LevelKey
from inventory.observability import logger
from inventory.reconciliation.findings import LedgerSum

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A product with movements in so many warehouses has no checkpoint: its row would come close to 400 KB.
LEVELS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The sums of all movements of a partition up to one of them."""

    partition: str
    until: str  # the id of the last movement in it
    sums: Mapping[LevelKey, LedgerSum]

    def to_item(self) -> Item:
        sums = [
            [key.warehouse_id, found.units, found.entries, found.last_id, found.allocated]
            for key, found in sorted(self.sums.items())
        ]
        return {
            "partition": self.partition,
            "last_movement_id": self.until,
            "sums": json.dumps(sums, separators=(",", ":")),
        }

    @classmethod
    def from_item(cls, item: Item) -> "Checkpoint":
        """The checkpoint in an item. What is none raises an error of items.UNREADABLE."""
        partition, until = item["partition"], item["last_movement_id"]
        if not isinstance(until, str):
            raise TypeError("last_movement_id is no text")
        sums = {}
        for warehouse_id, units, entries, last_id, allocated in json.loads(item["sums"]):
            key = to_level_key({"product_id": partition, "warehouse_id": warehouse_id})
            sums[key] = LedgerSum(int(units), int(entries), str(last_id), int(allocated))
        return cls(partition, until, sums)


class Checkpoints:
    """The checkpoints in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.ledger_checkpoints

    def read(self, partitions: Collection[str]) -> dict[str, Checkpoint]:
        """The checkpoints of some partitions that have one, each as it was a moment ago; one that is unreadable is deleted."""
        keys: Any = [{"partition": partition} for partition in dict.fromkeys(partitions)]
        found = {}
        for item in batch_get(self._client, self._table, keys, is_consistent=False):
            try:
                found[item["partition"]] = Checkpoint.from_item(item)
            except UNREADABLE as error:
                logger.warning(
                    "a checkpoint of the ledger cannot be read", item_key=item["partition"], wrong=repr(error)
                )
                self.forget(item["partition"])
        return found

    def write(self, checkpoint: Checkpoint, previous: Checkpoint | None) -> None:
        """Write a checkpoint, unless another run wrote or deleted the previous one, from which it was added up."""
        if len(checkpoint.sums) > LEVELS_MAX:
            return
        still_as_read = (
            Condition("last_movement_id = :until", {"until": previous.until})
            if previous
            else Condition("attribute_not_exists(last_movement_id)")
        )
        conditional_put(self._client, self._table, checkpoint.to_item(), still_as_read)

    def forget(self, partition: str) -> None:
        """Delete a checkpoint: the whole ledger of its partition is read again."""
        conditional_delete(
            self._client, self._table, {"partition": partition}, Condition("attribute_exists(last_movement_id)")
        )


def partitions_of(keys: Collection[LevelKey]) -> set[str]:
    """The partitions of the ledger in which the movements of some levels and shards are."""
    return {partition_of(key) for key in keys}
