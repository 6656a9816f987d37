"""Machines that know the shelf: tills, deliveries and an ERP that counts. They send lists until they are decided."""

import random
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.platform.scheduler import Script
from tests.simulation.platform.times import iso_at
from tests.simulation.shop.calls import Calls

SENT_MAX = 8  # how often a machine sends a list while changes of it are BUSY


@dataclass
class Change:
    """One change of a list, and what was answered to it; its reference is its own."""

    reference: str
    product: str
    kind: str
    units: int  # counted ones, or the signed change
    as_of: float | None = None
    answers: set[str] = field(default_factory=set)

    def to_json(self) -> dict[str, Any]:
        product_id, _, warehouse_id = self.product.partition("/")
        content: dict[str, Any] = {"product_id": product_id, "warehouse_id": warehouse_id, "kind": self.kind}
        content |= {"reference": self.reference, "on_hand" if self.kind == "COUNTED" else "delta": self.units}
        return content | ({"as_of": iso_at(self.as_of)} if self.as_of is not None else {})


@dataclass
class SentList:
    """A list of changes under its key, and the statuses with which its calls were answered."""

    key: str
    changes: list[Change]
    statuses: set[int] = field(default_factory=set)


@dataclass
class Machines:
    """Runs what machines send."""

    draw: random.Random
    calls: Calls
    products: list[str]
    lists: list[SentList] = field(default_factory=list)

    def work(self, count: int, seconds: float) -> Script:
        """So many lists, at any time."""
        for _ in range(count):
            yield self.calls.sleep(self.draw.uniform(0, 2 * seconds / count))
            self.calls.start(self._feed())

    def _feed(self) -> Script:
        """Send a list, sometimes twice at once, and sometimes once more much later."""
        key = f"F-{len(self.lists)}"
        sent = SentList(key, [self._change(f"{key}-{index}") for index in range(self.draw.choice((1, 1, 2, 4)))])
        self.lists.append(sent)
        yield self.calls.sleep(self.draw.choice((0, 0, 30)))
        for pause in self.draw.choice(((0,), (0,), (0, 0), (0, 600))):
            yield self.calls.sleep(pause)
            self.calls.start(self._send(sent))

    def _change(self, reference: str) -> Change:
        product = self.draw.choice(self.products)
        kind = self.draw.choice(("RECEIVED", "SOLD_ELSEWHERE", "SOLD_ELSEWHERE", "ADJUSTED", "COUNTED"))
        now = self.calls.stage.scheduler.now
        match kind:
            case "COUNTED":
                as_of = self.draw.choice((None, now, now - self.draw.uniform(0, 300)))
                return Change(reference, product, kind, self.draw.choice((0, 5, 20, 60)), as_of)
            case "RECEIVED":
                return Change(reference, product, kind, self.draw.choice((1, 5, 15)))
            case "SOLD_ELSEWHERE":
                return Change(reference, product, kind, self.draw.choice((-1, -1, -2, -5)))
            case _:
                return Change(reference, product, kind, self.draw.choice((-6, -1, 2)))

    def _send(self, sent: SentList) -> Script:
        content = {"changes": [change.to_json() for change in sent.changes]}
        for attempt in range(SENT_MAX):
            answer = yield from self.calls.machine(content, key=sent.key)
            if answer is None:
                return
            sent.statuses.add(answer["status"])
            results = answer["content"].get("results", ())
            for change, result in zip(sent.changes, results, strict=False):
                change.answers |= {result["result"]} - {"BUSY"}
            if not any(result["result"] == "BUSY" for result in results):
                return
            yield self.calls.sleep(self.draw.uniform(0, 2**attempt))
