"""A new snapshot is the one before with what changed since. It counts when the manifest names it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from inventory.errors import ReadModelMissing
from inventory.model import LevelKey
from inventory.read_model.entries import Kind, LevelEntry
from inventory.read_model.figures.update import FILES as FIGURES
from inventory.read_model.figures.update import FigureUpdates
from inventory.read_model.files import Files
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.writing import apply
from inventory.read_model.merging.contents import CONTENTS, SEARCHED, Contents, Replaced, new_id, snapshot_file
from inventory.read_model.merging.journal_changes import Changes
from inventory.read_model.search.search import latest_rows
from inventory.read_model.search.segments import SegmentFiles, SegmentRef, merged_segments
from inventory.values import dataclass

WRITERS = 8
HasTime = Callable[[], bool]
# Readers keep a snapshot for a moment, and a list's next page may come from it.
KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the function: when it began, and whether it has time to begin something more."""

    now: datetime
    has_time: HasTime = lambda: True


class Snapshot:
    """A snapshot while it is written: nobody reads it before the manifest names it."""

    def __init__(self, files: Files, now: datetime) -> None:
        self.id = new_id(now)
        self.segments = SegmentFiles(files, self.id)
        self._files = files
        self._written: list[str] = []

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write some of its files."""
        names = {snapshot_file(self.id, name): content for name, content in contents.items()}
        self._written += names  # before they are written: an answer may be lost
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(self._files.write, names.keys(), names.values()))

    def finish(self, contents: Contents) -> None:
        """Write what it consists of."""
        self._written.append(snapshot_file(self.id, CONTENTS))
        contents.write(self._files)

    def discard(self) -> None:
        """Delete its files: another one was faster."""
        self._files.delete([*self._written, *self.segments.written])


class SnapshotBuilder:
    """Builds the snapshot that follows another one."""

    def __init__(self, files: Files, figures: FigureUpdates) -> None:
        self._files = files
        self._figures = figures

    def build(self, before: Contents, changes: Changes, merged: int, run: Run) -> tuple[Snapshot, Contents]:
        """Write the files of the next snapshot.

        Args:
            merged: the last generation of the journal that is in it.

        Raises:
            ReadModelMissing: a file of the snapshot before is gone.
        """
        snapshot = Snapshot(self._files, run.now)
        contents = replace(before, snapshot=snapshot.id, merged=merged)
        if changes[Kind.LEVELS]:
            written = apply(before.level_columns(self._files), changes[Kind.LEVELS])
            snapshot.write(written)
            columns = LevelColumns(written.get)
            contents = replace(contents, levels_in=snapshot.id, level_files=tuple(written), levels=columns.count)
        else:
            columns = before.level_columns(self._files)
        updated = self._figures.merged(self._figures_of(before), changes, finder(columns), run.now, run.has_time)
        snapshot.write(updated.files)
        contents = replace(
            contents,
            segments=self._segments(snapshot, before, changes, run.has_time),
            figures_due_at=updated.due_at,
            replaced=_replaced(before, run.now),
        )
        snapshot.finish(contents)
        return snapshot, contents

    def _figures_of(self, before: Contents) -> dict[str, bytes]:
        found = {name: self._files.read(snapshot_file(before.snapshot, name)) for name in FIGURES}
        known = {name: content for name, content in found.items() if content is not None}
        if len(known) < len(found):
            raise ReadModelMissing(f"a file of figures of the snapshot {before.snapshot} is gone")
        return known

    def _segments(
        self, snapshot: Snapshot, before: Contents, changes: Changes, has_time: HasTime
    ) -> dict[Kind, Sequence[SegmentRef]]:
        segments = {}
        for kind in SEARCHED:
            refs, rows = before.segments.get(kind, ()), latest_rows(changes[kind])
            segments[kind] = merged_segments(snapshot.segments, kind, refs, rows, has_time) if rows else refs
        return segments


def finder(columns: LevelColumns) -> Callable[[LevelKey], LevelEntry | None]:
    """What finds a level in columns."""
    return LevelIndex.from_columns(columns).entry


def _replaced(before: Contents, now: datetime) -> tuple[Replaced, ...]:
    """The snapshots that were replaced within the last hour, with the one that is replaced now."""
    kept = [replaced for replaced in before.replaced if replaced.at > now - KEPT_FOR]
    return (*kept, Replaced(before.snapshot, now))
