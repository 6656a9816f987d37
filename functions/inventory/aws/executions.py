"""Executions of the workflow: start one for a checkout, and read its state and history."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.console import Console
from inventory.aws.retries import with_retries
from inventory.model import iso

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class Execution:
    """The state of an execution, its input and its output."""

    status: str
    content: Any
    error: str | None
    cause: str | None
    started_at: str | None = None
    ended_at: str | None = None
    output: Any = None
    trace_id: str | None = None  # of the request that started it

    @property
    def ended_badly(self) -> bool:
        return self.status not in ("RUNNING", "SUCCEEDED")


@dataclass(frozen=True, slots=True)
class StateVisit:
    """A visit of an execution to one state; `left_at` is None while it lasts, or if it failed the execution."""

    state: str
    entered_at: str
    left_at: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


# A page may ask again. All callers of an account share 15 descriptions a second.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
DESCRIBED_ATTEMPTS_MAX = 3
# A crowd starts 300 executions a second, and the others wait for their turn, until the deadline of the retries.
STARTED_ATTEMPTS_MAX = 30


class Executions:
    """Executions of the reservation workflow, each named by its reservation.

    Its client makes each call once: here a call is tried again, so that it is known how often.
    """

    def __init__(self, client: "SFNClient", *, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, name: str, content: Any, trace_header: str | None = None) -> bool:
        """Start an execution; the same name with the same content starts no second one while it runs.

        Args:
            trace_header: the X-Ray trace that the execution continues.

        Returns:
            False when the name was used before, for other content or by an execution that has ended.
        """
        request: Any = {"stateMachineArn": self._state_machine_arn, "name": name}
        request |= {"input": json.dumps(content, sort_keys=True)}
        request |= {"traceHeader": trace_header} if trace_header else {}
        try:
            with_retries(lambda: self._client.start_execution(**request), STARTED_ATTEMPTS_MAX)
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def find(self, name: str, *, attempts_max: int = DESCRIBED_ATTEMPTS_MAX) -> Execution | None:
        """The execution, if it exists."""
        arn = self.arn(name)
        try:
            described = with_retries(lambda: self._client.describe_execution(executionArn=arn), attempts_max)
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        return Execution(
            described["status"],
            _decoded(described.get("input")),
            described.get("error"),
            described.get("cause"),
            _time(described.get("startDate")),
            _time(described.get("stopDate")),
            _decoded(described.get("output")),
            trace_id_in(described.get("traceHeader")),
        )

    def history(self, name: str) -> list[StateVisit]:
        """The states that the execution visited, in their order; none if there is no execution of this name."""
        request: Any = {"executionArn": self.arn(name), "includeExecutionData": False, "maxResults": 1000}
        visits: list[StateVisit] = []
        while True:
            try:
                answer = with_retries(lambda: self._client.get_execution_history(**request), DESCRIBED_ATTEMPTS_MAX)
            except self._client.exceptions.ExecutionDoesNotExist:
                return visits
            for event in answer["events"]:
                _add_event(event, visits)
            if not answer.get("nextToken"):
                return visits
            request["nextToken"] = answer["nextToken"]

    def console_url(self, name: str) -> str:
        """The execution's page in the AWS console."""
        arn = self.arn(name)
        return Console.of(arn).execution(arn)

    def arn(self, name: str) -> str:
        """An execution's ARN is the state machine's ARN plus the execution's name."""
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def _decoded(content: str | None) -> Any:
    """An execution's input or output; None if it is nested so deeply that it is no request of anybody."""
    try:
        return json.loads(content or "null")
    except RecursionError:
        return None


def trace_id_in(header: str | None) -> str | None:
    """The id of the trace in an X-Ray header such as `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`."""
    parts = dict(part.strip().partition("=")[::2] for part in (header or "").split(";"))
    return parts.get("Root") or None


def _time(moment: object) -> str | None:
    return iso(moment) if isinstance(moment, datetime) else None


def _add_event(event: Any, visits: list[StateVisit]) -> None:
    """Add one event of a history to the visits."""
    at = iso(event["timestamp"])
    if "stateEnteredEventDetails" in event:
        visits.append(StateVisit(event["stateEnteredEventDetails"]["name"], at))
    elif "stateExitedEventDetails" in event:
        name = event["stateExitedEventDetails"]["name"]
        for index, visit in enumerate(visits):
            if visit.state == name and visit.left_at is None:
                visits[index] = replace(visit, left_at=at)
                return
