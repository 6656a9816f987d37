"""The use cases of imports: a file is taken, its rows are counted or only checked, and a report tells how far that is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from inventory.aws.sns import Topics
from inventory.errors import BelowReserved, FieldError, ImportConflict, ImportTooLarge, InvalidRequest, TransientError
from inventory.imports.catalogue_csv import Catalogue, CountedRow, RowError, read_catalogue
from inventory.imports.report import ImportStatus, Mode, Report
from inventory.imports.store import ImportStore
from inventory.model import iso
from inventory.stock.batch import Run, look
from inventory.stock.changes import ChangeContext, ChangeOutcome, count
from inventory.stock.store import StockStore

FILE_BYTES_MAX = 5_000_000
WRITERS = 8
ROWS_A_REPORT = 200
IMPORT_ID_NAMESPACE = UUID("6f0f5d1e-3a52-4c0e-9a0b-2f6f6d1c7b42")


def submit_import(
    content: bytes, mode: Mode, actor: str, *, key: str | None, imports: ImportStore, now: datetime
) -> str:
    """Take a file to be imported soon; the same file under the same key is taken once.

    Without a key each time is an import of its own, which sets levels to their counts again: what was sold since would
    be back.

    Returns:
        The import's id.

    Raises:
        InvalidRequest: it is empty.
        ImportTooLarge: it has more than FILE_BYTES_MAX bytes.
        ImportConflict: the key was used before, for another file or in another mode.
    """
    if not content:
        raise InvalidRequest([FieldError("(content)", "must be the rows of a CSV, its header first")])
    if len(content) > FILE_BYTES_MAX:
        raise ImportTooLarge(f"a file may have at most {FILE_BYTES_MAX} bytes, not {len(content)}: split it")
    import_id = uuid5(IMPORT_ID_NAMESPACE, key).hex if key else uuid4().hex
    report = Report(import_id, mode, actor, submitted_at=iso(now), updated_at=iso(now))
    if not imports.submit(report, content):
        raise ImportConflict("the key was used before, for another file or in another mode")
    return import_id


def run_import(
    import_id: str, *, imports: ImportStore, stock: StockStore, topics: Topics, now: Callable[[], datetime]
) -> Report:
    """Apply a file, or go on where an earlier run of the same import stopped; or only tell what that would do.

    Raises:
        ImportNotFound: no such file was taken.
    """
    report = imports.report(import_id)
    if report.is_over:
        return report  # S3 may tell of a file twice
    catalogue = read_catalogue(imports.file(import_id))
    if report.status is ImportStatus.PENDING:
        report = _begin(report, catalogue, stock, now())
        imports.save(report)
        if report.is_over:
            return report
    if report.mode is Mode.CHECK:
        report = replace(report, done=report.rows, changed=_would_change(catalogue.rows, stock))
    else:
        for rows in _rows_left(report, catalogue):
            report = _apply(rows, report, stock=stock, topics=topics, now=now)
            imports.save(report)
    report = report.at(now(), ImportStatus.DONE)
    imports.save(report)
    return report


def _begin(report: Report, catalogue: Catalogue, stock: StockStore, now: datetime) -> Report:
    """Decide whether anything is written at all; what is wrong with the file is told at once."""
    errors = list(catalogue.errors)
    is_whole = report.mode is not Mode.GOOD_ROWS
    if is_whole and not errors:
        errors = list(_below_reserved(catalogue.rows, stock))
    refused = bool(errors) if is_whole else not catalogue.rows
    report = replace(
        report.with_errors(errors),
        rows=catalogue.rows_in_file,
        done=0 if refused else catalogue.rows_in_file - len(catalogue.rows),
        started_at=iso(now),
    )
    return report.at(now, ImportStatus.FAILED if refused else ImportStatus.RUNNING)


def _below_reserved(rows: Sequence[CountedRow], stock: StockStore) -> Iterator[RowError]:
    reserved = {level.key: level.reserved for level in stock.levels([row.count.key for row in rows])}
    for row in rows:
        units = reserved.get(row.count.key, 0)
        if row.count.on_hand < units:
            yield RowError(row.line, "on_hand", f"{units} units are reserved: {row.count.on_hand} on hand are too few")


def _would_change(rows: Sequence[CountedRow], stock: StockStore) -> int:
    """How many levels a file would create or change."""
    levels = {level.key: level for level in stock.levels([row.count.key for row in rows])}
    return sum(row.count.differs_from(levels.get(row.count.key)) for row in rows)


def _rows_left(report: Report, catalogue: Catalogue) -> Iterator[Sequence[CountedRow]]:
    """The good rows that no report counts as done yet, in the portions between two reports."""
    wrong_rows = catalogue.rows_in_file - len(catalogue.rows)
    for start in range(report.done - wrong_rows, len(catalogue.rows), ROWS_A_REPORT):
        yield catalogue.rows[start : start + ROWS_A_REPORT]


def _apply(
    rows: Sequence[CountedRow], report: Report, *, stock: StockStore, topics: Topics, now: Callable[[], datetime]
) -> Report:
    run = Run(report.import_id, began_at=datetime.fromisoformat(report.submitted_at))
    cause = ChangeContext(report.actor, "import", report.import_id, run)
    sights = look([row.count.key for row in rows], run, stock=stock)

    def apply(row: CountedRow) -> ChangeOutcome | RowError:
        try:
            sight = sights[row.count.key]
            return count(row.count, cause, stock=stock, topics=topics, now=now(), sight=sight)
        except BelowReserved as error:
            return RowError(row.line, "on_hand", str(error))
        except TransientError as error:
            return RowError(row.line, "(line)", str(error))

    with ThreadPoolExecutor(WRITERS) as writers:
        outcomes = list(writers.map(apply, rows))
    errors = [outcome for outcome in outcomes if isinstance(outcome, RowError)]
    changed = sum(outcome in (ChangeOutcome.CREATED, ChangeOutcome.CHANGED) for outcome in outcomes)
    report = replace(report, done=report.done + len(rows), changed=report.changed + changed)
    return report.with_errors(errors).at(now())
