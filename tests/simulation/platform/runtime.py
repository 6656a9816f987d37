"""The real functions in this process, with virtual time, seeded chance, and clients of the simulated AWS.

Their modules are not changed: names in them are replaced, such as `uuid4` or `ThreadPoolExecutor`, in every module that
has them, so that none can be forgotten.
"""

import importlib
import os
import pkgutil
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, tzinfo
from types import ModuleType, SimpleNamespace
from typing import Any, Self
from uuid import UUID, uuid4

from botocore.credentials import Credentials

from inventory.observability import logger
from tests.simulation.platform.scheduler import Scheduler
from tests.support.template.source import ROOT, environment, template

# The tables' names by their resources in the template: `inventory`, `reservations` …
TABLES = {
    name: name.removesuffix("Table").lower()
    for name, resource in template()["Resources"].items()
    if resource["Type"] == "AWS::DynamoDB::Table"
}
LOW_STOCK_TOPIC = "arn:aws:sns:us-east-1:123456789012:low-stock"
OPERATIONS_TOPIC = "arn:aws:sns:us-east-1:123456789012:operations"
NAMES = {
    **TABLES,
    "LowStockTopic": LOW_STOCK_TOPIC,
    "OperationsTopic": OPERATIONS_TOPIC,
    "ReservationStateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:reservation",
    "ImportsBucket": "imports",
    "ReadModelBucket": "read-model",
    "UndeliveredEventsQueue": "https://sqs.example/undelivered-events",
    "UndeliveredPushesQueue": "https://sqs.example/undelivered-pushes",
    "UnreadableChangesQueue": "https://sqs.example/unreadable-changes",
    "LiveStockApi.ApiId": "api-1",
    "LiveStockApi.Dns.Http": "api-1.appsync-api.example",
    "LiveStockApi.Dns.Realtime": "api-1.appsync-realtime-api.example",
}
CUSTOMER_HOLDS_MAX = 4
CUSTOMER_UNITS_MAX = 12
LONGEST_HOLD_SECONDS = 3600
SETTINGS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "CUSTOMER_HOLDS_MAX": str(CUSTOMER_HOLDS_MAX),
    "CUSTOMER_UNITS_MAX": str(CUSTOMER_UNITS_MAX),
    "LONGEST_HOLD_SECONDS": str(LONGEST_HOLD_SECONDS),
    "DISPATCH_TRACKING": "false",
    "SOURCING": "ONE_WAREHOUSE",
    "SPREAD_RESERVATIONS": "true",
    "WAREHOUSE_PRIORITY": "main",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "inventory",
    "POWERTOOLS_TRACE_DISABLED": "true",
}


class Runtime:
    """The functions' modules, for one world after the other."""

    _installed: "Runtime | None" = None

    def __init__(self) -> None:
        self.scheduler: Scheduler | None = None
        self.client: Callable[[str], Any] | None = None
        self.send: Callable[[Any], Any] | None = None  # a request to AppSync
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {}
        os.environ.update(environment(NAMES) | SETTINGS)
        modules = list(_modules())
        self._handlers = {module.__name__: module.handler for module in modules if hasattr(module, "handler")}
        self._replace_names(modules)
        logger.setLevel("CRITICAL")
        dependencies: Any = sys.modules["inventory.dependencies"]
        dependencies.new_client = lambda service, config: _Client(self, service)
        dependencies.new_http_session = lambda *_: SimpleNamespace(send=self._send)
        dependencies.credentials = lambda: Credentials("test", "test")
        dependencies.region = lambda: "us-east-1"
        dependencies.endpoint_url = lambda: None

    @classmethod
    def installed(cls) -> "Runtime":
        """The runtime of this process, which is never removed: a simulation has a process of its own."""
        cls._installed = cls._installed or cls()
        return cls._installed

    def serve(self, scheduler: Scheduler, client: Callable[[str], Any], seed: int) -> None:
        """Begin another world."""
        self.scheduler = scheduler
        self.client = client
        random.seed(seed)
        os.environ.update(SETTINGS)
        self.start_containers()

    def start_containers(self) -> None:
        """Forget what a container keeps from one invocation to the next, its settings too."""
        for getter in _getters():
            getter.cache_clear()

    def handler(self, function: str) -> Callable[[Any, Any], Any]:
        return self._handlers[function]

    def add_handler(self, function: str, handler: Callable[[Any, Any], Any]) -> None:
        """Let a function be invoked that is none of the template's."""
        self._handlers[function] = handler

    def _send(self, request: Any) -> Any:
        assert self.send
        return self.send(request)

    def _replace_names(self, modules: Iterable[ModuleType]) -> None:
        replaced: dict[Any, Any] = {
            uuid4: lambda: UUID(int=random.getrandbits(128), version=4),
            ThreadPoolExecutor: InOrder,
            wait: _all_are_done,
            time: _VirtualTime(self),
            random: random,
        }
        for module in modules:
            for name, value in list(vars(module).items()):
                if isinstance(value, ThreadPoolExecutor):
                    setattr(module, name, InOrder())
                elif value is datetime and module.__name__ == "inventory.model":
                    setattr(module, name, _virtual_datetime(self))
                elif isinstance(value, ModuleType | type(uuid4) | type) and value in replaced:
                    setattr(module, name, replaced[value])
                elif name == "measure":
                    setattr(module, name, _measure_nothing)

    def now(self) -> float:
        """The time by the clock of the process that has the turn."""
        assert self.scheduler
        process = self.scheduler.process
        return self.scheduler.now + (process.clock_error if process else 0)


class _Client:
    """A client that is made once and belongs to whatever world is simulated."""

    def __init__(self, runtime: Runtime, service: str) -> None:
        self._runtime = runtime
        self._service = service

    def __getattr__(self, name: str) -> Any:
        assert self._runtime.client
        return getattr(self._runtime.client(self._service), name)


class InOrder:
    """In place of a pool of threads: one call after the other, in their order."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, call: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        return iter([call(*each) for each in zip(*arguments, strict=False)])

    def submit(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> "_Done":
        try:
            return _Done(call(*arguments, **named))
        except Exception as error:  # noqa: BLE001  # raised where the result is read, as by a thread
            return _Done(None, error)

    def shutdown(self, **_: Any) -> None:
        pass


class _Done:
    def __init__(self, result: Any, error: Exception | None = None) -> None:
        self._result = result
        self._error = error

    def result(self, timeout: float | None = None) -> Any:
        if self._error:
            raise self._error
        return self._result

    def exception(self, timeout: float | None = None) -> Exception | None:
        return self._error


def _all_are_done(calls: Iterable[_Done], timeout: float | None = None) -> tuple[set[_Done], set[_Done]]:
    return set(calls), set()


class _VirtualTime:
    """In place of the module `time`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def sleep(self, seconds: float) -> None:
        assert self._runtime.scheduler and self._runtime.scheduler.process
        self._runtime.scheduler.process.wait(seconds)

    def monotonic(self) -> float:
        assert self._runtime.scheduler
        return self._runtime.scheduler.now

    perf_counter = monotonic

    def time(self) -> float:
        return self._runtime.now()


def _virtual_datetime(runtime: Runtime) -> type[datetime]:
    class VirtualDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime
            return datetime.fromtimestamp(runtime.now(), tz or UTC)

    return VirtualDatetime


def _measure_nothing(*_: Any, **__: Any) -> None:
    """In place of metrics, which are lines of the standard output."""


def _modules() -> Iterator[ModuleType]:
    """Every module of the functions."""
    for found in pkgutil.walk_packages([str(ROOT / "functions")]):
        yield importlib.import_module(found.name)


def _getters() -> list[Any]:
    """What a container keeps from one invocation to the next."""
    dependencies = sys.modules["inventory.dependencies"]
    return [getter for getter in vars(dependencies).values() if hasattr(getter, "cache_clear")]
