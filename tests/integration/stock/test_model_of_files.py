"""Model-based test of files: exports, edits and imports whose worker is killed anywhere, with sales in between."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inventory.admin.exports import export_catalogue
from inventory.admin.list_store import ListStore
from inventory.admin.queries import LevelFilter
from inventory.imports import run as runs
from inventory.imports.catalogue_csv import as_text, read_catalogue
from inventory.imports.report import Mode, Report
from inventory.imports.run import ImportRun
from inventory.imports.store import StoredFile
from inventory.model import iso
from inventory.stock.counts import Count
from tests.support.fault_injection import hooked
from tests.support.http.imports import Killed
from tests.support.shop import Shop
from tests.support.shop.shops import Shops

OPENING = datetime.fromisoformat("2026-03-01T12:00:00Z")
WRITES = ("PutItem", "TransactWriteItems")
PRODUCTS = ("P-1", "P-2", "P-3")
ENOUGH = settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=8,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)

products = st.sampled_from(PRODUCTS)
names = st.sampled_from(["Mug", "Cup"])
edits = st.dictionaries(products, st.tuples(st.integers(0, 9), st.none() | names), max_size=3)


@dataclass
class ExpectedLevel:
    """A level, and what happened to it: when, by how many units, and whether on the shelf or in the books only."""

    on_hand: int
    counted_as_of: datetime
    described_at: datetime
    name: str = "Mug"
    history: list[tuple[datetime, int, bool]] = field(default_factory=list)

    def moves(self, delta: int, now: datetime, *, on_the_shelf: bool) -> None:
        self.on_hand += delta
        self.history.append((now, delta, on_the_shelf))

    def is_decided(self, row: Count, now: datetime) -> str:
        """What becomes of a row of a file."""
        as_of = datetime.fromisoformat(str(row.as_of))
        if self.described_at > as_of and row.name != self.name:
            return "REFUSED"
        on_hand = self.on_hand
        is_counted = row.on_hand_was != row.on_hand and self.counted_as_of <= as_of
        if is_counted:
            on_hand = row.on_hand + sum(delta for at, delta, on_shelf in self.history if on_shelf and at > as_of)
            if on_hand < 0:
                return "REFUSED"
            self.counted_as_of = as_of
        outcome = "UNCHANGED" if (on_hand, row.name) == (self.on_hand, self.name) else "CHANGED"
        if row.name != self.name:
            self.name, self.described_at = row.name, now
        self.moves(on_hand - self.on_hand, now, on_the_shelf=False)
        return outcome


@dataclass
class ExpectedFile:
    """An imported file: its rows, and what became of those that were decided."""

    import_id: str
    rows: tuple[Count, ...]
    is_accepted: bool = False
    outcomes: list[str] = field(default_factory=list)


class Files:
    """What an import store keeps, in memory."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.contents: dict[str, bytes] = {}

    def report(self, import_id: str) -> Report:
        return self.reports[import_id]

    def save(self, report: Report) -> None:
        self.reports[report.import_id] = report

    def file(self, import_id: str, etag: str | None = None) -> StoredFile:
        return StoredFile(io.BytesIO(self.contents[import_id]), "etag", arrived_at=OPENING)


class FileMachine(RuleBasedStateMachine):
    """Runs each operation on a shop and on the model, and compares the levels and the reports."""

    shops: ClassVar[Shops]

    @initialize(stock=st.tuples(*[st.integers(3, 9)] * len(PRODUCTS)))
    def open_shop(self, stock: tuple[int, ...]) -> None:
        self.now = OPENING
        self.opened = ExitStack()
        self.shop = self.opened.enter_context(self.shops.open())
        self.shop.now = lambda: self.now
        self.store = Files()
        self.levels: dict[str, ExpectedLevel] = {}
        self.exported = ""
        self.files: list[ExpectedFile] = []
        for product, on_hand in zip(PRODUCTS, stock, strict=True):
            self.shop.stocks(product, on_hand=on_hand)
            self.levels[product] = ExpectedLevel(on_hand, self.now, self.now)
        self.it_is_later()

    def it_is_later(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(product=products, quantity=st.integers(1, 3))
    def units_are_sold(self, product: str, quantity: int) -> None:
        if self.levels[product].on_hand >= quantity:
            self.shop.sells((product, quantity))
            self.levels[product].moves(-quantity, self.now, on_the_shelf=True)
        self.it_is_later()

    @rule(product=products, delta=st.integers(1, 3))
    def units_are_received(self, product: str, delta: int) -> None:
        self.shop.adjusts(delta, product)
        self.levels[product].moves(delta, self.now, on_the_shelf=True)
        self.it_is_later()

    @rule(product=products, on_hand=st.integers(0, 9), name=names)
    def a_colleague_edits(self, product: str, on_hand: int, name: str) -> None:
        self.shop.stocks(product, on_hand=on_hand, name=name)
        level = self.levels[product]
        if name != level.name:
            level.name, level.described_at = name, self.now
        if on_hand != level.on_hand:
            level.moves(on_hand - level.on_hand, self.now, on_the_shelf=False)
            level.counted_as_of = self.now
        self.it_is_later()

    @rule()
    def the_stock_is_exported(self) -> None:
        store = ListStore(self.shop.client, self.shop.tables)
        self.exported = export_catalogue(LevelFilter(), store=store, clock=lambda: self.now)
        self.it_is_later()

    @rule(edited=edits, killed_at=st.none() | st.integers(0, 5), written=st.booleans())
    def the_export_is_edited_and_imported(
        self, edited: dict[str, tuple[int, str | None]], killed_at: int | None, written: bool
    ) -> None:
        if not self.exported:
            return
        with as_text(io.BytesIO(self.exported.encode())) as file:
            rows = [
                replace(row, on_hand=edited[row.product_id][0], name=edited[row.product_id][1] or row.name)
                if row.product_id in edited
                else row
                for row in read_catalogue(file).counts
            ]
        header, *_ = self.exported.splitlines()
        lines = [
            f"{row.product_id},main,{row.name},kitchen,{row.on_hand},0,{row.on_hand_was},{row.as_of}" for row in rows
        ]
        imported = ExpectedFile(f"{len(self.files):032}", tuple(rows))
        self.files.append(imported)
        self.store.contents[imported.import_id] = "\n".join([header, *lines]).encode()
        now = iso(self.now)
        self.store.save(
            Report(imported.import_id, Mode.GOOD_ROWS, "ada", submitted_at=now, updated_at=now, confirm_zeros=True)
        )
        self.it_is_later()
        self._run(imported, killed_at, written)

    @rule(data=st.data(), killed_at=st.none() | st.integers(0, 5), written=st.booleans())
    def a_worker_runs_again(self, data: st.DataObject, killed_at: int | None, written: bool) -> None:
        if self.files:
            self._run(data.draw(st.sampled_from(self.files)), killed_at, written)

    def _run(self, imported: ExpectedFile, killed_at: int | None, written: bool) -> None:
        """Run the worker, killed at a write that decides a row; the acceptance of a file is the write before them."""
        worker = ImportRun(self.store, self.shop.batch_counts, lambda: self.now)  # type: ignore[arg-type]
        with ExitStack() as faults:
            writes = faults.enter_context(counted_writes(self.shop, killed_at, written))
            faults.enter_context(suppress(Killed))
            worker.run(imported.import_id)
        if writes.done and not imported.is_accepted:
            writes.done -= 1
            imported.is_accepted = True
        for row in imported.rows[len(imported.outcomes) :][: writes.done]:
            imported.outcomes.append(self.levels[row.product_id].is_decided(row, self.now))
        self.it_is_later()

    @invariant()
    def the_levels_equal_the_model(self) -> None:
        for product, expected in self.levels.items():
            level = self.shop.level(product)
            assert (level.on_hand, level.name) == (expected.on_hand, expected.name)

    @invariant()
    def the_reports_equal_the_model(self) -> None:
        for imported in self.files:
            report = self.store.reports[imported.import_id]
            if report.status == "DONE":
                assert (report.changed, report.unchanged, report.failed) == tuple(
                    imported.outcomes.count(outcome) for outcome in ("CHANGED", "UNCHANGED", "REFUSED")
                )

    def teardown(self) -> None:
        with self.opened:
            self.shop.adds_up()


@dataclass
class Writes:
    """How many writes were made."""

    done: int = 0


@contextmanager
def counted_writes(shop: Shop, killed_at: int | None, written: bool) -> Iterator[Writes]:
    """Count the writes of a worker, and kill it at one of them, before or after it is made."""
    writes = Writes()
    started = 0

    def before(model: Any, **_: Any) -> None:
        nonlocal started
        if model.name in WRITES:
            if started == killed_at and not written:
                raise Killed
            started += 1

    def after(model: Any, **_: Any) -> None:
        if model.name in WRITES:
            writes.done += 1
            if started - 1 == killed_at:
                raise Killed

    with hooked(shop.client, "before-call", before), hooked(shop.client, "after-call", after):
        yield writes


@pytest.mark.timeout(300)
def test_files_leave_what_the_model_expects(shops: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    FileMachine.shops = shops
    monkeypatch.setattr(runs, "WRITERS", 1)

    run_state_machine_as_test(FileMachine, settings=ENOUGH)
