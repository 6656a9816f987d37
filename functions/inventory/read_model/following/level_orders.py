"""In which order the changes of a level count whose records come from several rows.

Sequence numbers order the records of one row. The rows of a level that is spread over shards are in several shards of the
stream: their records are handed over side by side, and their numbers cannot be compared. A later reading of such a level
could have the lower number, and the earlier reading would count for ever.

So a change of such a level gets a number of its own, from a counter that is raised before the level is read. Of two changes
the one with the higher number was read later. It is one more write, so levels in one row go without it. A counter counts
within one generation of the journal, and is beside its changes.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from inventory.aws.changes import Condition, Item, to_attributes
from inventory.aws.dynamodb import Tables, conditional_put, items_of
from inventory.errors import TransientError
from inventory.read_model.entries import EntryKey
from inventory.read_model.journal import KEPT_FOR, SEQUENCE_DIGITS, part_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENTRY_PREFIX = "order-"
ATTEMPTS_MAX = 20  # against other followers of the same level

# The latest number of each level that has a counter.
Counters = Mapping[str, int | None]


class LevelOrders:
    """The counters in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.read_model

    def counters(self, generation: int) -> Counters:
        """All counters of a generation, strongly consistent: usually none, and one for each level that is spread."""
        request = {
            "TableName": self._table,
            "KeyConditionExpression": "part = :part AND begins_with(entry, :order)",
            "ExpressionAttributeValues": to_attributes({":part": part_of(generation), ":order": ENTRY_PREFIX}),
            "ConsistentRead": True,
        }
        return {item["entry"]: _latest(item) for item in items_of(self._client.query, request)}

    def next(self, generation: int, key: EntryKey, at_least: int, counters: Counters) -> int:
        """Raise the counter of a level.

        Args:
            at_least: the highest sequence number of the level's records, as changes without a counter have it.
            counters: as they were read before.

        Raises:
            TransientError: others raised it in every attempt.
        """
        entry = entry_of(key)
        latest = counters.get(entry)
        for _ in range(ATTEMPTS_MAX):
            number = at_least if latest is None else max(at_least, latest + 1)
            existing = self._put(generation, entry, number, latest)
            if existing is None:
                return number
            # Also if it is this number: another follower may have taken it. A lost answer loses a number, and no order.
            latest = _latest(existing)
        raise TransientError("others follow the same level")

    def _put(self, generation: int, entry: str, number: int, latest: int | None) -> Item | None:
        item = {
            "part": part_of(generation),
            "entry": entry,
            "sequence": _text(number),
            "expire_at": int(time.time() + KEPT_FOR.total_seconds()),
        }
        still_as_read = (
            Condition("attribute_not_exists(#entry)")
            if latest is None
            else Condition("#sequence = :latest", {"latest": _text(latest)})
        )
        return conditional_put(self._client, self._table, item, still_as_read)


def entry_of(key: EntryKey) -> str:
    """The sort key of a level's counter: its own key may be too long for one."""
    return ENTRY_PREFIX + hashlib.sha256(json.dumps(key).encode()).hexdigest()


def has_counter(counters: Counters, key: EntryKey) -> bool:
    """Whether changes of this level were numbered in this generation."""
    return entry_of(key) in counters


def _text(number: int) -> str:
    """A number as text, as DynamoDB's numbers have fewer digits than its sequence numbers."""
    return f"{number:0{SEQUENCE_DIGITS}}"


def _latest(item: Item) -> int | None:
    """The number in an item; None if another tool wrote it: nothing is followed then until the next generation."""
    sequence = item.get("sequence")
    return int(sequence) if isinstance(sequence, str) and sequence.isdecimal() else None
