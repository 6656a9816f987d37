"""The calls that code makes to AWS, recorded through the events of the SDK, so that none is missed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

# HTTP responses as the SDK expects them from a hook that answers instead of AWS.
OK = SimpleNamespace(status_code=200)
REFUSED = SimpleNamespace(status_code=400)
NOT_FOUND = SimpleNamespace(status_code=404)

Answer = tuple[SimpleNamespace, dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """One call, for example `TransactWriteItems` of `dynamodb`, with its request."""

    service: str
    operation: str
    request: dict[str, Any]

    @classmethod
    def of(cls, model: Any, params: dict[str, Any]) -> "Call":
        """Read a call from the arguments of an SDK hook."""
        service = str(model.service_model.service_name)
        body = params["body"]
        if service == "s3":  # the only service whose bodies are files
            content = body if isinstance(body, bytes) else body.getvalue()
            given = params.get("context", {}).get("s3_redirect", {}).get("params", {})
            path = params["url_path"].removeprefix("/")
            return cls(service, str(model.name), {**given, "Key": path, "Body": content})
        request = json.loads(body or "{}") if isinstance(body, bytes | str) else dict(body)
        return cls(service, str(model.name), request)

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


def refusal(code: str, **more: Any) -> Answer:
    """The response of AWS to a call that it refuses."""
    return REFUSED, {"Error": {"Code": code, "Message": "injected"}, "ResponseMetadata": {}} | more


@contextmanager
def recorded(client: Any) -> Iterator[list[Call]]:
    """The calls that a client makes inside the `with` block, in order."""
    calls: list[Call] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        calls.append(Call.of(model, params))

    client.meta.events.register_first("before-call", note)
    try:
        yield calls
    finally:
        client.meta.events.unregister("before-call", note)
