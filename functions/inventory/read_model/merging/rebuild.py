"""A rebuild: the snapshot is made anew from the tables, in slices, while sales go on.

It begins with a new generation of the journal. Then it reads the tables, which takes a while, writes what it has read as a
snapshot that nobody reads, and merges into it what changed since it began. The result counts from one write of the manifest
on. Until then the snapshot before is merged and read as always.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inventory.errors import ReadModelMissing
from inventory.model import iso
from inventory.observability import logger
from inventory.read_model.entries import Kind
from inventory.read_model.figures.update import FigureUpdates
from inventory.read_model.files import Files
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.writing import encode
from inventory.read_model.manifest import Manifest, ManifestStore, RebuildState
from inventory.read_model.merging.contents import SEARCHED, Contents, Replaced, new_id
from inventory.read_model.merging.manifest_changes import change_manifest
from inventory.read_model.merging.merge import Merge
from inventory.read_model.merging.parts import PartMissing, Parts
from inventory.read_model.merging.scan import TableScan
from inventory.read_model.merging.snapshots import Run, Snapshot, finder
from inventory.read_model.search.rows import in_pieces
from inventory.read_model.search.segments import ROWS_MAX
from inventory.values import dataclass


class Step(StrEnum):
    """What a rebuild does, in this order."""

    LEVELS = Kind.LEVELS
    RESERVATIONS = Kind.RESERVATIONS
    REFUNDS = Kind.REFUNDS
    EXECUTIONS = Kind.EXECUTIONS
    FIGURES = "figures"
    WRITE = "write"  # what was read, as a snapshot that nobody reads
    FINISH = "finish"  # merge what changed since

    @property
    def next(self) -> "Step":
        steps = list(Step)
        return steps[steps.index(self) + 1]


# A run claims the next slice, so that two of them do not read the same. If it crashes, another one goes on after this time.
CLAIMED_FOR = dict.fromkeys(Step, timedelta(minutes=2)) | dict.fromkeys(
    (Step.WRITE, Step.FINISH), timedelta(minutes=10)
)


class SliceResult(StrEnum):
    """What became of a slice."""

    DONE = "DONE"
    FINISHED = "FINISHED"  # it was the last one
    BUSY = "BUSY"  # another run has claimed it


@dataclass(frozen=True, slots=True)
class _Position:
    """How far a rebuild is: what the row of the manifest keeps of it."""

    parts: Mapping[str, Sequence[str]]  # the files that were written, by kind
    scan: Mapping[str, Any]  # the position in the table that is read
    figures: str | None = None  # the file of the figures
    base: str | None = None  # the snapshot that nobody reads

    @classmethod
    def of(cls, state: RebuildState) -> "_Position":
        content = state.position
        return cls(
            {kind: tuple(names) for kind, names in content.get("parts", {}).items()},
            json.loads(content.get("scan", "{}")),
            content.get("figures"),
            content.get("base"),
        )

    def to_item(self) -> dict[str, Any]:
        parts = {kind: list(names) for kind, names in self.parts.items()}
        content = {"parts": parts, "scan": json.dumps(self.scan), "figures": self.figures, "base": self.base}
        return {name: value for name, value in content.items() if value is not None}


class Rebuild:
    """Makes the snapshot anew."""

    def __init__(
        self, manifests: ManifestStore, files: Files, scan: TableScan, figures: FigureUpdates, merge: Merge
    ) -> None:
        self._manifests = manifests
        self._files = files
        self._scan = scan
        self._figures = figures
        self._merge = merge

    def start(self, now: datetime, *, without: str | None = None) -> Manifest | None:
        """Begin, unless a rebuild is running.

        Args:
            without: a snapshot that is not whole any more: it no longer counts.

        Returns:
            The manifest afterwards; None if there is none.
        """

        def begin(found: Manifest) -> Manifest:
            snapshot = None if found.snapshot == without else found.snapshot
            generation = found.generation + 1
            if snapshot is None:
                # The manifest may be new, because somebody deleted the one before it: no old generation may come again.
                generation = max(generation, int(now.timestamp()))
            state = found.rebuild or RebuildState(new_id(now), iso(now), generation, Step.LEVELS)
            merged = found.merged if snapshot else state.generation - 1
            generation = found.generation if found.rebuild else generation
            return replace(found, generation=generation, merged=merged, snapshot=snapshot, rebuild=state)

        def is_wanted(found: Manifest) -> bool:
            return found.rebuild is None or (without is not None and found.snapshot == without)

        return change_manifest(self._manifests, is_wanted, begin) or self._manifests.read()

    def run_slice(self, run: Run) -> SliceResult:
        """Do the next part of the running rebuild."""
        claim = secrets.token_hex(8)
        manifest = self._claim(claim, run.now)
        if manifest is None or manifest.rebuild is None:
            return SliceResult.BUSY
        state = manifest.rebuild
        try:
            change = self._do(state, manifest, run)
        except (PartMissing, ReadModelMissing) as error:
            logger.warning("the rebuild begins again, as one of its files is gone", wrong=str(error))
            change = _continued(replace(state, step=Step.LEVELS, rows=0), _Position({}, {}))
        written = change_manifest(self._manifests, lambda found: _claim_of(found) == claim, change)
        if written is None:
            return SliceResult.BUSY  # it took too long, and another run has claimed the slice
        if written.rebuild is not None:
            return SliceResult.DONE
        Parts(self._files, state.rebuild_id).delete()
        return SliceResult.FINISHED

    def _claim(self, claim: str, now: datetime) -> Manifest | None:
        """Claim the next slice, unless another run is at it."""

        def is_free(found: Manifest) -> bool:
            return found.rebuild is not None and str(found.rebuild.position.get("claimed_until", "")) <= iso(now)

        def claimed(found: Manifest) -> Manifest:
            return replace(found, rebuild=found.rebuild and _claimed(found.rebuild, claim, now))

        return change_manifest(self._manifests, is_free, claimed)

    def _do(self, state: RebuildState, manifest: Manifest, run: Run) -> Callable[[Manifest], Manifest]:
        """Do the next slice; returns how it changes the manifest."""
        parts, position = Parts(self._files, state.rebuild_id), _Position.of(state)
        match _step(state):
            case Step.FIGURES:
                return self._count(parts, state, position, run)
            case Step.WRITE:
                return self._write(parts, state, position, run)
            case Step.FINISH:
                return self._finish(state, manifest, position, run)
            case step:
                return self._read(parts, state, position, Kind(step), run)

    def _read(
        self, parts: Parts, state: RebuildState, position: _Position, kind: Kind, run: Run
    ) -> Callable[[Manifest], Manifest]:
        """Read a slice of a table."""
        read = self._scan.read(kind, position.scan, run.has_time)
        if read.entries:
            names = (*position.parts.get(kind, ()), parts.write(kind, read.entries))
            position = replace(position, parts={**position.parts, kind: names})
        after = replace(state, rows=state.rows + read.rows)
        if read.is_last:
            return _continued(replace(after, step=_step(state).next), replace(position, scan={}))
        return _continued(after, replace(position, scan=read.position))

    def _count(
        self, parts: Parts, state: RebuildState, position: _Position, run: Run
    ) -> Callable[[Manifest], Manifest]:
        """Read a slice of what the figures need."""
        before = parts.read(position.figures) if position.figures else None
        partial = self._figures.rebuilding(before, run.now, run.has_time)
        position = replace(position, figures=parts.keep(Step.FIGURES, partial.content))
        step = Step.FIGURES.next if partial.is_complete else Step.FIGURES
        return _continued(replace(state, step=step), position)

    def _write(
        self, parts: Parts, state: RebuildState, position: _Position, run: Run
    ) -> Callable[[Manifest], Manifest]:
        """Write what was read as a snapshot."""
        snapshot = Snapshot(self._files, run.now)
        levels = encode(parts.levels(position.parts.get(Kind.LEVELS, ())))
        snapshot.write(levels)
        columns = LevelColumns(levels.get)
        snapshot.write(self._figures.rebuilt(parts.read(position.figures or ""), finder(columns), run.now))
        segments = {
            kind: [
                snapshot.segments.write(kind, piece)
                for piece in in_pieces(parts.rows(kind, position.parts.get(kind, ())), ROWS_MAX)
            ]
            for kind in SEARCHED
        }
        snapshot.finish(
            Contents(snapshot.id, state.generation - 1, snapshot.id, tuple(levels), columns.count, segments)
        )
        return _continued(replace(state, step=Step.FINISH), replace(position, base=snapshot.id))

    def _finish(
        self, state: RebuildState, manifest: Manifest, position: _Position, run: Run
    ) -> Callable[[Manifest], Manifest]:
        """Merge what changed since the rebuild began."""
        base = Contents.read(self._files, position.base or "")
        if manifest.snapshot is not None:  # somebody may read it for a moment more
            base = replace(base, replaced=(Replaced(manifest.snapshot, run.now),))
        generation = self._merge.close(manifest).generation
        contents = self._merge.onto(base, range(state.generation, generation), run)
        return lambda found: replace(found, snapshot=contents.snapshot, merged=contents.merged, rebuild=None)


def _continued(state: RebuildState, position: _Position) -> Callable[[Manifest], Manifest]:
    """What keeps the position in the manifest, and gives the next slice free."""
    return lambda found: replace(found, rebuild=replace(state, position=position.to_item()))


def _claimed(state: RebuildState, claim: str, now: datetime) -> RebuildState:
    until = iso(now + CLAIMED_FOR[_step(state)])
    return replace(state, position={**state.position, "claim": claim, "claimed_until": until})


def _claim_of(manifest: Manifest) -> str | None:
    return manifest.rebuild.position.get("claim") if manifest.rebuild else None


def _step(state: RebuildState) -> Step:
    """The step of a rebuild; the first one if another version had other steps."""
    return Step(state.step) if state.step in set(Step) else Step.LEVELS
