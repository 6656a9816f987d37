"""A sale of one product in virtual time: buyers come at random, hold, pay after a while, and their orders are committed.

The handlers, the stores and the definition of the workflow are the real ones. Nothing goes wrong but what a crowd causes.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore import xform_name

from inventory import dependencies
from inventory.model import Level, LevelKey, utc_now
from tests.simulation.platform.aws import OPERATIONS, Topics
from tests.simulation.platform.deployment import DEFINITION, function_timeouts, workflow_definition
from tests.simulation.platform.faults import Faults, Weather
from tests.simulation.platform.invocations import InvocationFailed, Invocations, OnEnd
from tests.simulation.platform.runtime import TABLES, Runtime
from tests.simulation.platform.scheduler import Process, Scheduler, Script, Wait, sleep
from tests.simulation.platform.stage import Stage
from tests.simulation.platform.story import Story
from tests.simulation.platform.times import BEGINNING, iso_at
from tests.simulation.platform.workflow import StepFunctions
from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.client import METHODS, MemoryClient
from tests.support.memory_dynamodb.database import Change
from tests.support.template.source import ROOT, table_definition
from tools.bench.hot.dynamodb import HoldTime, Partitions
from tools.bench.hot.measure import Crowd, Result

PRODUCT_ID = "HOT"
WARM_UP_SECONDS = 15.0  # buyers come, but nothing is measured: the first of them have to pay first
PAYS_AFTER_SECONDS = (2.0, 10.0)
BUYER_WAITS_SECONDS = 60.0  # for an answer to the hold
HOLD_SECONDS = 900
SPREAD_SECONDS_MAX = 120.0  # for an administrator's change of the number of shards
ENDED_AFTER_SECONDS = 3_600.0  # after the last buyer came
PAYMENT_REPEATED_AFTER_SECONDS = 1.0

FINE = Weather(
    fault_rate=0.0,
    repeat_rate=0.0,
    lost_rate=0.0,
    stop_rate=0.0,
    clock_error_seconds=0.0,
    lag_seconds=0.0,
    page_items=1_000,
    unreadable_rows=0,
    outages=0,
    settings_change=False,
)


@dataclass
class Buyer:
    """One buyer's way through the shop; times are virtual, None: not yet."""

    came_at: float
    is_measured: bool
    held_at: float | None = None
    paid_at: float | None = None
    committed_at: float | None = None
    is_turned_away: bool = False


class CountedInvocations(Invocations):
    """Lambda, and how often each function was invoked and was busy."""

    def __init__(self, stage: Stage, runtime: Runtime, timeouts: dict[str, float]) -> None:
        super().__init__(stage, runtime, timeouts)
        self.retried: Counter[str] = Counter()
        self.first_busy: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    def invoke(self, function: str, event: Any, on_end: OnEnd) -> None:
        """Invoke a function, and note whether the first invocation for a reservation ends busy."""
        who = (function, event["reservation_id"])
        is_first = who not in self._seen
        self._seen.add(who)
        if not is_first:
            self.retried[function] += 1

        def end(answer: Any, error: InvocationFailed | None) -> None:
            if error and is_first and function == "reserve_stock":
                self.first_busy.add(event["reservation_id"])
            on_end(answer, error)

        super().invoke(function, event, end)


@dataclass
class Sale:
    """One sale."""

    crowd: Crowd
    hold_time: HoldTime = field(default_factory=HoldTime)
    buyers: dict[str, Buyer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chances = [random.Random(f"{self.crowd.seed} {about}") for about in ("partitions", "latency", "buyers")]
        self._people = chances[2]
        self._scheduler = Scheduler(BEGINNING)
        self._begins = self._ends = BEGINNING
        stage = Stage(self._scheduler, Faults(chances[1], FINE), Story(False, lambda: 0.0, lambda: ""))
        self._faults = stage.faults
        self._database = Database(now=lambda: self._scheduler.now)
        for table, name in TABLES.items():
            self._database.create_table(table_definition(table, name))
        self.partitions = Partitions(
            self._database, self._scheduler, self.hold_time, chances[0], wait=self._wait_in_process
        )
        runtime = Runtime.installed()
        self._invocations = CountedInvocations(stage, runtime, function_timeouts())
        topics = Topics(stage)
        definition = workflow_definition((ROOT / DEFINITION).read_text())
        self._workflow = StepFunctions(definition, stage, self._invocations, self._database, topics)
        services = {
            "dynamodb": self.partitions.call,
            "stepfunctions": self._later(self._workflow.call),
            "sns": self._later(topics.call),
        }
        clients = {service: _client(service, call) for service, call in services.items()}
        runtime.serve(self._scheduler, clients.__getitem__, self.crowd.seed)

    def run(self) -> Result:
        """Live through it."""
        self._database.call("PutItem", {"TableName": TABLES["InventoryTable"], "Item": self._level()})
        if self.crowd.shards > 1:
            self._spread()
        self._begins = self._scheduler.now + WARM_UP_SECONDS
        self._ends = self._begins + self.crowd.seconds
        self._database.listeners.append(self._on_write)
        self._scheduler.start(self._arrivals())
        self._scheduler.run(self._ends)
        committed = sum(
            1
            for buyer in self.buyers.values()
            if buyer.committed_at and self._begins < buyer.committed_at <= self._ends
        )
        while self._is_open() and self._scheduler.now < self._ends + ENDED_AFTER_SECONDS:
            self._scheduler.run(self._scheduler.now + 10)
        return self._result(committed / self.crowd.seconds)

    def _is_open(self) -> bool:
        return any(execution.status == "RUNNING" for execution in self._workflow.executions.values())

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
            request = {"lines": [{"product_id": PRODUCT_ID, "quantity": 1}], "hold_seconds": HOLD_SECONDS}
            self._workflow.call("StartExecution", {"name": name, "input": json.dumps(request)})
            self._scheduler.after(BUYER_WAITS_SECONDS, partial(self._leave, self.buyers[name]))

    def _leave(self, buyer: Buyer) -> None:
        buyer.is_turned_away = buyer.held_at is None

    def _on_write(self, changes: list[Change]) -> None:
        for table, _, after in changes:
            if table != TABLES["ReservationsTable"] or after is None:
                continue
            name, status = after["reservation_id"]["S"], after["status"]["S"]
            buyer, at = self.buyers[name], self.partitions.written_at
            if status == "HELD" and buyer.held_at is None:
                buyer.held_at = at
                self._scheduler.start(self._cancel(name) if buyer.is_turned_away else self._pay(name, buyer))
            elif status == "COMMITTED" and buyer.committed_at is None:
                buyer.committed_at = at

    def _pay(self, name: str, buyer: Buyer) -> Script:
        yield sleep(self._scheduler, self._people.uniform(*PAYS_AFTER_SECONDS))
        buyer.paid_at = self._scheduler.now
        event = {"reservation_id": name, "outcome": "SUCCEEDED", "payment_reference": f"PAY-{name}"}
        yield from self._until_answered("record_payment", event)

    def _cancel(self, name: str) -> Script:
        """The hold comes too late: the buyer's checkout gives it back."""
        yield sleep(self._scheduler, 1.0)
        yield from self._until_answered("cancel_reservation", {"reservation_id": name})

    def _until_answered(self, function: str, event: Any) -> Script:
        while (yield self._invoke(function, event)) is None:
            yield sleep(self._scheduler, PAYMENT_REPEATED_AFTER_SECONDS)

    def _invoke(self, function: str, event: Any) -> Wait:
        return lambda continuation: self._invocations.invoke(
            function, event, lambda answer, error: continuation.send(None if error else answer)
        )

    # --- the platform

    def _level(self) -> dict[str, Any]:
        units = str(round(2 * self.crowd.offered * (self.crowd.seconds + WARM_UP_SECONDS)) + 100)
        return {
            "product_id": {"S": PRODUCT_ID},
            "warehouse_id": {"S": "main"},
            "name": {"S": "The product that everybody wants"},
            "category": {"S": "hot"},
            "on_hand": {"N": units},
            "reserved": {"N": "0"},
            "available": {"N": units},
            "low_stock_threshold": {"N": "0"},
            "low_stock_alerted": {"BOOL": False},
            "version": {"N": "1"},
            "updated_at": {"S": iso_at(BEGINNING)},
        }

    def _spread(self) -> None:
        """Spread the level as an administrator does, before the sale."""
        process = Process(self._scheduler, deadline=BEGINNING + SPREAD_SECONDS_MAX, clock_error=0.0)
        key, ended = LevelKey(PRODUCT_ID, "main"), []

        def end(level: Level, error: BaseException | None) -> None:
            if error:
                raise error
            ended.append(level)

        process.start(lambda: dependencies.shards().set_shards(key, self.crowd.shards, None, "bench", utc_now()), end)
        self._scheduler.run(BEGINNING + SPREAD_SECONDS_MAX)
        assert [level.shards for level in ended] == [self.crowd.shards]

    def _wait_in_process(self, seconds: float) -> None:
        assert self._scheduler.process
        self._scheduler.process.wait(seconds)

    def _later(self, call: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        def called(operation: str, request: Any) -> Any:
            self._wait_in_process(self._faults.latency())
            return call(operation, request)

        return called

    # --- the result

    def _result(self, orders_per_second: float) -> Result:
        buyers = {name: buyer for name, buyer in self.buyers.items() if buyer.is_measured}
        served = [buyer for buyer in buyers.values() if buyer.held_at and not buyer.is_turned_away]
        waited = sorted(buyer.held_at - buyer.came_at for buyer in served if buyer.held_at)
        sold_after = sorted(
            buyer.committed_at - buyer.paid_at for buyer in served if buyer.committed_at and buyer.paid_at
        )
        orders = sum(1 for buyer in self.buyers.values() if buyer.committed_at)
        ended = Counter(execution.error or execution.status for execution in self._workflow.executions.values())
        return Result(
            orders_per_second=orders_per_second,
            p50_seconds=percentile(waited, 0.5),
            p99_seconds=percentile(waited, 0.99),
            commit_p99_seconds=percentile(sold_after, 0.99),
            busy_share=len(self._invocations.first_busy & buyers.keys()) / max(1, len(buyers)),
            retries_per_order=sum(self._invocations.retried[name] for name in ("reserve_stock", "commit_stock"))
            / max(1, orders),
            given_up=ended["CommitNeedsAttention"],
            turned_away=sum(1 for buyer in buyers.values() if buyer.is_turned_away),
        )


def percentile(ordered: list[float], share: float) -> float:
    """A value of a sorted list that so many are below; 0 of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _client(service: str, call: Callable[[str, Any], Any]) -> Any:
    methods = METHODS if service == "dynamodb" else {xform_name(name): name for name in OPERATIONS[service]}
    return MemoryClient(methods, call)
