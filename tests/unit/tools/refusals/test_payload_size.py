"""Payloads and answers of Lambda that are too large are refused."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import apigateway_v1, lambda_svc

from tests.unit.tools.refusals.in_process import client_of, error_of, keep, package, run
from tools.local.refusals import payload_size
from tools.local.refusals.payload_size import (
    EVENT_BYTES_MAX,
    GATEWAY_BYTES_MAX,
    SYNCHRONOUS_BYTES_MAX,
    limited_result,
    request_error,
)

TOO_LARGE = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"


def test_the_limits_are_those_of_aws() -> None:
    assert (SYNCHRONOUS_BYTES_MAX, EVENT_BYTES_MAX, GATEWAY_BYTES_MAX) == (6_291_556, 1_048_576, 10_485_760)


@pytest.mark.parametrize(
    ("size", "invocation_type", "error"),
    [
        (SYNCHRONOUS_BYTES_MAX, "RequestResponse", None),
        (SYNCHRONOUS_BYTES_MAX + 1, "RequestResponse", TOO_LARGE),
        (EVENT_BYTES_MAX, "Event", None),
        (
            EVENT_BYTES_MAX + 1,
            "Event",
            "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
        ),
        (SYNCHRONOUS_BYTES_MAX + 1, "Event", TOO_LARGE),
        (EVENT_BYTES_MAX + 1, "DryRun", None),
    ],
)
def test_a_payload_may_be_as_large_as_its_limit(size: int, invocation_type: str, error: str | None) -> None:
    assert request_error(size, invocation_type) == error


def test_an_answer_may_be_as_large_as_its_limit() -> None:
    for largest in (
        {"body": "x" * (SYNCHRONOUS_BYTES_MAX - len('""'))},
        {"body": '"' * SYNCHRONOUS_BYTES_MAX, "raw_payload": True},
        {"body": b"x" * SYNCHRONOUS_BYTES_MAX},
        {"body": None},
    ):
        assert limited_result(largest) is largest


@pytest.mark.parametrize("body", ["x" * (SYNCHRONOUS_BYTES_MAX - 1), {"text": "ü" * 3_145_800}, b"x" * 6_291_557])
def test_a_larger_answer_becomes_an_error_of_the_function(body: Any) -> None:
    result = limited_result({"body": body, "log": "START"})

    assert result == {
        "body": {
            "errorType": "Function.ResponseSizeTooLarge",
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        },
        "error": True,
        "function_error": "Unhandled",
        "log": "START",
    }


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lambda with the rule. Its functions answer with as many bytes as the event says."""
    monkeypatch.setattr(lambda_svc, "_execute_function", lambda _, event: {"body": "x" * event["answer"]})
    payload_size.limit_results()
    return client_of("lambda", payload_size.limit_invocations(lambda_svc.handle_request))


@pytest.fixture
def function(functions: Any) -> str:
    """The name of a function."""
    name = f"f-{uuid4().hex}"
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.f",
        Role="arn:aws:iam::000000000000:role/r",
        Code={"ZipFile": package()},
    )
    return name


def payload(size: int, **fields: Any) -> bytes:
    """A JSON object of this size in bytes."""
    padding = size - len(json.dumps(fields | {"padding": ""}))
    return json.dumps(fields | {"padding": "x" * padding}).encode()


def test_an_invocation_within_the_limits_is_answered(functions: Any, function: str) -> None:
    answer = functions.invoke(FunctionName=function, Payload=payload(SYNCHRONOUS_BYTES_MAX, answer=1000))

    assert "FunctionError" not in answer
    assert len(json.load(answer["Payload"])) == 1000


def test_an_invocation_with_a_larger_payload_is_refused(functions: Any, function: str) -> None:
    refused = error_of(functions.invoke, FunctionName=function, Payload=payload(SYNCHRONOUS_BYTES_MAX + 1, answer=1))

    assert refused == ("RequestEntityTooLargeException", TOO_LARGE, 413)


def test_an_asynchronous_invocation_with_a_larger_payload_is_refused(functions: Any, function: str) -> None:
    event = payload(EVENT_BYTES_MAX + 1, answer=1)

    code, message, status = error_of(functions.invoke, FunctionName=function, InvocationType="Event", Payload=event)

    assert (code, status) == ("RequestEntityTooLargeException", 413)
    assert message.endswith("byte payload is too large for the Event invocation type (limit 1048576 bytes)")


def test_a_function_that_answers_too_much_fails(functions: Any, function: str) -> None:
    answer = functions.invoke(FunctionName=function, Payload=json.dumps({"answer": 7_000_000}))

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"])["errorType"] == "Function.ResponseSizeTooLarge"


def gateway_answer(monkeypatch: pytest.MonkeyPatch, body: bytes, content_type: str = "text/csv") -> tuple[int, str]:
    """The status and the body with which API Gateway answers a request; the function answers with 200."""

    async def call(*_: Any, **__: Any) -> Any:
        return {"body": {"statusCode": 200, "body": "imported"}}, None

    monkeypatch.setattr(apigateway_v1, "_call_lambda_raw", call)
    keep(monkeypatch, apigateway_v1, "_invoke_lambda_proxy_v1")
    payload_size.limit_gateway()
    headers, resource = {"content-type": content_type, "host": "127.0.0.1"}, {"id": "r", "path": "/imports"}
    status, _, answer = run(
        apigateway_v1._invoke_lambda_proxy_v1(
            *({"uri": "f"}, "api", "v1", {}, resource, "/imports", "POST", headers, body, {}, {}),
            binary_media_types=["application/octet-stream"],
        )
    )
    return status, answer.decode()


def test_api_gateway_passes_a_request_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gateway_answer(monkeypatch, b"x" * 6_000_000) == (200, "imported")


def test_api_gateway_answers_413_if_the_event_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gateway_answer(monkeypatch, b"x" * SYNCHRONOUS_BYTES_MAX) == (413, '{"message": "Request Too Long"}')


def test_a_binary_body_counts_with_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"x" * 5_000_000
    assert len(base64.b64encode(body)) > SYNCHRONOUS_BYTES_MAX > len(body)

    assert gateway_answer(monkeypatch, body, "application/octet-stream")[0] == 413


def test_api_gateway_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = gateway_answer(monkeypatch, b"x" * (GATEWAY_BYTES_MAX + 1))

    assert answer == (413, "HTTP content length exceeded 10485760 bytes.")
