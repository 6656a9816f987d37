"""The worker of files, measured: `python -m tools.bench.files.worker ENDPOINT ROWS` prints its figures as JSON."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from inventory.admin.export_store import Export, ExportStore
from inventory.admin.exports import Exports
from inventory.admin.list_store import ListStore
from inventory.admin.queries import LevelFilter
from inventory.imports.report import Mode, Report
from inventory.imports.run import ImportRun
from inventory.imports.store import ImportStore
from inventory.model import iso, utc_now
from tests.support.shop import Shop, new_shop
from tools.bench.folder import FolderClient
from tools.console import run_and_exit
from tools.local.emulators.metering import Consistency, item_bytes, read_units, write_units

WAREHOUSES = ("main", "north")
MINUTES_A_RUN = 13


class Units:
    """Counts the units of a client's calls, by AWS's rules. Rows are no larger before their writes than after them."""

    def __init__(self, client: Any) -> None:
        self.read = self.written = 0.0
        for name in ("BatchGetItem", "Query", "Scan", "TransactWriteItems", "PutItem"):
            client.meta.events.register(f"provide-client-params.dynamodb.{name}", self._write)
            client.meta.events.register(f"after-call.dynamodb.{name}", self._read)

    def _write(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "PutItem":
            self.written += write_units(None, params["Item"])
        elif model.name == "TransactWriteItems":
            for action in params["TransactItems"]:
                [(kind, content)] = action.items()
                # An update of a level: the row is about as large as a created one.
                self.written += write_units(None, content.get("Item"), transactional=True) if kind == "Put" else 2

    def _read(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "BatchGetItem":
            items = [item for found in parsed.get("Responses", {}).values() for item in found]
            self.read += sum(read_units(item_bytes(item), Consistency.STRONG) for item in items)
        elif "Items" in parsed:
            self.read += read_units(sum(map(item_bytes, parsed["Items"])), Consistency.STRONG)


class Worker:
    """A shop's worker of files over a folder."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.bucket = FolderClient(folder)
        client: Any = self.bucket
        self._imports = ImportStore(client, "files")
        self._exports = ExportStore(client, "files")
        self._shop = shop
        self._counts = shop.batch_counts

    def load(self, import_id: str, content: Iterable[str]) -> None:
        """Import a file, in as many runs as it needs."""
        now = iso(utc_now())
        self._imports.announce(
            Report(import_id, Mode.ALL_OR_NONE, "bench", now, now, is_upload=True, confirm_zeros=True)
        )
        with self.bucket.path(f"uploads/{import_id}.csv").open("w") as file:
            file.writelines(content)
        runs = 0
        while True:
            has_time = partial(_is_before, time.monotonic() + MINUTES_A_RUN * 60)
            report = ImportRun(self._imports, self._counts, utc_now, has_time).run(import_id)
            runs += 1
            if report.is_over:
                break
        print(f"{import_id}: {report.status}, {report.done} rows in {runs} runs", file=sys.stderr)
        if report.status != "DONE":
            raise SystemExit(f"the import failed: {report.errors[:3]}")

    def save(self, export_id: str) -> int:
        """Export all levels, and return their number."""
        levels = ListStore(self._shop.client, self._shop.tables)
        self._exports.save(Export(export_id, LevelFilter().model_dump(mode="json", exclude_none=True), iso(utc_now())))
        return Exports(self._exports).write(export_id, levels, utc_now).rows


def _is_before(moment: float) -> bool:
    return time.monotonic() < moment


def a_file(rows: int, on_hand: int) -> Iterable[str]:
    """A catalogue: each product in two warehouses."""
    yield "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"
    for number in range(rows):
        warehouse = WAREHOUSES[number % 2]
        product = number // 2
        yield f'SKU-{product:07},{warehouse},"Enamelled mug no. {product}, blue",kitchen,{on_hand},5\n'


def measured(name: str, units: Units, rows: int, act: Callable[[], object]) -> dict[str, float]:
    """What an action takes."""
    read, written = units.read, units.written
    began, processor = time.monotonic(), time.process_time()
    act()
    return {
        f"{name}_seconds": round(time.monotonic() - began, 1),
        f"{name}_processor_seconds": round(time.process_time() - processor, 1),
        f"{name}_read_units": round(units.read - read),
        f"{name}_write_units": round(units.written - written),
        f"{name}_rows_a_second": round(rows / (time.monotonic() - began)),
        f"{name}_memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024,
    }


def main() -> None:
    url, rows = sys.argv[1], int(sys.argv[2])
    shop = new_shop(url)
    units = Units(shop.client)
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(shop, Path(folder))
        found = measured("create", units, rows, lambda: worker.load("created", a_file(rows, 10)))
        found |= measured("change", units, rows, lambda: worker.load("changed", a_file(rows, 11)))
        found |= measured("export", units, rows, lambda: worker.save("exported"))
        path = worker.bucket.path("exports/exported.csv")
        with path.open() as file:
            if sum(1 for _ in file) != rows + 1:
                raise SystemExit("the export does not have all rows")
    print(json.dumps(found))


if __name__ == "__main__":
    run_and_exit(main)
