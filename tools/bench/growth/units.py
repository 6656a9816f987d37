"""Counts the read units of a DynamoDB client's calls, by AWS's rules."""

import threading
from collections.abc import Mapping
from typing import Any

from tools.bench.lookup import units_read

# What a call leaves out of its answer, although it reads it.
LEFT_OUT = ("Select", "ProjectionExpression", "FilterExpression")


class ReadUnits:
    """The units that were read since the last `take`."""

    def __init__(self, client: Any, other_client: Any) -> None:
        self._units = 0.0
        self._lock = threading.Lock()
        self._other = other_client
        for operation in ("GetItem", "BatchGetItem", "Query", "Scan"):
            client.meta.events.register(f"provide-client-params.dynamodb.{operation}", self._keep)
            client.meta.events.register(f"after-call.dynamodb.{operation}", self._count)

    def take(self) -> float:
        """The units since the last time."""
        with self._lock:
            units, self._units = self._units, 0.0
        return units

    def _keep(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["metered"] = dict(params)

    def _count(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        request = context["metered"]
        operation = str(model.name)
        if any(name in request for name in LEFT_OUT):
            request, parsed = self._whole(operation, request, parsed)
        units = units_read(operation, request, parsed)
        with self._lock:
            self._units += units

    def _whole(self, operation: str, request: Mapping[str, Any], answer: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The call once more, with all that it reads in its answer."""
        whole = {name: value for name, value in request.items() if name not in LEFT_OUT}
        used = " ".join(str(whole.get(name, "")) for name in ("KeyConditionExpression",))
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            needed = {name: value for name, value in whole.pop(kind, {}).items() if name in used}
            whole |= {kind: needed} if needed else {}
        whole |= {"Limit": answer["ScannedCount"]} if answer["ScannedCount"] else {}
        found = self._other.query(**whole) if operation == "Query" else self._other.scan(**whole)
        return whole, found
