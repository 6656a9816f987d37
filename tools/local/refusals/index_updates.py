"""Refuses more than one change of indexes in one update of a table, as DynamoDB and CloudFormation do.

DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
("You can create or delete only one global secondary index per UpdateTable operation.")
CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
("You can delete or add one global secondary index without interruption. If you do both in the same update, the update
fails."). Its messages are quoted in https://github.com/aws/aws-cdk/issues/12246.
"""

from collections.abc import Iterable, Mapping
from typing import Any

ONE_CHANGE = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
ONE_CHANGE_OF_STACK = "Cannot perform more than one GSI creation or deletion in a single update"
ONLY_THROUGHPUT = (
    "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. "
    "You can create a new GSI with a different name."
)
CHANGEABLE = {
    "ContributorInsightsSpecification",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "ReadOnDemandThroughputSettings",
    "ReadProvisionedThroughputSettings",
    "WarmThroughput",
    "WriteProvisionedThroughputSettings",
}
REPLACING = ("TableName", "KeySchema", "LocalSecondaryIndexes")  # a change of these creates a new table

Properties = Mapping[str, Any]


def update_error(updates: Iterable[Mapping[str, Any]]) -> str | None:
    """The message of DynamoDB if UpdateTable would create or delete more than one index."""
    changes = [update for update in updates if update.keys() & {"Create", "Delete"}]
    return ONE_CHANGE if len(changes) > 1 else None


def stack_update_error(old: Properties, new: Properties) -> str | None:
    """The message of CloudFormation if an update of a stack would change more than one index of a table."""
    if any(old.get(name) != new.get(name) for name in REPLACING):
        return None
    before, after = _fixed_properties(old), _fixed_properties(new)
    if any(before[name] != after[name] for name in before.keys() & after.keys()):
        return ONLY_THROUGHPUT
    return ONE_CHANGE_OF_STACK if len(before.keys() ^ after.keys()) > 1 else None


def _fixed_properties(table: Properties) -> dict[str, Properties]:
    """For each index, its properties that cannot change."""
    return {
        index["IndexName"]: {name: value for name, value in index.items() if name not in CHANGEABLE}
        for index in table.get("GlobalSecondaryIndexes") or []
    }


def install() -> None:
    """Patch ministack's UpdateTable, and its updates of tables in stacks."""
    from ministack.core.responses import error_response_json
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    update_table = dynamodb._update_table

    def update_one_index(request: Mapping[str, Any]) -> Any:
        if error := update_error(request.get("GlobalSecondaryIndexUpdates") or []):
            return error_response_json("LimitExceededException", error, 400)
        return update_table(request)

    dynamodb._update_table = update_one_index
    for resource_type in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]
        handlers["update"] = _one_index_in_stack(handlers["update"])


def _one_index_in_stack(update: Any) -> Any:
    def update_one_index(physical_id: str, old: Properties, new: Properties, *others: Any, **options: Any) -> Any:
        if error := stack_update_error(old, new):
            raise ValueError(error)
        return update(physical_id, old, new, *others, **options)

    return update_one_index
