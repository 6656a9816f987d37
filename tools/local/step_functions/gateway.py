"""Forwards calls about executions from ministack to the Step Functions engine.

ministack stores the state machines and checks the caller's permissions; the engine runs the executions. Therefore one
endpoint serves all of AWS, and IAM applies to executions and callbacks as to every other call.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import urllib3
from ministack.core import iam_actions

from tools.local.emulators.handlers import Handler, Response
from tools.local.step_functions import tokens

CONNECTIONS = 256  # for concurrent calls
EXECUTION_ACTIONS = {
    "DescribeExecution",
    "GetExecutionHistory",
    "ListExecutions",
    "SendTaskFailure",
    "SendTaskHeartbeat",
    "SendTaskSuccess",
    "StartExecution",
    "StopExecution",
}


def forward_executions(ministack: Handler, engine_url: str) -> Handler:
    """A handler that sends calls about executions to the engine, and all other calls to ministack."""
    engine = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in EXECUTION_ACTIONS:
            return await ministack(method, path, headers, body, query_params)
        return await asyncio.to_thread(_forward, engine, engine_url, headers, body)

    return handle


def _forward(engine: urllib3.PoolManager, url: str, headers: Mapping[str, str], body: bytes) -> Response:
    forwarded = {name: headers[name] for name in ("authorization", "content-type", "x-amz-date", "x-amz-target")}
    response = engine.request("POST", f"{url}/", headers=forwarded, body=body)
    return response.status, {"Content-Type": "application/x-amz-json-1.0"}, response.data


def authorize_callbacks_by_token() -> None:
    """Let IAM authorize a callback for the state machine that waits for it, as on AWS; ministack uses `*`."""
    extract_resource_arn = iam_actions.extract_resource_arn

    def extract(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *others: Any) -> str:
        if service == "states" and b'"taskToken"' in body:
            return tokens.state_machine_arn(json.loads(body)["taskToken"]) or "*"
        arn: str = extract_resource_arn(service, method, path, headers, body, *others)
        return arn

    iam_actions.extract_resource_arn = extract
