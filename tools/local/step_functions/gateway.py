"""Executions for ministack's Step Functions: it keeps the state machines and checks the caller, the engine runs them.

So callers need one address for all of AWS, and IAM decides about executions and callbacks as about everything else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import urllib3
from ministack.core import iam_actions

from tools.local.step_functions import tokens as workflow_tokens

CONNECTIONS = 256  # kept for calls at the same time
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

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, Mapping[str, str]], Awaitable[Answer]]


def forwarding(keeper: Handler, engine_url: str) -> Handler:
    """A handler that sends what concerns executions to the engine and the rest to the keeper."""
    engine = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, str]
    ) -> Answer:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in EXECUTION_ACTIONS:
            return await keeper(method, path, headers, body, query_params)
        return await asyncio.to_thread(_forward, engine, engine_url, headers, body)

    return handle


def _forward(engine: urllib3.PoolManager, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    passed_on = {name: headers[name] for name in ("authorization", "content-type", "x-amz-date", "x-amz-target")}
    response = engine.request("POST", f"{url}/", headers=passed_on, body=body)
    return response.status, {"Content-Type": "application/x-amz-json-1.0"}, response.data


def authorize_callbacks_by_token() -> None:
    """Let IAM decide about a callback by the state machine that waits for it, as AWS does; ministack takes `*`."""
    extract_resource_arn = iam_actions.extract_resource_arn

    def extract(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *others: Any) -> str:
        if service == "states" and b'"taskToken"' in body:
            return workflow_tokens.state_machine_arn(json.loads(body)["taskToken"]) or "*"
        arn: str = extract_resource_arn(service, method, path, headers, body, *others)
        return arn

    iam_actions.extract_resource_arn = extract
