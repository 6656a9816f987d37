"""Managers who change stock by hand and import files, and the scheduled jobs."""

import csv
import io
import random
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from inventory.identifiers import name_of
from tests.simulation.platform.invocations import Invocations
from tests.simulation.platform.scheduler import Script, Wait
from tests.simulation.platform.workflow import Execution
from tests.simulation.shop.books import Books
from tests.simulation.shop.calls import Calls

# The columns that make a count one of the moment of the export.
AS_OF_COLUMNS = frozenset({"as_of", "on_hand_was"})
# Where S3 keeps what starts an import's worker.
WORKED_ON = ("uploads/", "continuations/")

# How often each job runs, as template.yaml sets it; the comparison of the counters more often, to meet more changes.
JOB_SECONDS = {"reconcile_holds": 60, "check_low_stock": 300, "reconcile_counters": 900}


@dataclass
class Adjustment:
    """An adjustment by hand, and what was answered to it."""

    key: str
    product: str
    delta: int
    answers: list[str] = field(default_factory=list)


@dataclass
class Edit:
    """A level that was edited by hand under a reason of its own, and what was answered."""

    reason: str
    product: str
    answers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CountedRow:
    """A row of an imported file; `was` is what the level had when it was exported, None if the file does not say so."""

    product: str
    on_hand: int
    was: int | None


@dataclass
class Import:
    """An import, and what was answered to it."""

    key: str
    exported_at: float
    rows: list[CountedRow] = field(default_factory=list)
    sent_at: tuple[float, float] = (0.0, 0.0)  # from its first attempt to the answer
    import_id: str | None = None


@dataclass
class Managers:
    """Runs what is done by hand and on a schedule."""

    draw: random.Random
    calls: Calls
    invocations: Invocations
    books: Books
    products: list[str]
    adjustments: list[Adjustment] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    drifted: list[str] = field(default_factory=list)
    failed_jobs: list[str] = field(default_factory=list)

    # --- by hand

    def stock_up(self) -> Script:
        """Make every level."""
        for product in self.products:
            # Of a product in several warehouses each has few, so that orders are split.
            on_hand = self.draw.choice((2, 3, 5, 9) if product.startswith("P-0/") else (0, 5, 20, 60, 200, 200))
            yield from self.edit(product, on_hand=on_hand)

    def work(self, count: int, seconds: float) -> Script:
        """So many changes by hand, at any time."""
        for _ in range(count):
            yield self.calls.sleep(self.draw.uniform(0, 2 * seconds / count))
            product = self.draw.choice(self.products)
            works = (self.adjust, self.edit, self.import_file, self.retire, self.delete, self.return_payment)
            [work] = self.draw.choices(works, weights=(6, 4, 3, 1, 2, 3))
            self.calls.start(work(product))

    def adjust(self, product: str) -> Script:
        """Add units or remove some, under a key: sent twice at once, and later with other content."""
        adjustment = Adjustment(f"A-{len(self.adjustments)}", product, self.draw.choice((-6, -3, -1, 2, 5, 15, 30)))
        self.adjustments.append(adjustment)
        for _ in range(self.draw.choice((1, 1, 2))):
            self.calls.start(self._adjust(adjustment))
            yield self.calls.sleep(self.draw.choice((0, 1, 600)))

    def _adjust(self, adjustment: Adjustment) -> Script:
        answer = yield from self.calls.admin(
            "POST",
            f"/admin/inventory/{quote(adjustment.product)}/adjustments",
            {"delta": adjustment.delta, "reason": "delivery", "reference": adjustment.key},
            headers={"Idempotency-Key": adjustment.key},
        )
        adjustment.answers.append(_summary(answer))

    def edit(self, product: str, *, on_hand: int | None = None, leaves: int | None = None) -> Script:
        """Set a level from what an editor read before, to what `leaves` says; a new one with `on_hand`."""
        edit = Edit(f"E-{len(self.edits)}", product)
        self.edits.append(edit)
        headers, level = {}, None
        threshold = self.draw.choice((0, 2, 5, 10))
        if on_hand is None:
            level = yield from self._read(product)
            if level is None:
                return
            headers = {"If-Match": str(level["version"])}
            yield self.calls.sleep(self.draw.choice((0.01, 2, 60)))
            counted = max(0, level["on_hand"] + self.draw.choice((-4, -1, 0, 0, 3, 12)))
            on_hand = counted if leaves is None else leaves
        content = {
            "on_hand": on_hand,
            "name": f"Mug {product}",
            "category": "kitchen",
            "low_stock_threshold": threshold,
            "reason": edit.reason,
        }
        self.books.edits[edit.reason] = (on_hand, level["version"] + 1 if level else 1)
        answer = yield from self.calls.admin("PUT", f"/admin/inventory/{quote(product)}", content, headers=headers)
        edit.answers.append(_summary(answer))

    def _read(self, product: str) -> Generator[Wait, Any, Any]:
        answer = yield from self.calls.admin("GET", f"/admin/inventory/{quote(product.partition('/')[0])}")
        if answer is None or answer["status"] != 200:
            return None
        return next(
            (level for level in answer["content"]["items"] if level["warehouse_id"] == product.partition("/")[2]), None
        )

    def retire(self, product: str) -> Script:
        """Take a level out of sale for some time."""
        for active in (False, True):
            yield from self._set_active(product, active)
            yield self.calls.sleep(self.draw.choice((10, 120)))

    def _set_active(self, product: str, active: bool) -> Script:
        level = yield from self._read(product)
        if level is None:
            return
        content = {name: level[name] for name in ("on_hand", "name", "category", "low_stock_threshold")}
        yield from self.calls.admin(
            "PUT",
            f"/admin/inventory/{quote(product)}",
            content | {"reason": "retiring", "active": active},
            headers={"If-Match": str(level["version"])},
        )

    def delete(self, product: str) -> Script:
        """Empty a level, delete it if nobody holds anything of it, and make it again."""
        yield from self.edit(product, leaves=0)
        level = yield from self._read(product)
        if level is None:
            return
        yield self.calls.sleep(self.draw.choice((0.01, 1)))
        product_id, _, warehouse_id = product.partition("/")
        yield from self.calls.admin(
            "DELETE",
            "/admin/level",
            headers={"If-Match": str(level["version"])},
            query={"product_id": product_id, "warehouse_id": warehouse_id},
        )
        yield self.calls.sleep(self.draw.choice((0.01, 60)))
        yield from self.edit(product, on_hand=self.draw.choice((5, 60)))

    def return_payment(self, product: str) -> Script:
        """Give the money of a payment back that is to be returned."""
        answer = yield from self.calls.admin("GET", "/admin/refunds", query={"status": "OPEN"})
        if answer is None or answer["status"] != 200 or not answer["content"]["items"]:
            return
        refund = self.draw.choice(answer["content"]["items"])
        number = len(self.returns)
        reference = refund["payment_reference"]
        self.returns.append(reference)
        yield from self.calls.admin(
            "POST",
            f"/admin/reservations/{name_of(refund['reservation_id'])}/refunds",
            {"payment_reference": reference, "reference": f"RETURN-{number}"},
        )

    def import_file(self, product: str) -> Script:
        """Export the catalogue, change some rows of it, and import them; the upload is repeated until it is answered."""
        imported = Import(f"I-{len(self.imports)}", self.calls.stage.scheduler.now)
        self.imports.append(imported)
        exported = yield from self.calls.admin("GET", "/admin/export")
        if exported is None or exported["status"] != 200:
            return
        rows = list(csv.DictReader(io.StringIO(exported["content"].removeprefix("\ufeff"))))
        rows = self.draw.sample(rows, self.draw.randint(1, len(rows)))
        for row in rows:
            imported.rows.append(self._counted(row))
        names = [name for name in rows[0] if name not in AS_OF_COLUMNS or self.draw.random() < 0.7]
        if not AS_OF_COLUMNS.issubset(names):
            names = [name for name in names if name not in AS_OF_COLUMNS]
            imported.rows = [replace(row, was=None) for row in imported.rows]
        file = io.StringIO()
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        yield self.calls.sleep(self.draw.choice((0.01, 5, 120, 600)))
        yield from self._send(imported, file.getvalue())

    def _counted(self, row: dict[str, str]) -> CountedRow:
        """Count a row, mostly as it is."""
        was = int(row["on_hand"])
        row["on_hand"] = str(max(0, was + self.draw.choice((0, 0, 0, 5, -1))))
        product = f"{row['product_id']}/{row['warehouse_id']}"
        return CountedRow(product, int(row["on_hand"]), was if "on_hand_was" in row else None)

    def _send(self, imported: Import, content: str) -> Script:
        began = self.calls.stage.scheduler.now
        answer = yield from self.calls.admin(
            "POST",
            "/admin/imports",
            content,
            headers={"Idempotency-Key": imported.key, "Content-Type": "text/csv"},
            query={"mode": self.draw.choice(("ALL_OR_NONE", "GOOD_ROWS"))},
        )
        imported.sent_at = began, self.calls.stage.scheduler.now
        if answer and answer["status"] == 202:
            imported.import_id = answer["content"]["import_id"]

    # --- events and schedules

    def on_file(self, key: str) -> None:
        """S3 wrote a file: its event arrives at least once, and Lambda repeats a run that failed."""
        if key.startswith(WORKED_ON):
            self._deliver("import_catalogue", {"bucket": {"name": "imports"}, "object": {"key": key}})

    def on_failed_execution(self, execution: Execution) -> None:
        """An execution failed or was stopped."""
        detail: dict[str, Any] = {
            "executionArn": execution.arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": int(execution.started_at * 1000),
            "stopDate": int((execution.ended_at or 0) * 1000),
            "input": execution.content,
            "inputDetails": {"included": True},
            "error": execution.error,
            "cause": execution.cause,
        }
        self._deliver("record_failed_execution", detail)

    def _deliver(self, function: str, detail: dict[str, Any]) -> None:
        """EventBridge invokes a function with an event, at least once."""
        self.calls.start(self._until_it_succeeds(function, {"detail": detail}))
        while self.calls.stage.faults.happens(0.2):
            self.calls.start(self._until_it_succeeds(function, {"detail": detail}))

    def _until_it_succeeds(self, function: str, event: dict[str, Any]) -> Script:
        """Lambda repeats an asynchronous invocation that failed, and then its event is sent again from the queue."""
        yield self.calls.sleep(self.draw.choice((0.1, 1, 60)))
        for pause in (60, 120, 1200, 1200, 1200):
            has_ended = yield self._invoke(function, event)
            if has_ended is not None:
                return
            yield self.calls.sleep(pause)

    def _invoke(self, function: str, event: Any) -> Wait:
        return lambda continuation: self.invocations.invoke(
            function, event, lambda answer, error: continuation.send(None if error else {"answer": answer})
        )

    def schedule(self, job: str) -> Script:
        """Run a job on its schedule."""
        while True:
            yield self.calls.sleep(JOB_SECONDS[job] * self.draw.uniform(0.98, 1.02))
            self.calls.start(self._job(job))

    def _job(self, job: str) -> Script:
        ended = yield self._invoke(job, {})
        if ended is None:
            self.failed_jobs.append(job)
        elif job == "reconcile_counters" and ended["answer"]["drifted"]:
            self.drifted.append(str(ended["answer"]))


def _summary(answer: Any) -> str:
    """The status of an answer, and its code if it is a problem."""
    if answer is None:
        return "none"
    content = answer["content"]
    return (
        f"{answer['status']} {content.get('code', '')}".strip() if isinstance(content, dict) else str(answer["status"])
    )
