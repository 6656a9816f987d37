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
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

    events = events_client(endpoint_url)
    terminated = BaseExecutionWorkerCommunication.terminated
    stop = Execution.stop

    def stopped(self: Any, *arguments: Any, **options: Any) -> None:
        self.was_stopped = True
        stop(self, *arguments, **options)

    def terminated_and_published(self: Any) -> None:
        terminated(self)
        if getattr(self.execution, "was_stopped", False):
            _abort(self.execution)
        if self.execution.status not in PUBLISHED:
            return
        try:
            events.put_events(Entries=[_entry(self.execution)])
        except Exception:
            logger.exception("the end of an execution could not be published")

    Execution.stop = stopped
    BaseExecutionWorkerCommunication.terminated = terminated_and_published


def _abort(execution: Any) -> None:
    """Let a stopped execution be ABORTED: in moto the error of the task that was interrupted may make it FAILED."""
    from moto.stepfunctions.parser.api import ExecutionStatus

    if execution.exec_status == ExecutionStatus.FAILED:
        execution.exec_status, execution.error, execution.cause = ExecutionStatus.ABORTED, None, None


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
