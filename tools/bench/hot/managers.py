"""What managers and machines do to a level while it sells: adjust, count, import, deliver, and spread it over shards."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory.model import MovementKind
from tests.simulation.platform.scheduler import Script
from tests.simulation.platform.times import iso_at
from tools.bench.hot.shop import Shop

PRODUCT_ID, WAREHOUSE_ID = "HOT", "main"
LEVEL = {"product_id": PRODUCT_ID, "warehouse_id": WAREHOUSE_ID}
DESCRIPTION = {"name": "The product that everybody wants", "category": "hot", "low_stock_threshold": 0}
OF_THE_BOOKS = {kind.value for kind in MovementKind if not kind.is_of_the_shelf}
MORE_THAN_THERE_IS = 100_000_000
# A count is sent so long after its moment: what was being sold then is written by now, as nobody retries for longer.
COUNTED_BEFORE_SECONDS = 10.0
SENT_AGAIN_AFTER_SECONDS = 1.0  # a list of which something is busy


class Shelf:
    """How many units are in the warehouse: what the ledger says, and what only somebody who counts finds."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._found: list[tuple[float, int]] = []

    def find(self, units: int) -> None:
        """From now on there are so many more than anybody knows; below 0 fewer."""
        self._found.append((self._shop.scheduler.now, units))

    def units(self, moment: float) -> int:
        """The units at a moment whose movements are all written."""
        moved = sum(
            int(row["delta"]["N"])
            for row in self._shop.rows("MovementsTable")
            if row["kind"]["S"] not in OF_THE_BOOKS and row["moved_at"]["S"] <= iso_at(moment)
        )
        return moved + sum(units for found_at, units in self._found if found_at <= moment)


@dataclass
class Asked:
    """A change that was asked for, and what was answered in the end."""

    what: str
    expected: Sequence[str]
    asked_at: float
    answer: str = "none"
    answered_at: float | None = None

    @property
    def is_as_expected(self) -> bool:
        """Whether it was answered as it should be."""
        return self.answer in self.expected


@dataclass
class Managers:
    """Asks for changes of one level; each is asked for again until it is answered."""

    shop: Shop
    draw: random.Random
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.shop)

    # --- the level

    def create(self, units: int) -> Script:
        """Make the level."""
        content = {"on_hand": units, "reason": "opening", **DESCRIPTION}
        yield from self._admin(self._ask("create", ["201"]), "PUT", "/admin/level", content)

    def spread(self, shards: int) -> Script:
        """Set the number of its shards, whatever its version."""
        asked = self._ask(f"spread over {shards} shards", ["200"])
        yield from self._admin(asked, "PUT", "/admin/level/shards", {"shards": shards}, {"If-Match": "*"})

    # --- units

    def adjust(self, delta: int) -> Script:
        """Add units or remove some; more than there are is refused."""
        key = f"A-{len(self.asked)}"
        expected = ["200"] if delta > -MORE_THAN_THERE_IS else ["409 BELOW_RESERVED"]
        content = {"delta": delta, "reason": "by hand"}
        asked = self._ask(f"adjust by {delta:+d}", expected)
        yield from self._admin(asked, "POST", "/admin/level/adjustments", content, {"Idempotency-Key": key})

    def feed(self, kind: str, delta: int) -> Script:
        """A machine says what happened to the shelf; a till may not sell more than there is."""
        expected = ["APPLIED"] if delta > -MORE_THAN_THERE_IS else ["SHORT"]
        yield from self._machine(f"{kind} {delta:+d}", expected, {"kind": kind, "delta": delta})

    def count(self) -> Script:
        """A machine sends what was on the shelf a moment ago."""
        moment, on_hand = yield from self._counted()
        change = {"kind": "COUNTED", "on_hand": on_hand, "as_of": iso_at(moment)}
        yield from self._machine("count", ["APPLIED", "UNCHANGED"], change)

    def count_fewer_than_reserved(self) -> Script:
        """A machine counts an empty shelf, while units of it are held: people must find out why."""
        change = {"kind": "COUNTED", "on_hand": 0, "as_of": iso_at(self.shop.scheduler.now)}
        yield from self._machine("count of 0", ["BELOW_RESERVED"], change)

    def import_count(self) -> Script:
        """A manager imports what was on the shelf a moment ago."""
        moment, on_hand = yield from self._counted()
        row = {**LEVEL, **DESCRIPTION, "on_hand": on_hand, "as_of": iso_at(moment)}
        content = "\n".join((",".join(row), ",".join(map(str, row.values())), ""))
        asked = self._ask("import of a count", ["DONE"])
        headers = {"Idempotency-Key": f"I-{len(self.asked)}", "Content-Type": "text/csv"}
        answer = yield from self.shop.calls.admin("POST", "/admin/imports", content, headers=headers)
        self._answered(asked, _summary(answer))
        if answer is None or answer["status"] != 202:
            return
        path = f"/admin/imports/{answer['content']['import_id']}"
        while asked.answer in ("202", "PENDING", "RUNNING"):
            yield self.shop.calls.sleep(SENT_AGAIN_AFTER_SECONDS)
            answer = yield from self.shop.calls.admin("GET", path)
            self._answered(asked, answer["content"]["status"] if answer else "none")

    # --- parts

    def _counted(self) -> Script:
        moment = self.shop.scheduler.now
        yield self.shop.calls.sleep(COUNTED_BEFORE_SECONDS)
        return moment, self.shelf.units(moment)

    def _admin(
        self, asked: Asked, method: str, path: str, content: Any, headers: dict[str, str] | None = None
    ) -> Script:
        answer = yield from self.shop.calls.admin(method, path, content, headers=headers, query=LEVEL)
        self._answered(asked, _summary(answer))

    def _machine(self, what: str, expected: Sequence[str], change: dict[str, Any]) -> Script:
        asked = self._ask(what, expected)
        key = f"F-{len(self.asked)}"
        while asked.answer in ("none", "BUSY"):
            answer = yield from self.shop.calls.machine({"changes": [{**LEVEL, **change}]}, key=key)
            if answer is None:
                return
            found = answer["content"].get("results")
            self._answered(asked, found[0]["result"] if found else _summary(answer))
            if asked.answer == "BUSY":
                yield self.shop.calls.sleep(SENT_AGAIN_AFTER_SECONDS)

    def _ask(self, what: str, expected: Sequence[str]) -> Asked:
        self.asked.append(Asked(what, expected, self.shop.scheduler.now))
        return self.asked[-1]

    def _answered(self, asked: Asked, answer: str) -> None:
        asked.answer, asked.answered_at = answer, self.shop.scheduler.now


def _summary(answer: Any) -> str:
    """The status of an answer, and its code if it is a problem."""
    if answer is None:
        return "none"
    content = answer["content"]
    code = content.get("code") if isinstance(content, dict) else None
    return f"{answer['status']} {code}" if code else str(answer["status"])
