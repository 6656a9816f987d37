"""The use cases of exports that are too large for one answer: ask for one, write it, read its progress."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from inventory.admin.export_store import Export, ExportStore
from inventory.admin.list_store import ListStore
from inventory.admin.lists import exported_levels
from inventory.admin.queries import LevelFilter
from inventory.imports.catalogue_export import write_catalogue
from inventory.imports.report import ImportStatus
from inventory.model import Level, iso

ROWS_A_REPORT = 10_000


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
        file = io.BytesIO()
        for piece in write_catalogue(counted()):
            file.write(piece.encode())
        self.store.write(export_id, file.getvalue())
        done = export.at(clock(), ImportStatus.DONE, rows)
        self.store.save(done)
        return done
