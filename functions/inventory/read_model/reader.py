"""The read model as it is read: the snapshot, the journal of what changed since, and how old both are."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from inventory.errors import ReadModelMissing, TransientError
from inventory.items import UNREADABLE
from inventory.model import Level, LevelKey, iso
from inventory.observability import logger
from inventory.read_model.entries import Change, Kind, LevelEntry
from inventory.read_model.figure_reader import FigureReader
from inventory.read_model.figures.attention import AttentionPage
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.lost_demand import LostDemand
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal, JournalRead
from inventory.read_model.latest import latest
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.small_table import SmallTable
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.merging.contents import Contents
from inventory.read_model.search.search import Position, Search, SearchPage, SearchSegments
from inventory.values import dataclass

# So many levels can be read from the table for each list: no snapshot makes that cheaper, and the list is exact.
LEVELS_OF_SMALL_SHOP = 1_000
# For how long a container remembers that the table is too large to be read for a list.
LARGE_FOR = timedelta(minutes=5)
# What one part of a call reads of the journal: 320 KB. If there is more, it waits for the next merge, which is due at 25.
JOURNAL_UNITS_MAX = 40
# Of these for the overview, which also reads the journal of levels: at most 80 with it.
RESERVATIONS_UNITS_MAX, REFUNDS_UNITS_MAX = 30, 10
# Of a search, for all kinds of rows together.
SEARCH_UNITS_MAX = 28
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
    rows: Mapping[LevelKey, Level] | None = None  # of a small shop, whose table was read as a whole
    journal_units: float = 0.0  # that were read to know what changed since the snapshot


@dataclass(frozen=True, slots=True)
class Opened:
    """The read model at the beginning of a call."""

    manifest: Manifest | None
    followed_until: datetime | None

    @property
    def snapshot(self) -> str | None:
        """The id of the snapshot, if there is one."""
        return self.manifest.snapshot if self.manifest else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A snapshot that a container keeps, with the columns that it has loaded."""

    contents: Contents
    columns: LevelColumns


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
        self._figures = FigureReader(files)
        self._lock = Lock()
        self._kept: _Kept | None = None
        self._large_until: datetime | None = None

    # --- levels

    def levels(self, *, exact: bool = True, units_max: float = JOURNAL_UNITS_MAX) -> Levels:
        """All levels: of a small shop from its table, of a large one from the snapshot and the journal.

        Args:
            exact: False if a current snapshot is enough, of a small shop too: figures that are read again and again.
            units_max: what may be read of the journal.
        """
        opened = self.open()
        columns = self._columns(opened)
        is_current = self._freshness(opened, is_complete=True).state is State.CURRENT
        is_enough = columns is not None and (columns.count >= LEVELS_OF_SMALL_SHOP or (is_current and not exact))
        if not is_enough and (found := self._of_table(columns.count if columns else 0, consistent=exact)):
            return found
        if columns is None or opened.manifest is None:
            return Levels(None, Freshness(State.MISSING, opened.followed_until))
        journal = self.changes(opened.manifest, Kind.LEVELS, units_max)
        index = LevelIndex.from_columns(columns, journal.changes)
        freshness = self._freshness(opened, is_complete=journal.is_complete)
        return Levels(index, freshness, journal_units=journal.units)

    def _of_table(self, at_least: int, *, consistent: bool) -> Levels | None:
        """The levels of a small shop; None if its table is large."""
        now = self._clock()
        if self._large_until and now < self._large_until:
            return None
        levels = self._table.levels(at_least=at_least, consistent=consistent)
        if levels is None:
            self._large_until = now + LARGE_FOR
            return None
        index = LevelIndex.from_entries(map(LevelEntry.of, levels))
        return Levels(index, Freshness(State.CURRENT, now), {level.key: level for level in levels})

    def _columns(self, opened: Opened) -> LevelColumns | None:
        """The columns of the snapshot, which a container keeps until there is another; None if they cannot be read."""
        if opened.snapshot is None:
            return None
        try:
            columns = self._kept_snapshot(opened.snapshot).columns
            return columns if columns.count >= 0 else None  # loads a file, so it shows whether there are any
        except (ClientError, ReadModelMissing, TransientError) as error:
            logger.error("a snapshot of the read model cannot be read", snapshot=opened.snapshot, reason=repr(error))
            return None

    def _kept_snapshot(self, snapshot: str) -> "_Kept":
        """A snapshot, which a container keeps until there is another. Columns that stayed the same are not loaded again."""
        with self._lock:
            kept = self._kept
            if kept is None or kept.contents.snapshot != snapshot:
                contents = Contents.read(self._files, snapshot)
                is_same = kept is not None and kept.contents.levels_in == contents.levels_in
                columns = kept.columns if kept and is_same else contents.level_columns(self._files)
                kept = self._kept = _Kept(contents, columns)
            return kept

    # --- searches

    def search(
        self, search: Search, limit: int, start: Position | None = None, *, units_max: float = SEARCH_UNITS_MAX
    ) -> tuple[SearchPage | None, Freshness]:
        """The keys of reservations, refunds and failed executions that a search finds; None if there is no snapshot.

        Args:
            units_max: what may be read of the journal.

        Raises:
            InvalidRequest: `start` is of another search.
        """
        opened = self.open()
        missing = Freshness(State.MISSING, opened.followed_until)
        if opened.manifest is None or opened.snapshot is None:
            return None, missing
        changed, is_complete = self._changes_of(opened.manifest, search.kinds, units_max)
        try:
            contents = self._kept_snapshot(opened.snapshot).contents
            page = SearchSegments(self._files, contents.segments, changed).search(search, limit, start)
        except (ClientError, ReadModelMissing, TransientError) as error:
            logger.error("a snapshot of the read model cannot be read", snapshot=opened.snapshot, reason=repr(error))
            return None, missing
        return page, self._freshness(opened, is_complete=is_complete)

    def _changes_of(
        self, manifest: Manifest, kinds: Iterable[Kind], units_max: float
    ) -> tuple[dict[Kind, list[Change[Any]]], bool]:
        """What changed since the snapshot of several kinds, which share the units; and whether this is all of it."""
        found, is_complete = {}, True
        for kind in sorted(kinds):  # the kinds with few changes come first
            journal = self.changes(manifest, kind, units_max)
            found[kind], is_complete = journal.changes, is_complete and journal.is_complete
            units_max -= journal.units
        return found, is_complete

    # --- figures; None if there is no snapshot, or the file of a part of it cannot be read

    def figures(self) -> tuple[Counted | None, Freshness]:
        """Decisions by hour, active reservations and open refunds."""
        opened = self.open()
        if opened.manifest is None or opened.manifest.snapshot is None:
            return None, self._freshness(opened, is_complete=True)
        reservations = self.changes(opened.manifest, Kind.RESERVATIONS, RESERVATIONS_UNITS_MAX)
        refunds = self.changes(opened.manifest, Kind.REFUNDS, REFUNDS_UNITS_MAX)
        counted = self._figures.counted(opened.manifest.snapshot, reservations.changes, refunds.changes)
        return counted, self._of_part(counted, opened, is_complete=reservations.is_complete and refunds.is_complete)

    def attention(self, start: Position | None, limit: int) -> tuple[AttentionPage | None, Freshness]:
        """A page of the levels that need attention, the most urgent first.

        Raises:
            InvalidRequest: `start` is no position of this list.
        """
        opened = self.open()
        if opened.manifest is None or opened.manifest.snapshot is None:
            return None, self._freshness(opened, is_complete=True)
        levels = self.changes(opened.manifest, Kind.LEVELS)
        page = self._figures.attention(opened.manifest.snapshot, levels.changes, self._clock(), start, limit)
        return page, self._of_part(page, opened, is_complete=levels.is_complete)

    def lost_demand(self, now: datetime) -> tuple[LostDemand | None, Freshness]:
        """The units that shoppers asked for and could not get, by product."""
        opened = self.open()
        if opened.manifest is None or opened.manifest.snapshot is None:
            return None, self._freshness(opened, is_complete=True)
        reservations = self.changes(opened.manifest, Kind.RESERVATIONS)
        demand = self._figures.lost_demand(opened.manifest.snapshot, reservations.changes, now)
        return demand, self._of_part(demand, opened, is_complete=reservations.is_complete)

    # --- what all parts of the read model need

    def open(self) -> Opened:
        """What the read model consists of now. Without it every caller goes on as if there was no snapshot."""
        try:
            manifest = self._manifests.read()
            progress = self._manifests.progress()
        except (ClientError, TransientError, *UNREADABLE) as error:
            logger.error("the read model cannot be read", reason=repr(error))
            return Opened(None, None)
        followed = [progress.get(kind) for kind in FOLLOWED]
        known = [moment for moment in followed if moment]
        return Opened(manifest, min(known) if len(known) == len(followed) else None)

    def changes(self, manifest: Manifest, kind: Kind, units_max: float = JOURNAL_UNITS_MAX) -> JournalRead:
        """What changed since the snapshot, one change of each key; and whether this is all of it."""
        units_max = min(units_max, JOURNAL_UNITS_MAX)
        generations: list[list[Change[Any]]] = []
        units, is_complete = 0.0, True
        for generation in manifest.unmerged:
            if units_max - units < 1:
                is_complete = False
                break
            try:
                found = self._journal.read(generation, kind, units_max=units_max - units)
            except (ClientError, TransientError) as error:
                logger.error("the journal of the read model cannot be read", generation=generation, reason=repr(error))
                is_complete = False
                break
            generations.append(found.changes)
            units += found.units
            if not found.is_complete:
                is_complete = False
                break
        return JournalRead(list(latest(generations).values()), is_complete, units)

    def freshness(self) -> Freshness:
        """How old the read model is, without its content."""
        return self._freshness(self.open(), is_complete=True)

    def _of_part(self, part: object | None, opened: Opened, *, is_complete: bool) -> Freshness:
        """How old a part is; one whose file cannot be read is missing."""
        if part is None:
            return Freshness(State.MISSING, opened.followed_until)
        return self._freshness(opened, is_complete=is_complete)

    def _freshness(self, opened: Opened, *, is_complete: bool) -> Freshness:
        until = opened.followed_until
        if opened.snapshot is None:
            return Freshness(State.MISSING, until)
        if until is None or self._clock() - until > STALE_AFTER:
            return Freshness(State.STALE, until)
        return Freshness(State.CURRENT if is_complete else State.BEHIND, until)
