"""The use cases of exports: in one answer, or, if that is too small, as a file to ask for, to write and to read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from inventory.admin.export_store import Export, ExportStore
from inventory.admin.list_store import ListStore
from inventory.admin.lists import LEVELS_A_READ, levels_of
from inventory.admin.pagination import Batch, Position, iterate_all
from inventory.admin.queries import LevelFilter
from inventory.errors import ExportTooLarge
from inventory.imports.catalogue_export import write_catalogue
from inventory.imports.report import ImportStatus
from inventory.model import Level, iso

ROWS_A_REPORT = 10_000
# An answer of Lambda may have 6 MB of JSON, in which a character of this text has up to 12 bytes.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
EXPORT_BYTES_MAX = 5_500_000


@dataclass(frozen=True, slots=True)
class Exports:
    """Exports that a worker writes."""

    store: ExportStore

    def begin(self, wanted: LevelFilter, now: datetime) -> str:
        """Ask for an export, and return its id."""
        export_id = uuid4().hex
        filters = wanted.model_dump(mode="json", exclude_none=True)
        self.store.request(Export(export_id, filters, updated_at=iso(now)))
        return export_id

    def get(self, export_id: str, now: datetime) -> dict[str, Any]:
        """An export as its caller sees it: with a URL once its file is written.

        Raises:
            ExportNotFound: there is none with this id.
        """
        export = self.store.get(export_id).failed_if_stale(now)
        url = self.store.url(export_id) if export.status is ImportStatus.DONE else None
        return {"export_id": export_id, "status": export.status, "rows": export.rows, "url": url}

    def write(self, export_id: str, levels: ListStore, clock: Callable[[], datetime]) -> Export:
        """Write the file of an export. A run that is repeated writes it again.

        Raises:
            ExportNotFound: nobody asked for it.
        """
        export = self.store.get(export_id)
        if export.status is ImportStatus.DONE:
            return export  # S3 may notify of a request twice
        wanted = LevelFilter.parse(export.filters)
        rows = 0

        def counted() -> Iterator[tuple[Level, str]]:
            nonlocal rows
            for rows, entry in enumerate(exported_levels(wanted, store=levels, clock=clock), start=1):
                if rows % ROWS_A_REPORT == 0:
                    self.store.save(export.at(clock(), ImportStatus.RUNNING, rows))
                yield entry

        self.store.save(export.at(clock(), ImportStatus.RUNNING, 0))
        self.store.write(export_id, (piece.encode() for piece in write_catalogue(counted())))
        done = export.at(clock(), ImportStatus.DONE, rows)
        self.store.save(done)
        return done


def exported_levels(
    wanted: LevelFilter, *, store: ListStore, clock: Callable[[], datetime]
) -> Iterator[tuple[Level, str]]:
    """All levels that match, each with the moment just before it was read."""
    read = levels_of(wanted, LEVELS_A_READ, store)

    def read_at(start: Position | None) -> Batch[tuple[Level, str]]:
        as_of = iso(clock())
        batch = read(start)
        return Batch([(position, (level, as_of)) for position, level in batch.entries], batch.next)

    return (entry for entry in iterate_all(read_at) if wanted.matches(entry[0]))


def export_catalogue(wanted: LevelFilter, *, store: ListStore, clock: Callable[[], datetime]) -> str:
    """All levels that match, as the CSV that an import reads.

    Raises:
        ExportTooLarge: they do not fit into one answer.
    """
    pieces: list[str] = []
    size = 0
    for piece in write_catalogue(exported_levels(wanted, store=store, clock=clock)):
        pieces.append(piece)
        size += len(json.dumps(piece))
        if size > EXPORT_BYTES_MAX:
            raise ExportTooLarge("the levels do not fit into one answer: POST /admin/exports writes them to a file")
    return "".join(pieces)
