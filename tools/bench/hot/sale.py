"""A sale of one product in virtual time: buyers come at random, hold, pay after a while, and their orders are committed."""

import json
import random
from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial

from tests.simulation.platform.runtime import TABLES
from tests.simulation.platform.scheduler import Script, sleep
from tests.support.memory_dynamodb.database import Change
from tools.bench.hot.books import Verdict
from tools.bench.hot.dynamodb import HoldTime
from tools.bench.hot.managers import PRODUCT_ID, Managers
from tools.bench.hot.measure import Crowd, Meanwhile, Result
from tools.bench.hot.scenarios import SCENARIOS
from tools.bench.hot.shop import Shop

PAYS_AFTER_SECONDS = (2.0, 10.0)
BUYER_WAITS_SECONDS = 60.0  # for an answer to the hold
HOLD_SECONDS = 900
OPENED_SECONDS_MAX = 120.0  # how long the making of the level and its shards may take
ENDED_AFTER_SECONDS = 3_600.0  # after the last buyer came
SETTLED_SECONDS = 150.0  # then changes are answered, and ReconcileHolds has continued what was not complete
UNITS_LEFT_AT_LEAST = 100


@dataclass
class Buyer:
    """One buyer's way through the shop; times are virtual, None: not yet."""

    came_at: float
    is_measured: bool
    held_at: float | None = None
    refused_at: float | None = None
    paid_at: float | None = None
    committed_at: float | None = None
    is_turned_away: bool = False


class Sale:
    """One sale."""

    def __init__(self, crowd: Crowd, hold_time: HoldTime | None = None) -> None:
        self.crowd = crowd
        self.buyers: dict[str, Buyer] = {}
        self.shop = Shop(crowd.seed, hold_time or HoldTime())
        self.managers = Managers(self.shop, random.Random(f"{crowd.seed} managers"))
        self._people = random.Random(f"{crowd.seed} buyers")
        self._scheduler = self.shop.scheduler
        self._begins = self._ends = self._scheduler.now

    def run(self) -> dict[str, float]:
        """Live through it; the figures are those of a Result, and of a scenario those of a Meanwhile too.

        Raises:
            BooksDisagree: an invariant is broken, or a change was not answered as it should be.
        """
        scenario = SCENARIOS.get(self.crowd.scenario)
        verdict = Verdict(self.shop, self.managers) if scenario else None
        self._open(scenario.shards_at_first(self.crowd.shards) if scenario else self.crowd.shards)
        self._begins = self._scheduler.now + self.crowd.warm_up_seconds
        self._ends = self._begins + self.crowd.seconds
        self.shop.database.listeners.append(self._on_write)
        self._scheduler.start(self._arrivals())
        if scenario:
            self._scheduler.start(self.shop.repeat("reconcile_holds"))
            self._scheduler.run(self._begins)
            self._scheduler.start(scenario.meanwhile(self.managers, self.crowd))
        self._scheduler.run(self._ends)
        committed = self._committed_while_measured()
        while self._is_open() and self._scheduler.now < self._ends + ENDED_AFTER_SECONDS:
            self._scheduler.run(self._scheduler.now + 10)
        result = asdict(self._result(committed / self.crowd.seconds))
        if verdict and scenario:
            self._scheduler.run(self._scheduler.now + SETTLED_SECONDS)
            verdict.raise_if_wrong(scenario.expected(self.crowd))
            return result | asdict(self._meanwhile(verdict.left))
        return result

    def _open(self, shards: int) -> None:
        """Make the level and spread it, before the first buyer comes."""
        wanted = self.crowd.offered * self.crowd.quantity * (self.crowd.seconds + self.crowd.warm_up_seconds)
        self._scheduler.start(self._opening(self.crowd.units or round(2 * wanted) + UNITS_LEFT_AT_LEAST, shards))
        self._scheduler.run(self._scheduler.now + OPENED_SECONDS_MAX)
        assert all(asked.is_as_expected for asked in self.managers.asked), self.managers.asked

    def _opening(self, units: int, shards: int) -> Script:
        yield from self.managers.create(units)
        if shards > 1:
            yield from self.managers.spread(shards)

    def _is_open(self) -> bool:
        return any(execution.status == "RUNNING" for execution in self.shop.workflow.executions.values())

    def _committed_while_measured(self) -> int:
        return sum(
            1
            for buyer in self.buyers.values()
            if buyer.committed_at and self._begins < buyer.committed_at <= self._ends
        )

    # --- the buyers

    def _arrivals(self) -> Script:
        number = 0
        while True:
            yield sleep(self._scheduler, self._people.expovariate(self.crowd.offered))
            now = self._scheduler.now
            if now > self._ends:
                return
            number += 1
            name = f"B-{number}"
            self.buyers[name] = Buyer(now, is_measured=now > self._begins)
            lines = [{"product_id": PRODUCT_ID, "quantity": self.crowd.quantity}]
            content = json.dumps({"lines": lines, "hold_seconds": HOLD_SECONDS})
            self.shop.workflow.call("StartExecution", {"name": name, "input": content})
            self._scheduler.after(BUYER_WAITS_SECONDS, partial(self._leave, self.buyers[name]))

    def _leave(self, buyer: Buyer) -> None:
        buyer.is_turned_away = buyer.held_at is None and buyer.refused_at is None

    def _on_write(self, changes: list[Change]) -> None:
        for table, _, after in changes:
            if table != TABLES["ReservationsTable"] or after is None:
                continue
            name, status = after["reservation_id"]["S"], after["status"]["S"]
            buyer, at = self.buyers[name], self.shop.partitions.written_at
            if status == "HELD" and buyer.held_at is None:
                buyer.held_at = at
                self._scheduler.start(self._cancel(name) if buyer.is_turned_away else self._pay(name, buyer))
            elif status == "REJECTED":
                buyer.refused_at = at
            elif status == "COMMITTED" and buyer.committed_at is None:
                buyer.committed_at = at

    def _pay(self, name: str, buyer: Buyer) -> Script:
        yield sleep(self._scheduler, self._people.uniform(*PAYS_AFTER_SECONDS))
        buyer.paid_at = self._scheduler.now
        event = {"reservation_id": name, "outcome": "SUCCEEDED", "payment_reference": f"PAY-{name}"}
        yield from self.shop.until_answered("record_payment", event)

    def _cancel(self, name: str) -> Script:
        """The hold comes too late: the buyer's checkout gives it back."""
        yield sleep(self._scheduler, 1.0)
        yield from self.shop.until_answered("cancel_reservation", {"reservation_id": name})

    # --- the result

    def _result(self, orders_per_second: float) -> Result:
        buyers = {name: buyer for name, buyer in self.buyers.items() if buyer.is_measured}
        served = [buyer for buyer in buyers.values() if buyer.held_at and not buyer.is_turned_away]
        waited = sorted(buyer.held_at - buyer.came_at for buyer in served if buyer.held_at)
        sold_after = sorted(
            buyer.committed_at - buyer.paid_at for buyer in served if buyer.committed_at and buyer.paid_at
        )
        orders = sum(1 for buyer in self.buyers.values() if buyer.committed_at)
        ended = Counter(execution.error or execution.status for execution in self.shop.workflow.executions.values())
        retried = self.shop.invocations.retried
        return Result(
            orders_per_second=orders_per_second,
            p50_seconds=percentile(waited, 0.5),
            p99_seconds=percentile(waited, 0.99),
            commit_p99_seconds=percentile(sold_after, 0.99),
            busy_share=len(self.shop.invocations.first_busy & buyers.keys()) / max(1, len(buyers)),
            retries_per_order=(retried["reserve_stock"] + retried["commit_stock"]) / max(1, orders),
            given_up=ended["CommitNeedsAttention"],
            turned_away=sum(1 for buyer in buyers.values() if buyer.is_turned_away),
        )

    def _meanwhile(self, left: int) -> Meanwhile:
        """What became of those who were refused, and of the changes."""
        refused = sorted(buyer.refused_at - buyer.came_at for buyer in self.buyers.values() if buyer.refused_at)
        took = sorted(asked.answered_at - asked.asked_at for asked in self.managers.asked if asked.answered_at)
        busy = self.shop.invocations.busy
        return Meanwhile(
            refused=len(refused),
            refusal_p99_seconds=percentile(refused, 0.99),
            changes=len(took),
            changes_busy=sum(busy[function] for function in ("admin_api", "stock_feed_api", "import_catalogue")),
            change_p99_seconds=percentile(took, 0.99),
            left=left,
        )


def percentile(ordered: list[float], share: float) -> float:
    """A value of a sorted list that so many are below; 0 of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
