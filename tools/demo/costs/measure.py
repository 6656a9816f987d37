"""What each outcome takes: one checkout of each, played alone, so that every call that is made is its own."""

import json
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.demo.checkout import CheckoutService
from tools.demo.history import Histories
from tools.demo.scenarios import SCENARIOS, Visit
from tools.local.stack import Stack

PRICES = Path(__file__).parent / "prices.toml"

# The scenarios that stand for an outcome each, and what their execution is called here.
MEASURED = {
    "paid": "paid",
    "paid by a guest": "paid by a guest",
    "paid, and low now": "paid, one low-stock alert",
    "sold out": "rejected",
    "declined": "declined",
    "cancelled": "cancelled",
    "run out": "run out",
    "late payment, rescued": "run out, then rescued",
}

# What an outcome may take at most: the price of growing the workflow or a row without noticing.
LIMITS = {
    "paid": {"states": 5, "write_units": 16, "index_write_units": 4, "transactions": 2},
    "paid by a guest": {"states": 5, "write_units": 12, "index_write_units": 4, "transactions": 2},
    "rejected": {"states": 3},
    "run out": {"states": 6, "transactions": 2},
}


@dataclass(frozen=True)
class Usage:
    """What one checkout used."""

    outcome: str
    states: int
    function_seconds: tuple[float, ...]
    calls: Counter[str]
    write_units: int
    index_write_units: int
    read_units: float
    publishes: int
    http_calls: int

    @property
    def transactions(self) -> int:
        return self.calls["TransactWriteItems"]

    def dollars_per_million(self, prices: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
        """What a million such checkouts cost, by service."""
        functions, dynamodb = prices["lambda"], prices["dynamodb"]
        gigabyte_seconds = sum(self.function_seconds) * functions["memory_gigabytes"]
        each = {
            "Step Functions": self.states * prices["step_functions"]["state_transition"],
            "Lambda": len(self.function_seconds) * functions["request"]
            + gigabyte_seconds * functions["gigabyte_second"],
            "DynamoDB": (self.write_units + self.index_write_units) * dynamodb["write_unit"]
            + self.read_units * dynamodb["read_unit"],
            "SNS": self.publishes * prices["sns"]["publish"],
        }
        return {service: dollars * 1_000_000 for service, dollars in each.items()}

    def http_dollars_per_million(self, prices: Mapping[str, Mapping[str, float]]) -> float:
        """What API Gateway adds when a checkout service calls over HTTP; the function's own time is not in it."""
        return self.http_calls * prices["api_gateway"]["call"] * 1_000_000


class _TimedService(CheckoutService):
    """Notes how long the functions took that a checkout service invokes itself."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.seconds: list[float] = []

    def _invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        started = time.monotonic()
        try:
            return super()._invoke(function, event)
        finally:
            self.seconds.append(time.monotonic() - started)


def measure(stack: Stack, calls_log: Path, run: str) -> list[Usage]:
    """Play one checkout of each outcome, one after the other, and read what it used from the local AWS's meter."""
    return [
        _measure(stack, calls_log, name, outcome, f"{run}-measured-{number}")
        for number, (name, outcome) in enumerate(MEASURED.items(), start=1)
    ]


def cost_problems(usages: Sequence[Usage]) -> list[str]:
    """Where an outcome takes more than it may."""
    problems = []
    for usage in usages:
        limits = LIMITS.get(usage.outcome, {})
        for name, limit in limits.items():
            if getattr(usage, name) > limit:
                problems.append(f"{usage.outcome}: {name} is {getattr(usage, name)}, more than {limit}")
    return problems


def prices() -> Mapping[str, Mapping[str, float]]:
    """The prices that the costs are counted with."""
    return tomllib.loads(PRICES.read_text())


def _measure(stack: Stack, calls_log: Path, name: str, outcome: str, reservation_id: str) -> Usage:
    [scenario] = [scenario for scenario in SCENARIOS if scenario.name == name]
    service = _TimedService(stack)
    started = datetime.now(UTC)
    scenario.story(Visit(service, reservation_id, scenario.request()))
    service.await_end(reservation_id)
    calls = _calls_since(started, calls_log, stack)
    told = Histories(stack, service).read(reservation_id)
    return Usage(
        outcome=outcome,
        states=len(told.states),
        function_seconds=(*told.function_seconds, *service.seconds),
        calls=Counter(call["operation"] for call in calls),
        write_units=sum(call["write_units"] for call in calls),
        index_write_units=sum(call["index_write_units"] for call in calls),
        read_units=sum(call["read_units"] for call in calls),
        publishes=told.states.count("PublishLowStock"),
        http_calls=1 + len(service.seconds),  # the one that begins it, and what the shop tells of it
    )


def _calls_since(started: datetime, calls_log: Path, stack: Stack) -> Sequence[dict[str, Any]]:
    """The component's own calls: not those with which the demo looks on as the operator."""
    calls = [json.loads(line) for line in calls_log.read_text().splitlines()]
    return [
        call
        for call in calls
        if datetime.fromisoformat(call["time"]) >= started and call["access_key_id"] != stack.operator.access_key_id
    ]
