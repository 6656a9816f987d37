"""The published schemas of events, and whether an event is exactly as its schema says."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from inventory.live.events import DetailType
from tests.support.template.source import ROOT

FOLDER = ROOT / "events" / "schemas"


def schema_of(detail_type: str) -> dict[str, Any]:
    """The schema as consumers get it: it allows fields that are added later."""
    content: dict[str, Any] = json.loads((FOLDER / f"{detail_type}.v1.json").read_text())
    return content


@cache
def _validator(detail_type: str) -> Draft202012Validator:
    return Draft202012Validator(_strict(schema_of(detail_type)), format_checker=Draft202012Validator.FORMAT_CHECKER)


def raise_if_not_as_published(detail_type: str, detail: dict[str, Any]) -> None:
    """Raise unless an event has every field that its schema requires, and none that it does not know."""
    assert detail_type in set(DetailType)
    _validator(detail_type).validate(detail)


def _strict(schema: Any) -> Any:
    """The schema without room for other fields."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(part) for name, part in schema.items()}
    return strict | {"additionalProperties": False} if schema.get("type") == "object" else strict
