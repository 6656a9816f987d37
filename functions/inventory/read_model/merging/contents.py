"""What a snapshot consists of. Its file is written last, so a snapshot that has it is complete."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from inventory.errors import ReadModelMissing
from inventory.items import UNREADABLE
from inventory.model import iso
from inventory.read_model.entries import Kind
from inventory.read_model.figures.update import FILES as FIGURES
from inventory.read_model.files import Files
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.search.segments import SegmentRef, segment_file
from inventory.values import dataclass

SEARCHED = (Kind.RESERVATIONS, Kind.REFUNDS, Kind.EXECUTIONS)
CONTENTS = "contents.json"
ID_TIME = "%Y%m%dT%H%M%S%f"


def new_id(now: datetime) -> str:
    """The id of a snapshot or of a rebuild: its time, and what makes it unique."""
    return f"{now.astimezone(UTC):{ID_TIME}}-{secrets.token_hex(4)}"


def made_at(snapshot: str) -> datetime:
    """When a snapshot was made."""
    return datetime.strptime(snapshot.partition("-")[0], ID_TIME).replace(tzinfo=UTC)


def snapshot_file(snapshot: str, name: str) -> str:
    """The name of a file of a snapshot."""
    return f"snapshots/{snapshot}/{name}"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A snapshot that was replaced: somebody may still read it."""

    snapshot: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """A snapshot. Files that did not change are those of the snapshot before."""

    snapshot: str
    merged: int  # the last generation of the journal that is in it
    levels_in: str  # the snapshot whose columns are its levels
    level_files: tuple[str, ...]  # the names of their files
    levels: int
    segments: Mapping[Kind, Sequence[SegmentRef]]
    figures_due_at: datetime | None = None  # when the figures change although nothing else does
    replaced: tuple[Replaced, ...] = ()

    @classmethod
    def read(cls, files: Files, snapshot: str) -> Self:
        """The contents of a snapshot.

        Raises:
            ReadModelMissing: its file is gone, or another tool wrote it.
        """
        stored = files.read(snapshot_file(snapshot, CONTENTS))
        if stored is None:
            raise ReadModelMissing(f"the contents of the snapshot {snapshot} are gone")
        try:
            return cls._from_json(json.loads(stored))
        except UNREADABLE as error:
            raise ReadModelMissing(f"the contents of the snapshot {snapshot} cannot be read") from error

    def write(self, files: Files) -> None:
        """Write them: after all other files."""
        content = {
            "snapshot": self.snapshot,
            "merged": self.merged,
            "levels_in": self.levels_in,
            "level_files": self.level_files,
            "levels": self.levels,
            "segments": {kind: [ref.to_json() for ref in refs] for kind, refs in self.segments.items()},
            "figures_due_at": _text(self.figures_due_at),
            "replaced": [[replaced.snapshot, iso(replaced.at)] for replaced in self.replaced],
        }
        files.write(snapshot_file(self.snapshot, CONTENTS), json.dumps(content).encode())

    def level_columns(self, files: Files) -> LevelColumns:
        """Its levels, which are loaded when they are needed."""
        return LevelColumns.in_files(files, self.levels_in)

    @property
    def files(self) -> frozenset[str]:
        """The names of all its files, in its folder and elsewhere."""
        own = (snapshot_file(self.snapshot, name) for name in (CONTENTS, *FIGURES))
        levels = (snapshot_file(self.levels_in, name) for name in self.level_files)
        segments = (segment_file(ref.id) for refs in self.segments.values() for ref in refs)
        return frozenset((*own, *levels, *segments))

    @classmethod
    def _from_json(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            content["snapshot"],
            int(content["merged"]),
            content["levels_in"],
            tuple(content["level_files"]),
            int(content["levels"]),
            {Kind(kind): tuple(map(SegmentRef.from_json, refs)) for kind, refs in content["segments"].items()},
            _time(content["figures_due_at"]),
            tuple(Replaced(snapshot, datetime.fromisoformat(at)) for snapshot, at in content["replaced"]),
        )


def _text(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
