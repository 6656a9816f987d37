"""The read model of a shop in memory: it follows the streams, is merged and rebuilt, and says what is in it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from inventory.aws.changes import to_attributes, to_item
from inventory.items import to_failed_execution, to_level_key, to_refund, to_reservation
from inventory.model import LevelKey
from inventory.read_model.entries import Change, ExecutionEntry, Kind, LevelEntry, RefundEntry, ReservationEntry
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.lost_demand import RefusedUnits
from inventory.read_model.figures.sales import SoldUnits
from inventory.read_model.figures.update import FigureUpdates
from inventory.read_model.journal import Journal
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.merging.contents import SEARCHED, Contents, snapshot_file
from inventory.read_model.merging.job import Heartbeat, ReadModelJob, Report
from inventory.read_model.merging.merge import Merge
from inventory.read_model.merging.rebuild import Rebuild
from inventory.read_model.merging.scan import TableScan
from inventory.read_model.merging.snapshots import SnapshotBuilder
from inventory.read_model.search.segments import read_segment
from tests.support.live import Record
from tests.support.memory_shop import MemoryShop
from tests.support.read_model_files import MemoryFiles
from tests.support.shop import table_definition

HANDED_OVER_MAX = 20
RUNS_MAX = 50
MINUTE = timedelta(minutes=1)


class Follower:  # TEMPORARY, until the follower is there
    def __init__(self, shop, manifests, journal):
        self.shop, self.manifests, self.journal = shop, manifests, journal
        self.known = None

    def follow(self, records):
        latest = {}
        for r in records:
            table = r["eventSourceARN"].split("/")[1]
            key = tuple(v["S"] for v in r["dynamodb"]["Keys"].values())
            latest[table, key] = max(latest.get((table, key), 0), int(r["dynamodb"]["SequenceNumber"]))
        changes = {kind: {} for kind in Kind}
        t = self.shop.tables
        for (table, key), seq in latest.items():
            if key[0].startswith("\x1f") and table == t.inventory:
                level = (
                    to_level_key({"product_id": key[0], "warehouse_id": key[1]}).level
                    if "shard" in key[0] and "changes" not in key[0]
                    else None
                )
                if level is None:
                    continue
                key = (level.product_id, level.warehouse_id)
            elif key[0].startswith("\x1f"):
                continue
            if table == t.inventory:
                found = self.shop.stock_store.level(LevelKey(*key))
                kind = Kind.LEVELS
                entry = LevelEntry.of(found) if found else None
            else:
                names = {
                    t.reservations: ("reservation_id",),
                    t.refunds: ("reservation_id", "payment_reference"),
                    t.failed_executions: ("execution_name",),
                }[table]
                a = self.shop.client.get_item(
                    TableName=table, Key=to_attributes(dict(zip(names, key))), ConsistentRead=True
                )
                kind, parse, of = {
                    t.reservations: (Kind.RESERVATIONS, to_reservation, ReservationEntry.of),
                    t.refunds: (Kind.REFUNDS, to_refund, RefundEntry.of),
                    t.failed_executions: (Kind.EXECUTIONS, to_failed_execution, ExecutionEntry.of),
                }[table]
                entry = of(parse(to_item(a["Item"]))) if "Item" in a else None
            old = changes[kind].get(key)
            changes[kind][key] = Change(max(seq, old.sequence if old else 0), key, entry)
        self.known = self.known or self.manifests.read() or self.manifests.create()
        while True:
            for kind, found in changes.items():
                self.journal.append(self.known.generation, kind, list(found.values()))
            now = self.manifests.read()
            if now.generation == self.known.generation:
                return []
            self.known = now


class ReadModelOfShop:
    """The read model of a shop in memory, with a table and a bucket of its own."""

    def __init__(self, shop: MemoryShop, clock: Callable[[], datetime]) -> None:
        self.shop = shop
        self.clock = clock
        self.files = MemoryFiles(clock)
        table = f"{uuid4().hex}-read-model"
        shop.client.create_table(**table_definition("ReadModelTable", table))
        self.tables = replace(shop.tables, read_model=table)
        self.manifests = ManifestStore(shop.client, self.tables)
        self.journal = Journal(shop.client, self.tables)

    # --- the follower

    def follows(self, *records: Record) -> None:
        """Lambda hands over records until none of them must come again."""
        left = list(records)
        for _ in range(HANDED_OVER_MAX):
            failed = set(self.follower().follow(left))
            left = [record for record in left if record["dynamodb"]["SequenceNumber"] in failed]
            if not left:
                return
        raise AssertionError(f"{len(left)} records cannot be followed")

    def follower(self) -> Follower:
        """The follower of a new container."""
        return Follower(self.shop, self.manifests, self.journal)

    # --- the job

    def job(self) -> ReadModelJob:
        """The job of a new container."""
        client, tables = self.shop.client, self.tables
        figures = FigureUpdates(client, tables)
        merge = Merge(self.manifests, self.journal, self.files, SnapshotBuilder(self.files, figures))
        rebuild = Rebuild(self.manifests, self.files, TableScan(client, tables, self.shop.stock_store), figures, merge)
        return ReadModelJob(self.manifests, self.files, merge, rebuild, Heartbeat(client, tables))

    def runs(self, has_time: Callable[[], bool] = lambda: True, **wanted: bool) -> Report:
        """The scheduled run, or one that is asked for something."""
        return self.job().run(self.clock(), has_time, **wanted)

    def merges(self) -> Report:
        """A run that merges whatever there is."""
        return self.runs(merge=True)

    def is_rebuilt(self) -> None:
        """A rebuild from its beginning to its end."""
        report = self.runs(rebuild=True)
        for _ in range(RUNS_MAX):
            if report.manifest and report.manifest.snapshot and report.manifest.rebuild is None:
                return
            report = self.runs()
        raise AssertionError("the rebuild does not end")

    # --- what is in it

    @property
    def manifest(self) -> Manifest:
        found = self.manifests.read()
        assert found is not None, "there is no manifest"
        return found

    @property
    def contents(self) -> Contents:
        assert self.manifest.snapshot is not None, "there is no snapshot"
        return Contents.read(self.files, self.manifest.snapshot)

    def state(self) -> dict[str, Any]:
        """Everything in the snapshot, as it can be compared with that of another model."""
        contents = self.contents
        figures, sales, refused = (self._file(name) for name in ("figures", "sales", "lost_demand"))
        return {
            "levels": list(LevelIndex.from_columns(contents.level_columns(self.files)).entries()),
            **{kind.value: self.rows(kind) for kind in SEARCHED},
            "figures": Counted.decode(figures),
            "sold": SoldUnits.decode(sales).days,
            "refused": RefusedUnits.decode(refused).cells,
        }

    def rows(self, kind: Kind) -> list[Any]:
        """The rows that a search finds, each once, the newest first."""
        refs = self.contents.segments.get(kind, ())
        rows = [row for ref in refs for row in read_segment(self.files, kind, ref).rows()]
        assert len({row.key for row in rows}) == len(rows), "a row is in two places"
        assert rows == sorted(rows, key=lambda row: row.order, reverse=True)
        return rows

    def _file(self, name: str) -> bytes | None:
        return self.files.read(snapshot_file(self.contents.snapshot, name))
