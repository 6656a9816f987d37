"""Refuses payloads that exceed Lambda's limits: 6 MB for a synchronous invocation and its answer, 1 MB for an event.

Limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
and https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (1 MB for an event, 256 KB until 2025)
6 MB are 6,291,556 bytes, as Lambda's message about an answer says. Its message about a request says 6,291,456.
API Gateway answers 413 if the event that it built exceeds the limit. A binary body counts with its base64 encoding.
Its answer is quoted in https://github.com/koki-develop/lgtm-generator/issues/10.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tools.local.emulators.handlers import Handler, Response

SYNCHRONOUS_BYTES_MAX = 6_291_556
EVENT_BYTES_MAX = 1_048_576
GATEWAY_BYTES_MAX = 10_485_760  # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html

INVOCATION_PATH = re.compile(r"/2015-03-31/functions/[^/]+/invocations/?")

BODY_ARGUMENT = 8  # of ministack's _invoke_lambda_proxy_v1

Result = dict[str, Any]


class PayloadTooLarge(Exception):
    """API Gateway built an event that Lambda does not accept."""


def request_error(size: int, invocation_type: str) -> str | None:
    """The message of Lambda if a payload of this size in bytes exceeds the limit of its kind of invocation."""
    if size > SYNCHRONOUS_BYTES_MAX:
        return "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    if invocation_type == "Event" and size > EVENT_BYTES_MAX:
        return f"{size} byte payload is too large for the Event invocation type (limit {EVENT_BYTES_MAX} bytes)"
    return None


def limited_result(result: Result) -> Result:
    """The result of an invocation, or the error that Lambda puts in its place if it is too large."""
    if result.get("throttle") or _result_size(result) <= SYNCHRONOUS_BYTES_MAX:
        return result
    error = {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": f"Response payload size exceeded maximum allowed payload size ({SYNCHRONOUS_BYTES_MAX} bytes).",
    }
    return {"body": error, "error": True, "function_error": "Unhandled", "log": result.get("log", "")}


def limit_invocations(handler: Handler) -> Handler:
    """Wrap ministack's Lambda: refuse invocations whose payload is too large."""
    from ministack.core.responses import error_response_json

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        invocation_type = headers.get("x-amz-invocation-type", "RequestResponse")
        is_invocation = method == "POST" and INVOCATION_PATH.fullmatch(path)
        if is_invocation and (error := request_error(len(body), invocation_type)):
            response: Response = error_response_json("RequestEntityTooLargeException", error, 413)
            return response
        return await handler(method, path, headers, body, query_params)

    return handle


def limit_results() -> None:
    """Patch ministack so that a function cannot return too much to any caller."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function

    def execute_limited(function: Any, event: Any) -> Result:
        return limited_result(execute(function, event))

    lambda_svc._execute_function = execute_limited


def limit_gateway() -> None:
    """Patch ministack so that API Gateway answers 413 if a request is too large for it or for the function."""
    from ministack.services import apigateway_v1

    call, invoke = apigateway_v1._call_lambda_raw, apigateway_v1._invoke_lambda_proxy_v1

    async def call_limited(function: str, event: Any, **scope: Any) -> Any:
        if _json_size(event) > SYNCHRONOUS_BYTES_MAX:
            raise PayloadTooLarge
        return await call(function, event, **scope)

    async def invoke_limited(*arguments: Any, **options: Any) -> Response:
        body = arguments[BODY_ARGUMENT] or b""
        if len(body) > GATEWAY_BYTES_MAX:
            return (
                413,
                {"Content-Type": "text; charset=utf-8"},
                f"HTTP content length exceeded {GATEWAY_BYTES_MAX} bytes.".encode(),
            )
        try:
            response: Response = await invoke(*arguments, **options)
        except PayloadTooLarge:
            headers = {"Content-Type": "application/json", "x-amzn-errortype": "BadRequestException"}
            return 413, headers, b'{"message": "Request Too Long"}'
        return response

    apigateway_v1._call_lambda_raw = call_limited
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_limited


def _result_size(result: Result) -> int:
    """The bytes of an answer, which ministack sends as it is or as JSON."""
    match result.get("body"):
        case bytes() as body:
            return len(body)
        case str() as text if result.get("raw_payload") or result.get("error"):
            return len(text.encode())
        case body:
            return _json_size(body)


def _json_size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())
