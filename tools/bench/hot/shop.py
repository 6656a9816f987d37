"""The component on a simulated AWS whose DynamoDB has partitions with their limits. Nothing goes wrong but by a crowd.

The handlers, the stores and the definition of the workflow are the real ones; time is virtual.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from botocore import xform_name

from tests.simulation.platform.aws import OPERATIONS, Bucket, Topics
from tests.simulation.platform.deployment import DEFINITION, function_timeouts, workflow_definition
from tests.simulation.platform.faults import Faults, Weather
from tests.simulation.platform.invocations import InvocationFailed, Invocations, OnEnd
from tests.simulation.platform.runtime import TABLES, Runtime
from tests.simulation.platform.scheduler import Scheduler, Script, Wait, sleep
from tests.simulation.platform.stage import Stage
from tests.simulation.platform.story import Story
from tests.simulation.platform.times import BEGINNING
from tests.simulation.platform.workflow import StepFunctions
from tests.simulation.shop.calls import Calls
from tests.simulation.shop.managers import JOB_SECONDS, WORKED_ON
from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.client import METHODS, MemoryClient
from tests.support.template.source import ROOT, table_definition
from tools.bench.hot.dynamodb import HoldTime, Partitions

REPEATED_AFTER_SECONDS = 1.0  # what calls a function directly calls it again

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


class CountedInvocations(Invocations):
    """Lambda, and how often functions of the workflow were invoked again, and how often any of them was busy."""

    def __init__(self, stage: Stage, runtime: Runtime, timeouts: dict[str, float]) -> None:
        super().__init__(stage, runtime, timeouts)
        self.retried: Counter[str] = Counter()
        self.busy: Counter[str] = Counter()
        self.first_busy: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    def invoke(self, function: str, event: Any, on_end: OnEnd) -> None:
        """Invoke a function, and note whether the first invocation for a reservation ends busy."""
        name = event.get("reservation_id")
        is_first = name is not None and (function, name) not in self._seen
        if name is not None:
            self.retried[function] += not is_first
            self._seen.add((function, name))

        def end(answer: Any, error: InvocationFailed | None) -> None:
            if error or (isinstance(answer, dict) and answer.get("statusCode", 200) >= 500):
                self.busy[function] += 1
            if error and is_first and function == "reserve_stock":
                self.first_busy.add(name)
            on_end(answer, error)

        super().invoke(function, event, end)


class Shop:
    """One shop.

    Args:
        seed: of everything that happens by chance on AWS.
    """

    def __init__(self, seed: int, hold_time: HoldTime) -> None:
        partitions, latency, callers = (
            random.Random(f"{seed} {about}") for about in ("partitions", "latency", "callers")
        )
        self.scheduler = Scheduler(BEGINNING)
        stage = Stage(self.scheduler, Faults(latency, FINE), Story(False, lambda: 0.0, lambda: ""))
        self._faults = stage.faults
        self.database = Database(now=lambda: self.scheduler.now)
        for table, name in TABLES.items():
            self.database.create_table(table_definition(table, name))
        self.partitions = Partitions(self.database, self.scheduler, hold_time, partitions, wait=self._wait_in_process)
        runtime = Runtime.installed()
        self.invocations = CountedInvocations(stage, runtime, function_timeouts())
        self.calls = Calls(stage, self.invocations, callers)
        topics = Topics(stage)
        definition = workflow_definition((ROOT / DEFINITION).read_text())
        self.workflow = StepFunctions(definition, stage, self.invocations, self.database, topics)
        services = {
            "dynamodb": self.partitions.call,
            "stepfunctions": self._later(self.workflow.call),
            "sns": self._later(topics.call),
            "s3": self._later(Bucket(self._on_file).call),
        }
        clients = {service: _client(service, call) for service, call in services.items()}
        runtime.serve(self.scheduler, clients.__getitem__, seed)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, as DynamoDB writes it."""
        return list(self.database.tables[TABLES[table]].items())

    def until_answered(self, function: str, event: Any) -> Script:
        """Invoke a function directly until it answers."""
        while (yield self._invoke(function, event)) is None:
            yield sleep(self.scheduler, REPEATED_AFTER_SECONDS)

    def repeat(self, job: str) -> Script:
        """Run a scheduled job for ever."""
        while True:
            yield sleep(self.scheduler, JOB_SECONDS[job])
            yield self._invoke(job, {})

    def _on_file(self, key: str) -> None:
        if key.startswith(WORKED_ON):
            detail = {"bucket": {"name": "imports"}, "object": {"key": key}}
            self.scheduler.start(self.until_answered("import_catalogue", {"detail": detail}))

    def _invoke(self, function: str, event: Any) -> Wait:
        return lambda continuation: self.invocations.invoke(
            function, event, lambda answer, error: continuation.send(None if error else {"answer": answer})
        )

    def _wait_in_process(self, seconds: float) -> None:
        assert self.scheduler.process
        self.scheduler.process.wait(seconds)

    def _later(self, call: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        def called(operation: str, request: Any) -> Any:
            self._wait_in_process(self._faults.latency())
            return call(operation, request)

        return called


def _client(service: str, call: Callable[[str, Any], Any]) -> Any:
    methods = METHODS if service == "dynamodb" else {xform_name(name): name for name in OPERATIONS[service]}
    return MemoryClient(methods, call)
