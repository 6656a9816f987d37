"""The read model of a shop in memory: it follows the streams, is merged and rebuilt, and says what is in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from inventory.aws.queues import Queue
from inventory.read_model.entries import Kind
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.lost_demand import RefusedUnits
from inventory.read_model.figures.sales import SoldUnits
from inventory.read_model.figures.update import FigureUpdates
from inventory.read_model.following.follower import Follower
from inventory.read_model.following.level_orders import LevelOrders
from inventory.read_model.following.rows import Rows
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
from tests.support.read_model.files import MemoryFiles
from tests.support.shop.in_memory import MemoryShop
from tests.support.template.source import table_definition

HANDED_OVER_MAX = 20
RUNS_MAX = 50
MINUTE = timedelta(minutes=1)


class AsideQueue(Queue):
    """The queue of what cannot be read."""

    def __init__(self) -> None:
        self.contents: list[Mapping[str, Any]] = []

    def accepts(self, contents: Sequence[Mapping[str, Any]]) -> bool:
        self.contents += contents
        return True


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
        self.unreadable = AsideQueue()

    # --- the follower

    def follows(self, *records: Record) -> None:
        """Lambda hands over records until none of them must come again."""
        left = list(records)
        for _ in range(HANDED_OVER_MAX):
            failed = set(self.follower().follow(left, lambda: True))
            left = [record for record in left if record["dynamodb"]["SequenceNumber"] in failed]
            if not left:
                return
        raise AssertionError(f"{len(left)} records cannot be followed")

    def follower(self) -> Follower:
        """The follower of a new container."""
        client, tables = self.shop.client, self.tables
        rows, orders = Rows(client, tables, self.shop.stock_store), LevelOrders(client, tables)
        return Follower(rows, orders, self.manifests, self.journal, self.unreadable, tables)

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
        counted = Counted.decode(figures)
        return {
            "levels": list(LevelIndex.from_columns(contents.level_columns(self.files)).entries()),
            **{kind.value: self.rows(kind) for kind in SEARCHED},
            "outcomes": counted.outcomes.counts,
            "active": counted.active,
            "open_refunds": counted.open_refunds,
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

    def _file(self, name: str) -> bytes:
        content = self.files.read(snapshot_file(self.contents.snapshot, name))
        assert content is not None, f"the snapshot has no {name}"
        return content
