"""The tables as entries, read by several readers at once and in slices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Item, to_item
from inventory.aws.dynamodb import Tables
from inventory.aws.retries import with_retries
from inventory.identifiers import SEPARATOR
from inventory.items import parse_or_none, to_failed_execution, to_reservation
from inventory.read_model.entries import Change, Entry, ExecutionEntry, Kind, LevelEntry, ReservationEntry
from inventory.read_model.following.rows import refund_entry
from inventory.read_model.journal import Journal
from inventory.stock.store import StockStore
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 8  # of a table, read at once
ROWS_OF_A_READER_MAX = 25_000  # in a slice: they are in memory

DONE: dict[str, Any] = {}
# After which key each reader goes on; one that is not in it has not begun.
Position = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Slice:
    """What was read of a table in one run."""

    entries: list[Entry]
    position: Position
    rows: int

    @property
    def is_last(self) -> bool:
        """Whether all of the table is read."""
        return len(self.position) == SEGMENTS and all(key == DONE for key in self.position.values())


@dataclass(frozen=True, slots=True)
class _Part:
    """What one reader has read."""

    entries: list[Entry]
    after: dict[str, Any]
    rows: int


class TableScan:
    """Reads the tables, strongly consistent: what was written before the rebuild began is in its entries."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, stock: StockStore) -> None:
        self._client = client
        self._stock = stock
        self._tables = {
            Kind.LEVELS: tables.inventory,
            Kind.RESERVATIONS: tables.reservations,
            Kind.REFUNDS: tables.refunds,
            Kind.EXECUTIONS: tables.failed_executions,
        }

    def read(self, kind: Kind, position: Position, has_time: Callable[[], bool]) -> Slice:
        """The next slice of a table: at least one page of each reader."""
        with ThreadPoolExecutor(SEGMENTS) as pool:
            parts = list(
                pool.map(
                    lambda segment: self._read(kind, segment, position.get(str(segment)), has_time), range(SEGMENTS)
                )
            )
        return Slice(
            [entry for part in parts for entry in part.entries],
            {str(segment): part.after for segment, part in enumerate(parts)},
            sum(part.rows for part in parts),
        )

    def _read(self, kind: Kind, segment: int, after: dict[str, Any] | None, has_time: Callable[[], bool]) -> _Part:
        if after == DONE:
            return _Part([], DONE, 0)
        entries: list[Entry] = []
        rows = 0
        while True:
            request: Any = {
                "TableName": self._tables[kind],
                "Segment": segment,
                "TotalSegments": SEGMENTS,
                "ConsistentRead": True,
            }
            if after:
                request["ExclusiveStartKey"] = after
            answer = with_retries(lambda request=request: self._client.scan(**request))  # type: ignore[misc]
            items = list(map(to_item, answer["Items"]))
            entries += self._entries(kind, items)
            rows += len(items)
            after = answer.get("LastEvaluatedKey", DONE)
            if after == DONE or rows >= ROWS_OF_A_READER_MAX or not has_time():
                return _Part(entries, after or DONE, rows)

    def _entries(self, kind: Kind, items: Sequence[Item]) -> Iterator[Entry]:
        """The entries of rows; those that cannot be read are logged and left out, as the follower leaves them out."""
        found = self._readable(kind, items)
        return (entry for entry in found if Journal.has_room_for(Change(0, entry.entry_key, entry)))

    def _readable(self, kind: Kind, items: Sequence[Item]) -> Iterator[Entry]:
        match kind:
            case Kind.LEVELS:
                own = [item for item in items if not str(item["product_id"]).startswith(SEPARATOR)]
                yield from map(LevelEntry.of, self._stock.levels_in(own).values())
            case Kind.RESERVATIONS:
                own = [item for item in items if not str(item["reservation_id"]).startswith(SEPARATOR)]
                yield from _of_readable(lambda item: ReservationEntry.of(to_reservation(item)), own)
            case Kind.REFUNDS:
                yield from _of_readable(refund_entry, items)
            case Kind.EXECUTIONS:
                yield from _of_readable(lambda item: ExecutionEntry.of(to_failed_execution(item)), items)


def _of_readable(parse: Callable[[Item], Entry], items: Sequence[Item]) -> Iterator[Entry]:
    return (entry for item in items if (entry := parse_or_none(parse, item)) is not None)
