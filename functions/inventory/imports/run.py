"""A run of an import: the whole file is checked, then each of its rows is applied once.

A run may die anywhere, be repeated, or run twice at once. What it has decided is stored beside the movements, row by
row (`stock/batch.py`); the report in S3 only repeats it. Rows that are busy are tried again until they are in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import BinaryIO

from inventory.aws.retries import pause
from inventory.errors import FieldError, ImportFileReplaced, ImportTooLarge, LevelUnreadable, TransientError
from inventory.imports.catalogue_csv import ERRORS_MAX, ROWS_MAX, CatalogueFile, CountedRow, RowError, as_text
from inventory.imports.decided_rows import DecidedRows
from inventory.imports.report import ImportStatus, Mode, NewLevel, Report, Tally
from inventory.imports.store import ImportStore, StoredFile
from inventory.model import Level, iso
from inventory.stock.batch import ACCEPTANCE, REFUSALS, Batch, BatchCounts, BatchRow, Decision, errors_of
from inventory.stock.changes import ChangeContext
from inventory.stock.counts import ChangeOutcome, Count, Plan

UPLOAD_ROWS_MAX = 1_000_000
WRITERS = 8
ROWS_A_REPORT = 200
# Longer than S3 keeps the file: no event of it comes later.
DECISIONS_KEPT = timedelta(days=60)
# Rows that are still busy are tried so often by one run; each attempt has its own retries, which take seconds.
ROUNDS_MAX = 60
# So many busy rows are kept until they are tried again; then the rest of the file is read.
BUSY_MAX = 5_000
# So many runs, one after the other, may decide nothing before the import gives up.
IDLE_RUNS_MAX = 3

Clock = Callable[[], datetime]


class OutOfTime(Exception):
    """The worker must end soon; another one continues."""


@dataclass(frozen=True, slots=True)
class ImportRun:
    """The worker of imports."""

    store: ImportStore
    counts: BatchCounts
    clock: Clock
    has_time: Callable[[], bool] = field(default=lambda: True)

    def run(self, import_id: str) -> Report:
        """Apply a file, or continue where earlier runs of the same import stopped; or only check it.

        Raises:
            ImportNotFound: no such file was accepted.
            TransientError: AWS asks to try again later; the next run continues.
        """
        report = self.store.report(import_id)
        if report.status is ImportStatus.DONE:
            return report  # S3 may notify of a file twice
        accepted = self.counts.store.acceptance(import_id)
        if report.is_over and not accepted:
            return report  # refused as a whole
        try:
            file = self.store.file(import_id, accepted.etag if accepted else None)
        except (ImportTooLarge, ImportFileReplaced) as error:
            return self._end(report.with_errors([RowError(0, "(file)", str(error))]), ImportStatus.FAILED)
        with file.content:
            return self._run(report, file, accepted)

    def _run(self, report: Report, file: StoredFile, accepted: Decision | None) -> Report:
        if report.etag != file.etag:  # also if another worker has accepted the file since the report was read
            report = replace(report, etag=file.etag, checked=0)  # a replaced file is checked from its beginning
        if report.is_upload:  # it was submitted when it arrived, not when its URL was asked for
            report = replace(report, submitted_at=iso(file.arrived_at))
        report = replace(report, started_at=report.started_at or iso(self.clock()))
        catalogue = _catalogue(file.content, report)
        try:
            if not accepted:
                report = self._check(report, catalogue)
                if report.is_over:
                    return report
                acceptance = BatchRow(self._batch(report), ACCEPTANCE)
                decision = Decision(ChangeOutcome.CHANGED, etag=file.etag)
                accepted = self.counts.store.decide(acceptance, decision, self.clock())
                if accepted.etag != decision.etag:
                    return self.store.report(report.import_id)  # another worker accepted a file that was replaced since
                return self._apply(report, catalogue, DecidedRows())
            return self._apply(report, catalogue, DecidedRows.of(self.counts.store.decisions(report.import_id)))
        except OutOfTime:
            self.store.continue_later(report.import_id)
            return self.store.report(report.import_id)

    # --- the check

    def _check(self, report: Report, catalogue: CatalogueFile) -> Report:
        """Look at every row before anything is written, and decide whether anything is."""
        if report.checked == 0:  # otherwise an earlier run has begun
            report = _begun(report, catalogue).at(self.clock(), ImportStatus.RUNNING)
            self.store.save(report)
        checked_before = report.checked
        with ThreadPoolExecutor(WRITERS) as readers:
            for rows in _portions(islice(catalogue.rows(), checked_before, None)):
                tally = self._patiently(partial(self._tally_of_check, report, rows, readers))
                if tally is None:
                    return self._leave_check(report, is_idle=report.checked == checked_before)
                report = replace(report.with_rows(tally), checked=report.checked + len(rows))
                if report.mode is Mode.CHECK:
                    report = replace(report, done=report.checked)
                report = report.at(self.clock())
                self.store.save(report)
        return self._judge(report, catalogue)

    def _leave_check(self, report: Report, *, is_idle: bool) -> Report:
        """Let the next run continue the check, unless run after run has read nothing."""
        report = replace(report, idle_runs=report.idle_runs + 1 if is_idle else 0)
        if report.idle_runs < IDLE_RUNS_MAX:
            self.store.save(report.at(self.clock()))
            raise OutOfTime
        busy = RowError(0, "(file)", "AWS was busy in every attempt and nothing was loaded: send it under a new key")
        return self._end(report.without_rows().with_errors([busy]), ImportStatus.FAILED)

    def _tally_of_check(self, report: Report, rows: Sequence[CountedRow], readers: ThreadPoolExecutor) -> Tally:
        levels, unreadable = self.counts.changes.store.levels_by_key([row.count.key for row in rows])
        batch = self._batch(report)

        def plan(row: CountedRow) -> Plan | tuple[FieldError, ...]:
            count = _as_of_submission(row.count, report)
            try:
                if count.key in unreadable:
                    raise LevelUnreadable(f"the row of {count.product_id} in {count.warehouse_id} cannot be read")
                return self.counts.plan(batch, levels.get(count.key), count, self.clock())
            except REFUSALS as error:
                return errors_of(error)

        tally = Tally()
        for row, planned in zip(rows, readers.map(plan, rows), strict=True):
            if isinstance(planned, Plan):
                tally = _added(tally, row, Decision(planned.outcome))
                tally = replace(tally, zeros=tally.zeros + _is_set_to_zero(levels.get(row.count.key), planned))
            else:
                tally = _added(tally, row, Decision(ChangeOutcome.REFUSED, planned))
        return tally

    def _judge(self, report: Report, catalogue: CatalogueFile) -> Report:
        """End a check; or refuse a file; or let its rows be applied."""
        good_rows = catalogue.summary.good_rows
        too_many_zeros = report.zeros * 10 > good_rows and not report.confirm_zeros
        if too_many_zeros:
            message = f"{report.zeros} of {good_rows} levels would be set to 0: confirm=zeros lets this through"
            report = report.with_file_error(RowError(0, "confirm", message))
        if report.mode is Mode.CHECK:
            refused = report.error_count > 0
            return self._end(
                replace(report, done=0 if refused else report.rows),
                ImportStatus.FAILED if refused else ImportStatus.DONE,
            )
        refused = report.error_count > 0 if report.mode is Mode.ALL_OR_NONE else too_many_zeros or not good_rows
        if refused:
            nothing = replace(report, done=0, created=0, changed=0, unchanged=0, new=())
            return self._end(nothing, ImportStatus.FAILED)
        return report

    # --- the rows

    def _apply(self, report: Report, catalogue: CatalogueFile, decided: DecidedRows) -> Report:
        """Apply the rows that are not decided yet, until all are."""
        report = replace(_begun(report, catalogue), checked=catalogue.summary.good_rows)
        report = _with_decided(report, decided).at(self.clock(), ImportStatus.RUNNING)
        self.store.save(report)
        done_before = report.done
        busy: list[CountedRow] = []
        with ThreadPoolExecutor(WRITERS) as writers:
            for rows in _portions(catalogue.rows()):
                report = _with_new(report, [row for row in rows if decided.outcome(row.line) is ChangeOutcome.CREATED])
                left = [row for row in rows if row.line not in decided]
                if left:
                    report = self._decide(report, left, writers, decided)
                busy += [row for row in left if row.line not in decided]
                if len(busy) >= BUSY_MAX:
                    report, busy = self._try_again(report, busy, writers, decided)
                if len(busy) >= BUSY_MAX or not self.has_time():
                    break
            report, _ = self._try_again(report, busy, writers, decided)
        if report.done == report.rows:
            return self._end(replace(report, idle_runs=0), ImportStatus.DONE)
        missing = (row.line for row in catalogue.rows() if row.line not in decided)
        return self._leave(report, missing, is_idle=report.done == done_before)

    def _try_again(
        self, report: Report, busy: list[CountedRow], writers: ThreadPoolExecutor, decided: DecidedRows
    ) -> tuple[Report, list[CountedRow]]:
        """Decide rows that were busy, again and again while there is time."""
        for attempt in range(1, ROUNDS_MAX):
            if not busy or not self.has_time():
                break
            pause(attempt)
            for rows in _portions(busy):
                report = self._decide(report, rows, writers, decided)
            busy = [row for row in busy if row.line not in decided]
        return report, busy

    def _decide(
        self, report: Report, rows: Sequence[CountedRow], writers: ThreadPoolExecutor, decided: DecidedRows
    ) -> Report:
        """Apply a portion of rows, and add what became of them; those that are busy are left out."""
        batch = self._batch(report)
        context = ChangeContext(report.actor, report.reason or "import", report.reference or report.import_id)

        def apply(row: CountedRow, level: Level | None) -> Decision | None:
            if not self.has_time():
                return None
            count = _as_of_submission(row.count, report)
            try:
                return self.counts.count(BatchRow(batch, row.line), count, context, self.clock, level)
            except TransientError:
                return None

        try:
            levels, _ = self.counts.changes.store.levels_by_key([row.count.key for row in rows])
            found = list(writers.map(lambda row: apply(row, levels.get(row.count.key)), rows))
        except TransientError:
            found = [None] * len(rows)
        tally = Tally()
        for row, decision in zip(rows, found, strict=True):
            if decision:
                tally = _added(tally, row, decision)
                decided.add(row.line, decision)
        report = replace(report.with_rows(tally), done=report.done + tally.rows).at(self.clock())
        self.store.save(report)
        return report

    def _leave(self, report: Report, missing: Iterator[int], *, is_idle: bool) -> Report:
        """Let the next run continue with the lines that are missing, unless run after run has decided none."""
        report = replace(report, idle_runs=report.idle_runs + 1 if is_idle else 0)
        if report.idle_runs < IDLE_RUNS_MAX:
            self.store.save(report.at(self.clock()))
            raise OutOfTime
        left = report.rows - report.done
        errors = [
            RowError(line, "(line)", "was busy in every attempt; load it alone") for line in islice(missing, ERRORS_MAX)
        ]
        report = replace(report.with_errors(errors, left), failed=report.failed + left, idle_runs=0)
        return self._end(report, ImportStatus.FAILED)

    # --- parts

    def _batch(self, report: Report) -> Batch:
        submitted_at = datetime.fromisoformat(report.submitted_at)
        return Batch(report.import_id, submitted_at + DECISIONS_KEPT, creates=report.create)

    def _end(self, report: Report, status: ImportStatus) -> Report:
        report = report.at(self.clock(), status)
        self.store.save(report)
        return report

    def _patiently(self, read: Callable[[], Tally]) -> Tally | None:
        """Read until AWS answers, within the worker's time; None when it did not."""
        for attempt in range(ROUNDS_MAX):
            if not self.has_time():
                return None
            try:
                return read()
            except TransientError:
                pause(attempt)
        return None


def _catalogue(content: BinaryIO, report: Report) -> CatalogueFile:
    rows_max = UPLOAD_ROWS_MAX if report.is_upload else ROWS_MAX
    return CatalogueFile(lambda: as_text(content), rows_max, report.started_at)


def _begun(report: Report, catalogue: CatalogueFile) -> Report:
    """The report before the first row: with the wrong rows, which the file itself has."""
    found = catalogue.summary
    report = replace(report.without_rows(), rows=found.rows_in_file, failed=found.wrong_rows)
    return report.with_errors(found.errors, found.error_count)


def _with_decided(report: Report, decided: DecidedRows) -> Report:
    """The report with the rows that earlier runs have decided; which levels they created is added when they are read."""
    tally = decided.tally()
    report = replace(report.with_rows(tally), done=report.failed + tally.rows)
    return report.with_errors(decided.errors, decided.error_count)


def _with_new(report: Report, created: Iterable[CountedRow]) -> Report:
    """The report with levels that an earlier run has created."""
    return report.with_rows(Tally(new=tuple(map(_new_level, created))))


def _as_of_submission(count: Count, report: Report) -> Count:
    """The count with its moment: that of the file's submission where its row names none."""
    if count.as_of is not None:
        return count
    return replace(count, as_of=report.submitted_at, on_hand_was=count.on_hand_was if not count.has_units else None)


def _is_set_to_zero(level: Level | None, planned: Plan) -> bool:
    return level is not None and level.on_hand > 0 and planned.level.on_hand == 0


def _added(tally: Tally, row: CountedRow, decision: Decision) -> Tally:
    match decision.outcome:
        case ChangeOutcome.CREATED:
            return replace(tally, created=tally.created + 1, new=(*tally.new, _new_level(row)))
        case ChangeOutcome.CHANGED:
            return replace(tally, changed=tally.changed + 1)
        case ChangeOutcome.UNCHANGED:
            return replace(tally, unchanged=tally.unchanged + 1)
        case ChangeOutcome.REFUSED:
            errors = [RowError(row.line, error.field, error.message) for error in decision.errors]
            return replace(tally, failed=tally.failed + 1, errors=(*tally.errors, *errors))


def _new_level(row: CountedRow) -> NewLevel:
    return NewLevel(row.count.product_id, row.count.warehouse_id, row.count.name)


def _portions(rows: Iterable[CountedRow]) -> Iterator[Sequence[CountedRow]]:
    """The rows between two reports."""
    remaining = iter(rows)
    while portion := list(islice(remaining, ROWS_A_REPORT)):
        yield portion
