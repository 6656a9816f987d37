"""The calls that code makes to AWS, seen through the SDK's own events, so that none goes unnoticed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

# What the SDK takes for an HTTP response when a hook answers instead of AWS.
OK = SimpleNamespace(status_code=200)
REFUSED = SimpleNamespace(status_code=400)
NOT_FOUND = SimpleNamespace(status_code=404)

Answer = tuple[SimpleNamespace, dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """One call: `TransactWriteItems` of `dynamodb`, and what was asked."""

    service: str
    operation: str
    request: dict[str, Any]

    @classmethod
    def of(cls, model: Any, params: dict[str, Any]) -> "Call":
        """Read a call from what the SDK tells its hooks."""
        service = str(model.service_model.service_name)
        body = params["body"]
        if service == "s3":  # the one service whose bodies are files
            content = body if isinstance(body, bytes) else body.getvalue()
            return cls(service, str(model.name), {"Key": params["url_path"].removeprefix("/"), "Body": content})
        request = json.loads(body) if isinstance(body, bytes | str) else dict(body)
        return cls(service, str(model.name), request)

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


def refusal(code: str, **more: Any) -> Answer:
    """What AWS answers when it refuses a call."""
    return REFUSED, {"Error": {"Code": code, "Message": "made up by a test"}, "ResponseMetadata": {}} | more


@contextmanager
def recorded(client: Any) -> Iterator[list[Call]]:
    """The calls that a client makes meanwhile, in their order."""
    calls: list[Call] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        calls.append(Call.of(model, params))

    client.meta.events.register_first("before-call", note)
    try:
        yield calls
    finally:
        client.meta.events.unregister("before-call", note)
