"""A table's indexes change one at a time."""

import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import cloudformation, dynamodb
from ministack.services.cloudformation import provisioners

from tests.unit.tools.refusals.in_process import client_of, error_of, keep
from tools.local.refusals import index_updates
from tools.local.refusals.index_updates import (
    ONE_CHANGE_OF_STACK,
    ONLY_THROUGHPUT,
    stack_update_error,
    update_error,
)

CREATE: Any = {"Create": {"IndexName": "new"}}
DELETE: Any = {"Delete": {"IndexName": "old"}}
UPDATE: Any = {"Update": {"IndexName": "other"}}
WAIT = {"Delay": 0.1, "MaxAttempts": 50}


def index(name: str, key: str = "pk", **properties: Any) -> dict[str, Any]:
    """A secondary index."""
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}, **properties}


def table(*indexes: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """The properties of a table with these indexes."""
    names = {"pk", *(index["KeySchema"][0]["AttributeName"] for index in indexes)}
    return {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": list(indexes)} if indexes else {}),
        **properties,
    }


@pytest.mark.parametrize("updates", [[CREATE, CREATE], [CREATE, DELETE], [DELETE, UPDATE, DELETE]])
def test_two_changes_of_indexes_in_one_update_are_refused(updates: Any) -> None:
    assert update_error(updates)


@pytest.mark.parametrize("updates", [[], [CREATE], [DELETE], [CREATE, UPDATE], [UPDATE, UPDATE]])
def test_one_change_of_indexes_in_one_update_is_accepted(updates: Any) -> None:
    assert update_error(updates) is None


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (table(), table(index("a")), None),
        (table(index("a")), table(), None),
        (table(), table(index("a"), index("b")), ONE_CHANGE_OF_STACK),
        (table(index("a"), index("b")), table(), ONE_CHANGE_OF_STACK),
        (table(index("a")), table(index("b")), ONE_CHANGE_OF_STACK),
        (table(index("a")), table(index("a", "sku")), ONLY_THROUGHPUT),
        (table(index("a")), table(index("a", ContributorInsightsSpecification={"Enabled": True})), None),
        (table(), table(index("a"), index("b"), TableName="another"), None),
    ],
)
def test_a_stack_changes_one_index_in_one_update(old: Any, new: Any, error: str | None) -> None:
    assert stack_update_error(old, new) == error


@pytest.fixture(autouse=True)
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the patch, and undo it after the test."""
    keep(monkeypatch, dynamodb, "_update_table")
    for resource_type in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]
        monkeypatch.setitem(handlers, "update", handlers["update"])
    index_updates.install()


def test_update_table_creates_one_index_and_refuses_two() -> None:
    client, name = client_of("dynamodb", dynamodb.handle_request), f"t-{uuid4().hex}"
    client.create_table(TableName=name, **table())
    definitions = table()["AttributeDefinitions"]

    def create(*names: str) -> dict[str, Any]:
        updates = [{"Create": index(index_name)} for index_name in names]
        return {"TableName": name, "AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": updates}

    refused = error_of(client.update_table, **create("a", "b"))
    client.update_table(**create("a"))

    message = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
    assert refused == ("LimitExceededException", message, 400)
    assert [
        found["IndexName"] for found in client.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]
    ] == ["a"]


def test_a_stack_that_adds_two_indexes_is_rolled_back() -> None:
    stacks, name = client_of("cloudformation", cloudformation.handle_request), f"s-{uuid4().hex}"

    def template(*indexes: dict[str, Any]) -> str:
        return json.dumps({"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": table(*indexes)}}})

    stacks.create_stack(StackName=name, TemplateBody=template())
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=WAIT)
    stacks.update_stack(StackName=name, TemplateBody=template(index("a"), index("b")))
    stacks.get_waiter("stack_rollback_complete").wait(StackName=name, WaiterConfig=WAIT)
    stacks.update_stack(StackName=name, TemplateBody=template(index("a")))
    stacks.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=WAIT)

    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert reasons == [ONE_CHANGE_OF_STACK]
