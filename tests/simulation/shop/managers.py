"""Managers who change stock by hand and import files, and the scheduled jobs."""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.simulation.platform.invocations import Invocations
from tests.simulation.platform.scheduler import Script, Wait
from tests.simulation.shop.books import Books
from tests.simulation.shop.calls import Calls

HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"

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


@dataclass
class Import:
    """An import, and what was answered to it."""

    key: str
    products: list[str]
    import_id: str | None = None
    report: dict[str, Any] = field(default_factory=dict)


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
    drifted: list[str] = field(default_factory=list)
    failed_jobs: list[str] = field(default_factory=list)

    # --- by hand

    def stock_up(self) -> Script:
        """Make every level."""
        for product in self.products:
            on_hand = self.draw.choice((0, 5, 20, 60, 200, 200))
            yield from self.edit(product, on_hand=on_hand)

    def work(self, count: int, seconds: float) -> Script:
        """So many changes by hand, at any time."""
        for _ in range(count):
            yield self.calls.sleep(self.draw.uniform(0, 2 * seconds / count))
            product = self.draw.choice(self.products)
            work = self.draw.choices((self.adjust, self.edit, self.import_file), weights=(6, 4, 2))[0]
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

    def edit(self, product: str, *, on_hand: int | None = None) -> Script:
        """Set a level from what an editor read before; a new one with `on_hand`."""
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
            on_hand = max(0, level["on_hand"] + self.draw.choice((-4, -1, 0, 0, 3, 12)))
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

    def import_file(self, product: str) -> Script:
        """Count some levels in a file; the upload is repeated until it is answered."""
        products = self.draw.sample(self.products, self.draw.randint(1, min(4, len(self.products))))
        imported = Import(f"I-{len(self.imports)}", products)
        self.imports.append(imported)
        rows = []
        for counted in products:
            level = yield from self._read(counted)
            if level:
                on_hand = level["on_hand"] + self.draw.choice((0, 0, 0, 5, -1))
                rows.append(
                    f"{counted.replace('/', ',')},Mug {counted},kitchen,{max(0, on_hand)},{level['low_stock_threshold']}\n"
                )
        if not rows:
            return
        yield self.calls.sleep(self.draw.choice((0.01, 5, 120)))
        answer = yield from self.calls.admin(
            "POST",
            "/admin/imports",
            HEADER + "".join(rows),
            headers={"Idempotency-Key": imported.key, "Content-Type": "text/csv"},
            query={"mode": self.draw.choice(("ALL_OR_NONE", "GOOD_ROWS"))},
        )
        if answer and answer["status"] == 202:
            imported.import_id = answer["content"]["import_id"]

    # --- events and schedules

    def on_file(self, key: str) -> None:
        """S3 wrote a file: its event arrives at least once, and Lambda repeats a run that failed."""
        if key.startswith("uploads/"):
            self.calls.start(self._work_on(key))
            while self.calls.stage.faults.happens(0.2):
                self.calls.start(self._work_on(key))

    def _work_on(self, key: str) -> Script:
        event = {"detail": {"bucket": {"name": "imports"}, "object": {"key": key}}}
        yield self.calls.sleep(self.draw.choice((0.1, 1, 60)))
        for pause in (60, 120, 0):
            has_ended = yield self._invoke("import_catalogue", event)
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
