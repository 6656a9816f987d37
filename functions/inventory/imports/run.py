"""The use cases of imports: accept a file, and apply its rows or only check them. A report shows the progress."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from inventory.errors import (
    BelowReserved,
    FieldError,
    ImportConflict,
    ImportTooLarge,
    InvalidRequest,
    TransientError,
)
from inventory.imports.catalogue_csv import Catalogue, CountedRow, RowError, read_catalogue
from inventory.imports.report import ImportStatus, Mode, Report
from inventory.imports.store import ImportStore
from inventory.model import iso
from inventory.stock.batch import BatchRun, LevelSnapshot
from inventory.stock.changes import ChangeContext, ChangeOutcome, StockChanges

FILE_BYTES_MAX = 4_500_000
WRITERS = 8
ROWS_A_REPORT = 200
IMPORT_ID_NAMESPACE = UUID("6f0f5d1e-3a52-4c0e-9a0b-2f6f6d1c7b42")


@dataclass(frozen=True, slots=True)
class Imports:
    """Accepts files of counted levels and applies them."""

    store: ImportStore
    changes: StockChanges

    def import_catalogue(self, content: bytes, mode: Mode, actor: str, key: str | None, now: datetime) -> str:
        """Accept a file, to be applied soon; the same file under the same key is applied once.

        Without a key each call is an import of its own, which sets levels to their counts again: units that were sold
        since would come back.

        Returns:
            The import's id.

        Raises:
            InvalidRequest: the file is empty.
            ImportTooLarge: it has more than FILE_BYTES_MAX bytes.
            ImportConflict: the key was used before, for another file or in another mode.
        """
        if not content:
            raise InvalidRequest([FieldError("(content)", "must be the rows of a CSV, its header first")])
        if len(content) > FILE_BYTES_MAX:
            raise ImportTooLarge(f"a file may have at most {FILE_BYTES_MAX} bytes, not {len(content)}: split it")
        import_id = uuid5(IMPORT_ID_NAMESPACE, key).hex if key else uuid4().hex
        report = Report(import_id, mode, actor, submitted_at=iso(now), updated_at=iso(now))
        if not self.store.submit(report, content):
            raise ImportConflict("the key was used before, for another file or in another mode")
        return import_id

    def run(self, import_id: str, clock: Callable[[], datetime]) -> Report:
        """Apply a file, or continue where an earlier run of the same import stopped; or only check it.

        Raises:
            ImportNotFound: no such file was accepted.
        """
        report = self.store.report(import_id)
        if report.is_over:
            return report  # S3 may notify of a file twice
        catalogue = read_catalogue(self.store.file(import_id))
        if report.status is ImportStatus.PENDING:
            report = self._begin(report, catalogue, clock())
            self.store.save(report)
            if report.is_over:
                return report
        if report.mode is Mode.CHECK:
            report = replace(report, done=report.rows, changed=self._would_change(catalogue.rows))
        else:
            for rows in _rows_left(report, catalogue):
                report = self._apply(rows, report, clock)
                self.store.save(report)
        report = report.at(clock(), ImportStatus.DONE)
        self.store.save(report)
        return report

    def _begin(self, report: Report, catalogue: Catalogue, now: datetime) -> Report:
        """Decide whether anything is written at all; report at once what is wrong with the file."""
        errors = list(catalogue.errors)
        is_whole = report.mode is not Mode.GOOD_ROWS
        if is_whole and not errors:
            errors = list(self._below_reserved(catalogue.rows))
        refused = bool(errors) if is_whole else not catalogue.rows
        report = replace(
            report.with_errors(errors),
            rows=catalogue.rows_in_file,
            done=0 if refused else catalogue.rows_in_file - len(catalogue.rows),
            started_at=iso(now),
        )
        return report.at(now, ImportStatus.FAILED if refused else ImportStatus.RUNNING)

    def _below_reserved(self, rows: Sequence[CountedRow]) -> Iterator[RowError]:
        reserved = {level.key: level.reserved for level in self.changes.store.levels([row.count.key for row in rows])}
        for row in rows:
            units = reserved.get(row.count.key, 0)
            if row.count.on_hand < units:
                message = f"{units} units are reserved: {row.count.on_hand} on hand are too few"
                yield RowError(row.line, "on_hand", message)

    def _would_change(self, rows: Sequence[CountedRow]) -> int:
        """How many levels a file would create or change."""
        levels = {level.key: level for level in self.changes.store.levels([row.count.key for row in rows])}
        return sum(row.count.differs_from(levels.get(row.count.key)) for row in rows)

    def _apply(self, rows: Sequence[CountedRow], report: Report, clock: Callable[[], datetime]) -> Report:
        run = BatchRun(report.import_id, began_at=datetime.fromisoformat(report.submitted_at))
        context = ChangeContext(report.actor, "import", report.import_id, run)
        snapshots = self.changes.read_snapshots([row.count.key for row in rows], run)

        def apply(row: CountedRow) -> ChangeOutcome | RowError:
            return self._apply_row(row, context, snapshots[row.count.key], clock())

        with ThreadPoolExecutor(WRITERS) as writers:
            outcomes = list(writers.map(apply, rows))
        errors = [outcome for outcome in outcomes if isinstance(outcome, RowError)]
        changed = sum(outcome in (ChangeOutcome.CREATED, ChangeOutcome.CHANGED) for outcome in outcomes)
        report = replace(report, done=report.done + len(rows), changed=report.changed + changed)
        return report.with_errors(errors).at(clock())

    def _apply_row(
        self, row: CountedRow, context: ChangeContext, snapshot: LevelSnapshot, now: datetime
    ) -> ChangeOutcome | RowError:
        try:
            return self.changes.count(row.count, context, now, snapshot)
        except BelowReserved as error:
            return RowError(row.line, "on_hand", str(error))
        except TransientError as error:
            return RowError(row.line, "(line)", str(error))


def _rows_left(report: Report, catalogue: Catalogue) -> Iterator[Sequence[CountedRow]]:
    """The good rows that no report counts as done yet, in the portions between two reports."""
    wrong_rows = catalogue.rows_in_file - len(catalogue.rows)
    for start in range(report.done - wrong_rows, len(catalogue.rows), ROWS_A_REPORT):
        yield catalogue.rows[start : start + ROWS_A_REPORT]
