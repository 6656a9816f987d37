"""The real read model of a shop: its table is one of the shop's, and what it has followed is what a test says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.model import LevelKey, utc_now
from inventory.read_model import reader
from inventory.read_model.entries import Change, Kind, LevelEntry, ReservationEntry
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal
from inventory.read_model.levels import small_table
from inventory.read_model.levels.small_table import SmallTable
from inventory.read_model.manifest import ManifestStore
from inventory.read_model.reader import ReadModel
from tests.support.read_model.shop import ReadModelOfShop
from tests.support.shop import Shop


def shop_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the few levels of a test be too many to be read for each list."""
    monkeypatch.setattr(reader, "LEVELS_OF_SMALL_SHOP", 1)
    monkeypatch.setattr(small_table, "FIRST_PAGE_ROWS", 1)
    monkeypatch.setattr(small_table, "UNITS_MAX", 1)


class BuiltReadModel(ReadModelOfShop):
    """The read model in the shop's own table, with files in S3."""

    def __init__(self, shop: Shop, files: Files) -> None:
        reachable: Any = (shop, files)
        self.shop, self.files = reachable
        self.clock = utc_now
        self.tables = shop.tables
        self.manifests = ManifestStore(shop.client, shop.tables)
        self.journal = Journal(shop.client, shop.tables)
        self._sequence = 0

    def reader(self) -> ReadModel:
        """The reader of a new container."""
        table = SmallTable(self.shop.client, self.tables)
        return ReadModel(self.manifests, self.journal, self.files, table, lambda: self.clock())

    def is_built(self) -> None:
        """It has everything that is in the tables, and has followed them until now."""
        self.is_rebuilt()
        self.has_followed(timedelta())

    def has_followed(self, ago: timedelta) -> None:
        """The tables that sell were followed until then."""
        for kind in reader.FOLLOWED:
            self.manifests.advance(kind, self.clock() - ago)

    def is_late(self, ago: timedelta) -> datetime:
        """The time goes on, and nothing is followed."""
        later = self.clock() + ago
        self.clock = lambda: later
        return later

    def writes_levels(self, *product_ids: str) -> None:
        """The follower has seen these levels change."""
        keys = [LevelKey(product_id, "main") for product_id in product_ids]
        levels, _ = self.shop.stock_store.levels_by_key(keys)
        self._writes(Kind.LEVELS, [LevelEntry.of(level) for level in levels.values()])

    def writes_reservations(self, *names: str) -> None:
        """The follower has seen these reservations change."""
        self._writes(Kind.RESERVATIONS, [ReservationEntry.of(self.shop.reservation_store.get(name)) for name in names])

    def _writes(self, kind: Kind, entries: Iterable[Any]) -> None:
        changes = []
        for entry in entries:
            self._sequence += 1
            changes.append(Change(self._sequence, entry.entry_key, entry))
        self.journal.append(self.manifest.generation, kind, changes)
