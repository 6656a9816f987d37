"""Executions that did not succeed, in DynamoDB: one row each, by the execution's name."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inventory.aws.changes import Condition, to_attributes, to_item
from inventory.aws.dynamodb import Tables, conditional_put
from inventory.aws.retries import with_retries
from inventory.items import failed_execution_item, to_failed_execution
from inventory.model import FailedExecution

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class FailedExecutionStore:
    """Failed executions in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._table = tables.failed_executions
        self._retention = timedelta(days=retention_days)

    def add(self, failed: FailedExecution) -> None:
        """Record a failed execution. An event may come twice, and late: the latest end is kept."""
        ended_later = Condition(  # an execution can be started again from its failed state, and fail again
            "attribute_not_exists(execution_name) OR failed_at < :failed_at", {"failed_at": failed.failed_at}
        )
        expire_at = int((datetime.fromisoformat(failed.failed_at) + self._retention).timestamp())
        item = failed_execution_item(failed) | {"expire_at": expire_at}
        conditional_put(self._client, self._table, item, ended_later)

    def find(self, execution_name: str) -> FailedExecution | None:
        """The failed execution with this name, strongly consistent."""
        key = to_attributes({"execution_name": execution_name})
        answer = with_retries(lambda: self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True))
        return to_failed_execution(to_item(answer["Item"])) if "Item" in answer else None
