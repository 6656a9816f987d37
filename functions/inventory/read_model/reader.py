"""The read model as it is read: the snapshot, the journal of what changed since, and how old both are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from inventory.errors import ReadModelMissing, TransientError
from inventory.model import iso
from inventory.observability import logger
from inventory.read_model.entries import Change, Kind
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal
from inventory.read_model.latest import latest
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.small_table import SmallTable
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.values import dataclass

# So many levels can be read from the table for each list: no snapshot makes that cheaper, and the list is exact.
LEVELS_OF_SMALL_SHOP = 1_000
# For how long a container remembers that the table is too large to be read for a list.
LARGE_FOR = timedelta(minutes=5)
# What is read of the journal: 320 KB. If there is more, it waits for the next merge.
JOURNAL_UNITS_MAX = 40
STALE_AFTER = timedelta(minutes=3)
# The tables that change with each sale: a marker in each of them is written every minute.
FOLLOWED = (Kind.LEVELS, Kind.RESERVATIONS)


class State(StrEnum):
    """How far the read model can be relied on."""

    CURRENT = "CURRENT"
    BEHIND = "BEHIND"  # changes wait to be merged: order and totals may be late
    STALE = "STALE"  # the tables' streams were not followed for minutes
    MISSING = "MISSING"  # there is no snapshot: it is being built, or was lost


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old an answer is."""

    state: State
    followed_until: datetime | None

    def to_json(self) -> dict[str, Any]:
        return {"state": self.state, "followed_until": iso(self.followed_until) if self.followed_until else None}


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels as an index; None if there is no snapshot and the table is too large to be read."""

    index: LevelIndex | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Opened:
    """The read model at the beginning of a call."""

    manifest: Manifest | None
    followed_until: datetime | None

    @property
    def snapshot(self) -> str | None:
        """The id of the snapshot, if there is one."""
        return self.manifest.snapshot if self.manifest else None


class ReadModel:
    """What administrators' lists, searches and figures are made of. One is kept in each container."""

    def __init__(
        self,
        manifests: ManifestStore,
        journal: Journal,
        files: Files,
        table: SmallTable,
        clock: Callable[[], datetime],
    ) -> None:
        self._manifests = manifests
        self._journal = journal
        self._files = files
        self._table = table
        self._clock = clock
        self._lock = Lock()
        self._kept: tuple[str, LevelColumns] | None = None
        self._large_until: datetime | None = None

    # --- levels

    def levels(self) -> Levels:
        """All levels: of a small shop from its table, of a large one from the snapshot and the journal."""
        opened = self.open()
        columns = self._columns(opened)
        if columns is None or columns.count < LEVELS_OF_SMALL_SHOP:
            exact = self._exact()
            if exact:
                return exact
        if columns is None or opened.manifest is None:
            return Levels(None, Freshness(State.MISSING, opened.followed_until))
        changes, is_complete = self.changes(opened.manifest, Kind.LEVELS)
        index = LevelIndex.from_columns(columns, changes)
        return Levels(index, self._freshness(opened, is_complete=is_complete))

    def _exact(self) -> Levels | None:
        """The levels of a small shop; None if its table is large."""
        now = self._clock()
        if self._large_until and now < self._large_until:
            return None
        entries = self._table.entries()
        if entries is None:
            self._large_until = now + LARGE_FOR
            return None
        return Levels(LevelIndex.from_entries(entries), Freshness(State.CURRENT, now))

    def _columns(self, opened: Opened) -> LevelColumns | None:
        """The columns of the snapshot, which a container keeps until there is another; None if they cannot be read."""
        snapshot = opened.snapshot
        if snapshot is None:
            return None
        with self._lock:
            kept = self._kept
            if kept is None or kept[0] != snapshot:
                kept = self._kept = (snapshot, LevelColumns.in_files(self._files, snapshot))
        try:
            return kept[1] if kept[1].count >= 0 else None
        except (ClientError, ReadModelMissing, TransientError) as error:
            logger.error("a snapshot of the read model cannot be read", snapshot=snapshot, reason=repr(error))
            return None

    # --- what all parts of the read model need

    def open(self) -> Opened:
        """What the read model consists of now. Without it every caller goes on as if there was no snapshot."""
        try:
            manifest = self._manifests.read()
            progress = self._manifests.progress()
        except (ClientError, TransientError) as error:
            logger.error("the read model cannot be read", reason=repr(error))
            return Opened(None, None)
        followed = [progress.get(kind) for kind in FOLLOWED]
        known = [moment for moment in followed if moment]
        return Opened(manifest, min(known) if len(known) == len(followed) else None)

    def changes(self, manifest: Manifest, kind: Kind) -> tuple[list[Change[Any]], bool]:
        """What changed since the snapshot, one change of each key; and whether this is all of it."""
        generations: list[list[Change[Any]]] = []
        units_left: float = JOURNAL_UNITS_MAX
        for generation in manifest.unmerged:
            if units_left < 1:
                return list(latest(generations).values()), False
            found = self._journal.read(generation, kind, units_max=units_left)
            generations.append(found.changes)
            units_left -= found.units
            if not found.is_complete:
                return list(latest(generations).values()), False
        return list(latest(generations).values()), True

    def freshness(self) -> Freshness:
        """How old the read model is, without its content."""
        return self._freshness(self.open(), is_complete=True)

    def _freshness(self, opened: Opened, *, is_complete: bool) -> Freshness:
        until = opened.followed_until
        if opened.snapshot is None:
            return Freshness(State.MISSING, until)
        if until is None or self._clock() - until > STALE_AFTER:
            return Freshness(State.STALE, until)
        return Freshness(State.CURRENT if is_complete else State.BEHIND, until)
