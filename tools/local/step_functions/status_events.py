"""Events of executions that did not succeed: the engine sends them, and the local AWS's EventBridge takes them.

moto sends no events of executions, and EventBridge takes events of an AWS service from AWS only. So the engine publishes
them as the root user, in the form in which Step Functions does:
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tools.local.emulators.handlers import Handler, Response
from tools.local.root_user import ROOT_ACCESS_KEY_ID, root_session

SOURCE = "aws.states"
DETAIL_TYPE = "Step Functions Execution Status Change"
# An event may have 256 KB. Above this, Step Functions leaves the input out.
INPUT_BYTES_MAX = 248 * 1024
# Nobody waits for the event of a success, and every execution would cost a call.
PUBLISHED = {"FAILED", "TIMED_OUT", "ABORTED"}

logger = logging.getLogger(__name__)


def publish_from_engine(endpoint_url: str) -> None:
    """Patch moto so that the end of an execution is published to EventBridge."""
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

    events = events_client(endpoint_url)
    terminated = BaseExecutionWorkerCommunication.terminated
    stop = Execution.stop

    def publish(execution: Any) -> None:
        try:
            events.put_events(Entries=[_entry(execution)])
        except Exception:
            logger.exception("the end of an execution could not be published")

    def stopped(self: Any, stop_date: datetime, error: str | None, cause: str | None) -> None:
        was_running = self.exec_status == ExecutionStatus.RUNNING
        if was_running:
            self.aborted = {"stop_date": stop_date, "error": error or None, "cause": cause or None}
        stop(self, stop_date, error, cause)
        if was_running:  # moto ends it when its task ends, which waits for a payment; Step Functions aborts it at once
            _abort(self)
            publish(self)

    def terminated_and_published(self: Any) -> None:
        terminated(self)
        if hasattr(self.execution, "aborted"):
            _abort(self.execution)  # in moto the error of the interrupted task may make it FAILED
        elif self.execution.status in PUBLISHED:
            publish(self.execution)

    Execution.stop = stopped
    BaseExecutionWorkerCommunication.terminated = terminated_and_published


def _abort(execution: Any) -> None:
    from moto.stepfunctions.parser.api import ExecutionStatus

    execution.exec_status = ExecutionStatus.ABORTED
    for name, value in execution.aborted.items():
        setattr(execution, name, value)


def events_client(endpoint_url: str) -> Any:
    """EventBridge, as the root user."""
    return root_session().client("events", endpoint_url=endpoint_url)


def accept_from_engine(ministack: Handler) -> Handler:
    """A handler that takes the engine's events, which any other caller may not send."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        is_put = headers.get("x-amz-target", "").endswith(".PutEvents")
        if is_put and f"Credential={ROOT_ACCESS_KEY_ID}/" in headers.get("authorization", ""):
            entries = json.loads(body).get("Entries", [])
            if all(entry.get("Source") == SOURCE for entry in entries):
                return await asyncio.to_thread(_put, {"Entries": entries})
        return await ministack(method, path, headers, body, query_params)

    return handle


def _put(request: dict[str, Any]) -> Response:
    from ministack.services import eventbridge

    eventbridge._ensure_default_bus()
    response: Response = eventbridge._put_events(request, allow_aws_source=True)
    return response


def _entry(execution: Any) -> dict[str, Any]:
    return {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [execution.exec_arn],
        "Detail": json.dumps(_detail(execution)),
    }


def _detail(execution: Any) -> dict[str, Any]:
    content = execution.execution_input
    is_included = len(content.encode()) <= INPUT_BYTES_MAX
    return {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine_arn,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "name": execution.name,
        "status": execution.status,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": _milliseconds(execution.stop_date),
        "input": content if is_included else None,
        "output": None,
        "inputDetails": {"included": is_included},
        "outputDetails": None,
        "error": execution.error,
        "cause": execution.cause,
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
