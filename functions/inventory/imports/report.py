"""The report of an import: its progress, what it changed or would change, and the lines that it could not apply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from inventory.imports.catalogue_csv import RowError
from inventory.model import iso

ERRORS_REPORTED_MAX = 1_000
# A worker writes a report every few seconds: one that writes none for so long has stopped.
STALE_AFTER = timedelta(minutes=30)


class Mode(StrEnum):
    """How a file is applied: all of it or nothing, its good rows, or not at all but with a report."""

    ALL_OR_NONE = "ALL_OR_NONE"
    GOOD_ROWS = "GOOD_ROWS"
    CHECK = "CHECK"

    @classmethod
    def _missing_(cls, value: object) -> "Mode | None":
        # Lower case is accepted too.
        return next((mode for mode in cls if mode.lower() == value), None)


class ImportStatus(StrEnum):
    """The progress of an import. FAILED: nothing is applied because of an error, or it stopped before its end."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Report:
    """One import, as it is stored and answered."""

    import_id: str
    mode: Mode
    actor: str
    submitted_at: str
    updated_at: str
    status: ImportStatus = ImportStatus.PENDING
    rows: int = 0
    done: int = 0
    changed: int = 0
    error_count: int = 0
    errors: tuple[RowError, ...] = ()  # the first ERRORS_REPORTED_MAX of them
    started_at: str | None = None
    ended_at: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status in (ImportStatus.DONE, ImportStatus.FAILED)

    def with_errors(self, found: Sequence[RowError]) -> Self:
        """The same import with more errors."""
        errors = (*self.errors, *found)[:ERRORS_REPORTED_MAX]
        return replace(self, errors=errors, error_count=self.error_count + len(found))

    def at(self, now: datetime, status: ImportStatus | None = None) -> Self:
        """The same import, as of now."""
        status = status or self.status
        is_over = status in (ImportStatus.DONE, ImportStatus.FAILED)
        return replace(self, status=status, updated_at=iso(now), ended_at=iso(now) if is_over else None)

    def failed_if_stale(self, now: datetime) -> Self:
        """The same import, FAILED if its worker has reported nothing for too long."""
        if self.is_over or now - datetime.fromisoformat(self.updated_at) < STALE_AFTER:
            return self
        advice = "units sold since are not in the file, so export again and import what is missing"
        stopped = RowError(0, "(file)", f"the import stopped after {self.done} rows; {advice}")
        return replace(self.with_errors([stopped]), status=ImportStatus.FAILED, ended_at=self.updated_at)

    def to_json(self) -> dict[str, Any]:
        return {
            "import_id": self.import_id,
            "status": self.status,
            "mode": self.mode,
            "actor": self.actor,
            "rows": self.rows,
            "done": self.done,
            "changed": self.changed,
            "error_count": self.error_count,
            "errors": [{"line": wrong.line, "field": wrong.field, "message": wrong.message} for wrong in self.errors],
            "submitted_at": self.submitted_at,
            "started_at": self.started_at,
            "updated_at": self.updated_at,
            "ended_at": self.ended_at,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Read a report that `to_json` wrote."""
        return cls(
            **content
            | {
                "mode": Mode(content["mode"]),
                "status": ImportStatus(content["status"]),
                "errors": tuple(RowError(**wrong) for wrong in content["errors"]),
            }
        )
