"""The schemas of events are valid, complete and have examples."""

import pytest
from jsonschema import Draft202012Validator

from inventory.live.events import DetailType, Event
from tests.support.template.schemas import FOLDER, raise_if_not_as_published, schema_of


def test_every_event_has_a_schema_and_every_schema_an_event() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{detail_type}.v1.json" for detail_type in DetailType}


@pytest.mark.parametrize("detail_type", DetailType)
def test_a_schema_is_valid_and_says_what_each_field_is(detail_type: DetailType) -> None:
    schema = schema_of(detail_type)

    Draft202012Validator.check_schema(schema)
    assert schema["title"] == detail_type
    assert all("description" in field for field in schema["properties"].values())


@pytest.mark.parametrize("detail_type", DetailType)
def test_an_example_is_an_event(detail_type: DetailType) -> None:
    [example] = schema_of(detail_type)["examples"]

    raise_if_not_as_published(detail_type, example)
    assert Event.from_json({"detail_type": detail_type, "detail": example}).event_id == example["event_id"]
