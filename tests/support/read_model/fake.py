"""A read model whose content and state a test chooses: it has what it followed, and nothing that was written since."""

from datetime import datetime
from typing import Any

from inventory.aws.changes import to_item
from inventory.aws.dynamodb import pages
from inventory.items import is_of_shard, parse_or_none, to_failed_execution, to_refund, to_reservation
from inventory.read_model.entries import Change, ExecutionEntry, Kind, LevelEntry, RefundEntry, ReservationEntry
from inventory.read_model.figures.counted import Counted
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.reader import Freshness, Levels, State
from inventory.read_model.search.search import Position, Search, SearchPage, SearchSegments
from tests.support.shop import Shop

FOLLOWED_UNTIL = datetime.fromisoformat("2026-03-02T12:00:00Z")


class FakeReadModel:
    """Without a call of `follows`, it is the one of a small shop before its first snapshot."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._changes: dict[Kind, list[Change[Any]]] | None = None
        self._index: LevelIndex | None = None
        self.state = State.CURRENT
        self.is_small = True  # so its levels are read from the table

    def follows(self) -> None:
        """Read the tables of a large shop, as they are now."""
        self.is_small = False
        self._index = self._index_of_table()
        tables = self._shop.tables
        entries: dict[Kind, list[Any]] = {
            Kind.RESERVATIONS: [ReservationEntry.of(row) for row in self._rows(tables.reservations, to_reservation)],
            Kind.REFUNDS: [RefundEntry.of(row) for row in self._rows(tables.refunds, to_refund)],
            Kind.EXECUTIONS: [
                ExecutionEntry.of(row) for row in self._rows(tables.failed_executions, to_failed_execution)
            ],
        }
        self._changes = {
            kind: [Change(number, entry.entry_key, entry) for number, entry in enumerate(found, start=1)]
            for kind, found in entries.items()
        }

    def is_lost(self) -> None:
        """The files are gone, in a large shop."""
        self.is_small = False
        self._changes = self._index = None

    # --- what a reader is asked

    def levels(self, *, exact: bool = True, units_max: float = 0) -> Levels:
        if self.is_small:
            return Levels(self._index_of_table(), Freshness(State.CURRENT, FOLLOWED_UNTIL))
        return Levels(self._index, self.freshness())

    def freshness(self) -> Freshness:
        if self._changes is None:
            return Freshness(State.MISSING, None)
        return Freshness(self.state, FOLLOWED_UNTIL)

    def search(
        self, search: Search, limit: int, start: Position | None = None, *, units_max: float = 0
    ) -> tuple[SearchPage | None, Freshness]:
        if self._changes is None:
            return None, self.freshness()
        files: Any = None
        return SearchSegments(files, {}, self._changes).search(search, limit, start), self.freshness()

    def figures(self) -> tuple[Counted | None, Freshness]:
        if self._changes is None:
            return None, self.freshness()
        reservations = {change.key[0]: change.entry for change in self._changes[Kind.RESERVATIONS]}
        refunds = {change.key: change.entry for change in self._changes[Kind.REFUNDS]}
        return Counted().after(reservations, refunds), self.freshness()

    def _index_of_table(self) -> LevelIndex:
        rows = pages(self._shop.client.scan, {"TableName": self._shop.tables.inventory, "ConsistentRead": True})
        items = [to_item(item) for page in rows for item in page["Items"]]
        levels = self._shop.stock_store.levels_in([item for item in items if not is_of_shard(item)])
        return LevelIndex.from_entries(map(LevelEntry.of, levels.values()))

    def _rows(self, table: str, parse: Any) -> list[Any]:
        rows = pages(self._shop.client.scan, {"TableName": table, "ConsistentRead": True})
        parsed = [parse_or_none(parse, to_item(item)) for page in rows for item in page["Items"]]
        return [row for row in parsed if row]
