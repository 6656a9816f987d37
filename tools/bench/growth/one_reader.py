"""DynamoDB Local reads a whole table for each segment of a parallel scan: with one reader it reads it once."""

from types import SimpleNamespace
from typing import Any

NOTHING: dict[str, Any] = {"Items": [], "Count": 0, "ScannedCount": 0}


def scan_with_one_reader(client: Any) -> None:
    """Let the first segment of each parallel scan have all rows, and the others none."""
    client.meta.events.register("provide-client-params.dynamodb.Scan", _keep)
    client.meta.events.register("before-call.dynamodb.Scan", _answer)


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any] | None:
    if "Segment" not in params:
        return None
    context["is_empty"] = params["Segment"] > 0
    return {name: value for name, value in params.items() if name not in ("Segment", "TotalSegments")}


def _answer(context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
    if not context.get("is_empty"):
        return None
    return SimpleNamespace(status_code=200), NOTHING | {"ResponseMetadata": {"HTTPStatusCode": 200}}
