"""Measures what one checkout of each outcome uses. They run one after the other, so no other calls are counted."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.demo.checkout import CheckoutService
from tools.demo.costs.usage import Usage
from tools.demo.execution_history import HistoryReader
from tools.demo.scenarios import SCENARIOS, pays
from tools.demo.shopper import Shopper
from tools.local.stack import Stack

# The scenarios that are measured, and the name of each outcome.
MEASURED = {
    "paid": "paid",
    "paid by a guest": "paid by a guest",
    "paid, low stock afterwards": "paid, one low-stock alert",
    "sold out": "rejected",
    "declined": "declined",
    "cancelled": "cancelled",
    "expired": "expired",
    "late payment, rescued": "expired, then rescued",
    "split order": "paid, from two warehouses",
}
# In the names of the roles of PublishChanges and RepublishChanges, and of the two functions of the read model.
IN_THEIR_OWN_TIME = ("ublishChangesFunction", "FollowChangesFunction", "MergeReadModelFunction")
# What is measured of a scenario that shows more than its checkout.
STEPS = {"split order": pays}


class _TimedService(CheckoutService):
    """Measures the duration of the functions that a checkout service invokes directly."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.seconds: list[float] = []

    def _invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        started = time.monotonic()
        try:
            return super()._invoke(function, event)
        finally:
            self.seconds.append(time.monotonic() - started)


def measure(stack: Stack, calls_log: Path, run_id: str) -> list[Usage]:
    """Run one checkout of each outcome, and read from the local AWS's log what it used."""
    return [
        _measure(stack, calls_log, name, outcome, f"{run_id}-measured-{number}")
        for number, (name, outcome) in enumerate(MEASURED.items(), start=1)
    ]


def _measure(stack: Stack, calls_log: Path, name: str, outcome: str, reservation_id: str) -> Usage:
    [scenario] = [scenario for scenario in SCENARIOS if scenario.name == name]
    service = _TimedService(stack)
    started = datetime.now(UTC)
    steps = STEPS.get(name, scenario.steps)
    steps(Shopper(service, reservation_id, scenario.request()))
    service.await_end(reservation_id)
    calls = calls_since(started, calls_log, stack)
    history = HistoryReader(stack, service).read(reservation_id)
    return Usage(
        outcome=outcome,
        states=len(history.states),
        function_seconds=(*history.function_seconds, *service.seconds),
        calls=Counter(call["operation"] for call in calls),
        write_units=sum(call["write_units"] for call in calls),
        index_write_units=sum(call["index_write_units"] for call in calls),
        read_units=sum(call["read_units"] for call in calls),
        publishes=history.states.count("PublishLowStock"),
        http_calls=1 + len(service.seconds),  # the call that creates the reservation, and the calls after it
    )


def calls_since(started: datetime, calls_log: Path, stack: Stack) -> Sequence[dict[str, Any]]:
    """The calls since a moment, except those of the operator, with which the demo only reads, and of the streams' consumers.

    They follow the tables in their own time, also what happened before. Their costs are in docs/live-stock.md and
    docs/read-model.md.
    """
    calls = [json.loads(line) for line in calls_log.read_text().splitlines()]
    return [
        call
        for call in calls
        if datetime.fromisoformat(call["time"]) >= started
        and call["access_key_id"] != stack.operator.access_key_id
        and not any(name in str(call["caller"]) for name in IN_THEIR_OWN_TIME)
    ]
