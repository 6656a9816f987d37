"""Calls ministack's handlers in this process, with boto3 clients that use no network."""

import asyncio
import io
import json
import threading
import zipfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from ministack.services import cloudformation, s3

from tests.support.waiting import until

Handler = Callable[..., Awaitable[Any]]

ANSWER_SECONDS_MAX = 30


def package() -> bytes:
    """A function's package."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", "def f(*_): pass")
    return content.getvalue()


class Body(io.BytesIO):
    """The body of an answer, which botocore reads as a stream."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """All bytes at once."""
        yield self.read()


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """A running event loop: ministack deploys a stack in its background."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, run on the event loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, event_loop()).result(ANSWER_SECONDS_MAX)


def client_of(service: str, handler: Handler) -> Any:
    """A boto3 client whose calls go to a handler."""

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        body = _bytes(request.body)
        query = parse_qs(url.query, keep_blank_values=True)

        async def answer() -> Any:
            return await handler(request.method, unquote(url.path), headers, body, query)

        status, answered_headers, content = run(answer())
        return AWSResponse(request.url, status, answered_headers, Body(content))

    make_client: Any = boto3.client  # its type covers only service names that are literals
    client = make_client(
        service,
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, request_checksum_calculation="when_required"
        ),
    )
    client.meta.events.register("before-send", send)
    return client


def _bytes(body: Any) -> bytes:
    """The body of a request, which is a text, bytes, a stream, or None."""
    content = body.read() if hasattr(body, "read") else body or b""
    return content.encode() if isinstance(content, str) else bytes(content)


def deploy_nested(template: Mapping[str, Any]) -> list[str]:
    """Create a stack with a nested stack, and return the reasons why resources failed."""
    stacks, objects = client_of("cloudformation", cloudformation.handle_request), client_of("s3", s3.handle_request)
    name = f"s-{uuid4().hex}"
    objects.create_bucket(Bucket=name)
    objects.put_object(Bucket=name, Key="nested.json", Body=json.dumps(template).encode())
    url = f"https://s3.us-east-1.amazonaws.com/{name}/nested.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    stacks.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Nested": nested}}))

    def has_ended() -> bool:
        [stack] = stacks.describe_stacks(StackName=name)["Stacks"]
        return not stack["StackStatus"].endswith("IN_PROGRESS")

    until(has_ended, "the end of the deployment", within_seconds=10)
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    return [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]


def keep(monkeypatch: pytest.MonkeyPatch, module: Any, *names: str) -> None:
    """Restore these attributes of a module after the test, because the test patches them."""
    for name in names:
        monkeypatch.setattr(module, name, getattr(module, name))


def error_of(call: Callable[..., Any], **request: Any) -> tuple[str, str, int]:
    """The name, the message and the HTTP status of the error with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    error, metadata = refused.value.response["Error"], refused.value.response["ResponseMetadata"]
    return error["Code"], error["Message"], metadata["HTTPStatusCode"]
