"""A merge: closes the open generation of the journal when it is time, and makes the next snapshot."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from inventory.read_model.entries import Kind
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.merging.contents import Contents, made_at
from inventory.read_model.merging.journal_changes import Changes, count_of, read_changes, write_changed_keys
from inventory.read_model.merging.manifest_changes import change_manifest
from inventory.read_model.merging.snapshots import Run, Snapshot, SnapshotBuilder
from inventory.values import dataclass

# Each list and figure reads the open generation, so it may not become large: readers give up at 40 units.
UNITS_MAX = 25.0
OPEN_FOR_MAX = timedelta(minutes=10)


class Outcome(StrEnum):
    """How a merge ended."""

    NOTHING = "NOTHING"  # to merge
    MERGED = "MERGED"
    LATE = "LATE"  # another run was faster


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge did."""

    outcome: Outcome
    changes: int = 0


def is_due(units: float, open_for: timedelta, *, at_once: bool) -> bool:
    """Whether the open generation of the journal is closed, given the units that a reader spends on it."""
    return units > 0 and (at_once or units > UNITS_MAX or open_for >= OPEN_FOR_MAX)


class Merge:
    """Merges the journal into the snapshot."""

    def __init__(self, manifests: ManifestStore, journal: Journal, files: Files, builder: SnapshotBuilder) -> None:
        self._manifests = manifests
        self._journal = journal
        self._files = files
        self._builder = builder

    def run(self, manifest: Manifest, run: Run, *, at_once: bool = False) -> MergeResult:
        """Merge what is closed, after the open generation was closed if it is time; nothing without a snapshot.

        Args:
            at_once: close the open generation even if it is young and small.

        Raises:
            ReadModelMissing: a file of the snapshot is gone.
        """
        if manifest.snapshot is None:
            return MergeResult(Outcome.NOTHING)
        before = Contents.read(self._files, manifest.snapshot)
        if is_due(self._open_units(manifest), run.now - made_at(before.snapshot), at_once=at_once):
            manifest = self.close(manifest)
            if manifest.snapshot != before.snapshot:  # another run was faster: what it has merged is not in this one
                return MergeResult(Outcome.LATE)
        closed = range(manifest.merged + 1, manifest.generation)
        figures_due = before.figures_due_at is not None and before.figures_due_at <= run.now
        if not closed and not figures_due:
            return MergeResult(Outcome.NOTHING)
        changes = read_changes(self._journal, closed)
        return self._commit(manifest, self._built(before, changes, closed, run), count_of(changes))

    def close(self, manifest: Manifest) -> Manifest:
        """Close the open generation, unless another run has done so. Its writers read the manifest after they write."""
        closed = change_manifest(
            self._manifests,
            lambda found: found.generation == manifest.generation,
            lambda found: replace(found, generation=found.generation + 1),
        )
        return closed or self._manifests.read() or manifest

    def onto(self, base: Contents, generations: range, run: Run) -> Contents:
        """Write the snapshot of a rebuild, with what changed since it began. The manifest does not name it yet."""
        _, contents = self._built(base, read_changes(self._journal, generations), generations, run)
        return contents

    def _built(self, before: Contents, changes: Changes, closed: range, run: Run) -> tuple[Snapshot, Contents]:
        built = self._builder.build(before, changes, closed[-1] if closed else before.merged, run)
        if closed:
            write_changed_keys(self._files, closed, changes)
        return built

    def _commit(self, manifest: Manifest, built: tuple[Snapshot, Contents], changes: int) -> MergeResult:
        """Make a snapshot the one that counts, unless another run has made another one."""
        snapshot, contents = built
        written = change_manifest(
            self._manifests,
            lambda found: (found.snapshot, found.merged) == (manifest.snapshot, manifest.merged),
            lambda found: replace(found, snapshot=contents.snapshot, merged=contents.merged),
        )
        if written is None:
            snapshot.discard()
            return MergeResult(Outcome.LATE)
        return MergeResult(Outcome.MERGED, changes)

    def _open_units(self, manifest: Manifest) -> float:
        """The units that a reader spends on the open generation; 0 if it is empty."""
        units = 0.0
        for kind in Kind:
            read = self._journal.read(manifest.generation, kind, units_max=UNITS_MAX + 1)
            units += read.units if read.bytes else 0.0
        return units
