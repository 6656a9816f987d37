"""The report of an import: its progress, what it changed or would change, and the lines that it could not apply."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from inventory.imports.catalogue_csv import ERRORS_MAX, RowError
from inventory.model import iso

NEW_REPORTED_MAX = 1_000
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
class Rules:
    """How a file is to be applied, as its caller said."""

    mode: Mode
    create: bool = True  # whether a row may create a level
    confirm_zeros: bool = False  # whether more than a tenth of the levels may be set to 0
    reason: str | None = None  # of its movements; None: "import"
    reference: str | None = None  # of its movements; None: the import's id


@dataclass(frozen=True, slots=True)
class NewLevel:
    """A level that an import created or, with CHECK, would create."""

    product_id: str
    warehouse_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What became, or would become, of some rows."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    zeros: int = 0  # levels with units that are set to 0
    new: tuple[NewLevel, ...] = ()
    errors: tuple[RowError, ...] = ()

    @property
    def rows(self) -> int:
        return self.created + self.changed + self.unchanged + self.failed


NO_ROWS = Tally()


@dataclass(frozen=True, slots=True)
class Report:
    """One import, as it is stored and answered."""

    import_id: str
    mode: Mode
    actor: str
    submitted_at: str
    updated_at: str
    create: bool = True
    confirm_zeros: bool = False
    is_upload: bool = False
    reason: str | None = None
    reference: str | None = None
    status: ImportStatus = ImportStatus.PENDING
    rows: int = 0
    checked: int = 0  # good rows whose effect was looked at before anything is written
    done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    zeros: int = 0
    new: tuple[NewLevel, ...] = ()  # the first NEW_REPORTED_MAX of them
    error_count: int = 0
    errors: tuple[RowError, ...] = ()  # the first ERRORS_MAX of them
    etag: str | None = None  # of the file that is checked
    idle_runs: int = 0  # runs of the worker, one after the other, that decided no row
    started_at: str | None = None
    ended_at: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status in (ImportStatus.DONE, ImportStatus.FAILED)

    @property
    def rules(self) -> Rules:
        return Rules(self.mode, self.create, self.confirm_zeros, self.reason, self.reference)

    def with_errors(self, found: Sequence[RowError], count: int | None = None) -> Self:
        """The same import with more errors; `count` of them, if more were found than are reported."""
        errors = (*self.errors, *found)[:ERRORS_MAX]
        return replace(self, errors=errors, error_count=self.error_count + (len(found) if count is None else count))

    def with_file_error(self, error: RowError) -> Self:
        """The same import with an error of the whole file. It comes first, where it is never cut off."""
        return replace(self, errors=(error, *self.errors)[:ERRORS_MAX], error_count=self.error_count + 1)

    def with_rows(self, tally: Tally) -> Self:
        """The same import with more rows that were decided or, before anything is written, checked."""
        return replace(
            self,
            created=self.created + tally.created,
            changed=self.changed + tally.changed,
            unchanged=self.unchanged + tally.unchanged,
            failed=self.failed + tally.failed,
            zeros=self.zeros + tally.zeros,
            new=(*self.new, *tally.new)[:NEW_REPORTED_MAX],
        ).with_errors(tally.errors)

    def without_rows(self) -> Self:
        """The same import before its first row."""
        return replace(
            self,
            done=0,
            created=0,
            changed=0,
            unchanged=0,
            failed=0,
            zeros=0,
            new=(),
            errors=(),
            error_count=0,
        )

    def at(self, now: datetime, status: ImportStatus | None = None) -> Self:
        """The same import, as of now."""
        status = status or self.status
        is_over = status in (ImportStatus.DONE, ImportStatus.FAILED)
        return replace(self, status=status, updated_at=iso(now), ended_at=iso(now) if is_over else None)

    def failed_if_stale(self, now: datetime) -> Self:
        """The same import, FAILED if its worker has reported nothing for too long."""
        if self.is_over or now - datetime.fromisoformat(self.updated_at) < STALE_AFTER:
            return self
        if self.is_upload and self.started_at is None:
            stopped = RowError(0, "(file)", "no file was uploaded, or the import did not begin")
        else:
            advice = "send it again under its Idempotency-Key, or import the lines that are missing"
            stopped = RowError(0, "(file)", f"the import stopped after {self.done} rows; {advice}")
        return replace(self.with_errors([stopped]), status=ImportStatus.FAILED, ended_at=self.updated_at)

    def to_json(self) -> dict[str, Any]:
        return {
            "import_id": self.import_id,
            "status": self.status,
            "mode": self.mode,
            "create": self.create,
            "confirm_zeros": self.confirm_zeros,
            "is_upload": self.is_upload,
            "reason": self.reason,
            "reference": self.reference,
            "actor": self.actor,
            "rows": self.rows,
            "checked": self.checked,
            "done": self.done,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "zeros": self.zeros,
            "new": [
                {"product_id": level.product_id, "warehouse_id": level.warehouse_id, "name": level.name}
                for level in self.new
            ],
            "error_count": self.error_count,
            "errors": [{"line": wrong.line, "field": wrong.field, "message": wrong.message} for wrong in self.errors],
            "etag": self.etag,
            "idle_runs": self.idle_runs,
            "submitted_at": self.submitted_at,
            "started_at": self.started_at,
            "updated_at": self.updated_at,
            "ended_at": self.ended_at,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Read a report that `to_json` wrote, in this version or an earlier one."""
        known = {field.name for field in fields(cls)}
        return cls(
            **{name: value for name, value in content.items() if name in known}
            | {
                "mode": Mode(content["mode"]),
                "status": ImportStatus(content["status"]),
                "new": tuple(NewLevel(**level) for level in content.get("new", ())),
                "errors": tuple(RowError(**wrong) for wrong in content["errors"]),
            }
        )
