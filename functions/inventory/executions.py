"""The workflow's executions: starting one for a checkout, and finding out how it stands."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.dynamodb import busy_when_transient

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class Execution:
    """How an execution stands, and what it was started with."""

    status: str
    content: Any
    error: str | None
    cause: str | None

    @property
    def ended_badly(self) -> bool:
        return self.status not in ("RUNNING", "SUCCEEDED")


class Executions:
    """Executions of the reservation workflow, each named by its reservation."""

    def __init__(self, client: "SFNClient", *, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, reservation_id: str, content: Any) -> bool:
        """Start an execution; the same name with the same content starts nothing anew while it runs.

        Returns:
            False when the name was used before, for other content or by an execution that has ended.
        """
        with busy_when_transient():
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=reservation_id,
                    input=json.dumps(content, sort_keys=True),
                )
            except self._client.exceptions.ExecutionAlreadyExists:
                return False
        return True

    def find(self, reservation_id: str) -> Execution | None:
        """The execution as it stands, if there is one."""
        with busy_when_transient():
            try:
                described = self._client.describe_execution(executionArn=self.arn(reservation_id))
            except self._client.exceptions.ExecutionDoesNotExist:
                return None
        return Execution(
            described["status"],
            json.loads(described.get("input") or "null"),
            described.get("error"),
            described.get("cause"),
        )

    def arn(self, reservation_id: str) -> str:
        """An execution's name is its state machine's and its own."""
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{reservation_id}"
