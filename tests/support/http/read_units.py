"""The read units that DynamoDB charges for what a client does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

READS = ("GetItem", "BatchGetItem", "Query", "Scan")


@dataclass
class ReadUnits:
    """What was charged inside a `with` block."""

    total: float = 0.0


@contextmanager
def read_units(client: Any) -> Iterator[ReadUnits]:
    """Count the units of all reads inside the `with` block, those of indexes included."""
    units = ReadUnits()

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed: dict[str, Any], **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity") or []
        units.total += sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))

    events = client.meta.events
    for operation in READS:
        events.register(f"provide-client-params.dynamodb.{operation}", ask)
        events.register(f"after-call.dynamodb.{operation}", count)
    try:
        yield units
    finally:
        for operation in READS:
            events.unregister(f"provide-client-params.dynamodb.{operation}", ask)
            events.unregister(f"after-call.dynamodb.{operation}", count)
