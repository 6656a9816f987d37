"""How far the comparison has come: one row, beside the checkpoints of the ledger."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Condition, Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables, conditional_put
from inventory.aws.retries import with_retries
from inventory.identifiers import of_our_own
from inventory.items import UNREADABLE
from inventory.model import LevelKey
from inventory.observability import logger
from inventory.reconciliation.findings import NO_KEYS, Keys
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STATE = {"partition": of_our_own("comparison", "state")}
# A key has up to 2 KB, and an item 400 KB. If more is unsettled, everything is compared.
UNSETTLED_MAX = 150


@dataclass(frozen=True, slots=True)
class ComparisonState:
    """Up to which generation changes were compared, and which slices were verified."""

    generation: int | None = None  # None: it is not known what was compared, so everything must be
    slice: int | None = None  # the number of the last slice that was verified, which counts the hours since 1970
    unsettled: Keys = NO_KEYS  # what did not agree: it is compared again, changed or not
    revision: int = 0

    def to_item(self) -> Item:
        levels = [[key.product_id, key.warehouse_id, key.shard] for key in sorted(self.unsettled.levels)]
        content: Item = {
            **STATE,
            "revision": self.revision,
            "unsettled": json.dumps([levels, sorted(self.unsettled.customers), sorted(self.unsettled.partitions)]),
        }
        if self.generation is not None:
            content["generation"] = self.generation
        if self.slice is not None:
            content["slice"] = self.slice
        return content

    @classmethod
    def from_item(cls, item: Item) -> "ComparisonState":
        levels, customers, partitions = json.loads(item["unsettled"])
        return cls(
            int(item["generation"]) if "generation" in item else None,
            int(item["slice"]) if "slice" in item else None,
            Keys(
                frozenset(LevelKey(product_id, warehouse_id, shard) for product_id, warehouse_id, shard in levels),
                frozenset(customers),
                frozenset(partitions),
            ),
            int(item["revision"]),
        )


class ComparisonStates:
    """The row of the comparison."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.ledger_checkpoints

    def read(self) -> ComparisonState:
        """How far the comparison has come, strongly consistent; nothing is known without the row."""
        request: Any = {"TableName": self._table, "Key": to_attributes(STATE), "ConsistentRead": True}
        answer = with_retries(lambda: self._client.get_item(**request))
        item = to_item(answer["Item"]) if "Item" in answer else {}
        if not item:
            return ComparisonState()
        try:
            return ComparisonState.from_item(item)
        except UNREADABLE as error:
            logger.warning("the state of the comparison cannot be read", wrong=repr(error))
            revision = str(item.get("revision"))
            return ComparisonState(revision=int(revision) if revision.isdecimal() else 0)

    def write(self, state: ComparisonState) -> None:
        """Write how far it has come, unless another run did so since the state was read: then the next run repeats some."""
        if len(state.unsettled) > UNSETTLED_MAX:
            state = replace(state, generation=None, unsettled=NO_KEYS)
        written = replace(state, revision=state.revision + 1).to_item()
        as_read = Condition("revision = :revision", {"revision": state.revision})
        if not state.revision:
            as_read |= Condition("attribute_not_exists(revision)")
        conditional_put(self._client, self._table, written, as_read)
