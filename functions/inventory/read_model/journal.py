"""The journal: what changed in the tables, in the order in which the streams say it, and not in the snapshot yet.

It has generations. The follower writes into the open one; a merge closes it and reads it as a whole.
"""

import hashlib
import json
import time
import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables
from inventory.aws.retries import with_retries
from inventory.items import UNREADABLE
from inventory.observability import logger
from inventory.read_model.entries import Change, Kind, to_change
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=7)  # far longer than any merge or rebuild takes
# Of an item: few, so that a reader can stop after the units that it may spend. A single change may be larger.
ITEM_BYTES_MAX = 32_000
CHANGE_BYTES_MAX = 300_000  # of 400 KB that an item may have
# The digits of DynamoDB's sequence numbers.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
SEQUENCE_DIGITS = 40
READ_UNIT_BYTES = 4_096
PAGE_GROWTH = 5


@dataclass(frozen=True, slots=True)
class JournalRead:
    """What was read of a generation."""

    changes: list[Change[Any]]
    is_complete: bool = True  # False: the read stopped at its limit, and the latest changes are missing
    units: float = 0.0  # that the read has cost
    bytes: int = 0


class Journal:
    """The journal in DynamoDB: each item has the changes of one batch of records, compressed."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.read_model

    @staticmethod
    def has_room_for(change: Change[Any]) -> bool:
        """Whether a change fits into an item at all: another tool may have written a row with very long texts."""
        content = _written([change])
        return len(content) <= CHANGE_BYTES_MAX or len(zlib.compress(content)) <= CHANGE_BYTES_MAX

    def append(self, generation: int, kind: Kind, changes: Sequence[Change[Any]]) -> None:
        """Write changes into a generation. The same changes again are the same items again."""
        expire_at = int(time.time() + KEPT_FOR.total_seconds())
        for chunk in _chunks(sorted(changes, key=lambda change: change.sequence)):
            item = {
                "part": part_of(generation),
                "entry": _entry(kind, chunk),
                "changes": _packed(chunk),
                "expire_at": expire_at,
            }
            self._put(item)

    def read(
        self, generation: int, kind: Kind, *, consistent: bool = False, units_max: float | None = None
    ) -> JournalRead:
        """The changes of one kind in a generation, by their first sequence number.

        Args:
            consistent: whether everything that was written before is read; it costs twice as much.
            units_max: where the read stops, to within one page.
        """
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "part = :part AND begins_with(entry, :kind)",
            "ExpressionAttributeValues": to_attributes({":part": part_of(generation), ":kind": f"{kind}-"}),
            "ConsistentRead": consistent,
        }
        unit_bytes = READ_UNIT_BYTES * (1 if consistent else 2)
        changes: list[Change[Any]] = []
        units, read_bytes, items = 0.0, 0, 0
        # Nothing is known of the items before the first page, so they could be as large as they may be.
        limit = 1 if units_max is None else max(1, int(units_max * unit_bytes) // ITEM_BYTES_MAX)
        while True:
            page = request | ({} if units_max is None else {"Limit": limit})
            answer = with_retries(lambda page=page: self._client.query(**page))  # type: ignore[misc]
            found = list(map(to_item, answer["Items"]))
            page_bytes = sum(map(_size, found))
            units += max(1, -(-page_bytes // READ_UNIT_BYTES)) * READ_UNIT_BYTES / unit_bytes
            read_bytes, items = read_bytes + page_bytes, items + len(found)
            for item in found:
                changes += _unpacked(kind, item)
            if "LastEvaluatedKey" not in answer:
                return JournalRead(changes, True, units, read_bytes)
            if units_max is not None:
                left = int((units_max - units) * unit_bytes)
                limit = min(left * items // max(1, read_bytes), limit * PAGE_GROWTH)
                if limit < 1:
                    return JournalRead(changes, False, units, read_bytes)
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, item: Item) -> None:
        request: Any = {"TableName": self._table, "Item": to_attributes(item)}
        with_retries(lambda: self._client.put_item(**request))


def part_of(generation: int) -> str:
    """The partition of a generation."""
    return f"journal-{generation}"


def _entry(kind: Kind, chunk: Sequence[Change[Any]]) -> str:
    """The place of changes in a generation.

    It ends with a hash of their sequence numbers: a batch that is handed over again replaces its own items only, also if
    it has fewer records than the first time.
    """
    numbers = ",".join(str(change.sequence) for change in chunk)
    digest = hashlib.sha256(numbers.encode()).hexdigest()[:12]
    return f"{kind}-{chunk[0].sequence:0{SEQUENCE_DIGITS}}-{digest}"


def _chunks(changes: Sequence[Change[Any]]) -> list[Sequence[Change[Any]]]:
    """The changes in as many parts as needed for each to fit into one item."""
    if not changes:
        return []
    if len(changes) == 1 or len(_packed(changes)) <= ITEM_BYTES_MAX:
        return [changes]
    middle = len(changes) // 2
    return [*_chunks(changes[:middle]), *_chunks(changes[middle:])]


def _packed(changes: Sequence[Change[Any]]) -> bytes:
    return zlib.compress(_written(changes))


def _written(changes: Sequence[Change[Any]]) -> bytes:
    content = json.dumps([change.to_list() for change in changes], ensure_ascii=False, separators=(",", ":"))
    return content.encode("utf-8", "surrogatepass")


def _unpacked(kind: Kind, item: Item) -> list[Change[Any]]:
    """The changes in an item; what cannot be read of it is logged and left out, and does not stop the others."""
    try:
        content = json.loads(zlib.decompress(bytes(item["changes"])).decode("utf-8", "surrogatepass"))
    except (*UNREADABLE, zlib.error) as error:
        logger.error("an item of the journal cannot be read", part=item["part"], entry=item["entry"], wrong=repr(error))
        return []
    found = []
    for values in content if isinstance(content, list) else []:
        try:
            found.append(to_change(kind, values))
        except UNREADABLE as error:
            logger.error("a change in the journal cannot be read", entry=item["entry"], wrong=repr(error))
    return found


def _size(item: Item) -> int:
    """About how many bytes DynamoDB counts for an item."""
    packed = item.get("changes")
    return len(bytes(packed)) + 150 if isinstance(packed, bytes | bytearray) else 150
