"""DynamoDB in the memory of this process, below boto3: its clients, their events and their retries stay as they are.

Tests that hook into calls work as with DynamoDB Local, and a fork has a database of its own at no cost.
"""

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from tests.support.memory_dynamodb import Database

ENDPOINT_URL = "http://dynamodb-in-memory.example"


class MemoryDynamoDB:
    """Answers the requests to its endpoint, from all clients of this process."""

    def __init__(self) -> None:
        self._database = Database()
        self._lock = threading.Lock()

    def install(self) -> None:
        """From now on nothing to the endpoint leaves this process."""
        original = URLLib3Session.send

        def send(session: URLLib3Session, request: Any) -> AWSResponse:
            return self._answer(request) if request.url.startswith(ENDPOINT_URL) else original(session, request)

        transport: Any = URLLib3Session
        transport.send = send

    def _answer(self, request: AWSPreparedRequest) -> AWSResponse:
        target: Any = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        body: Any = request.body
        try:
            return _response(200, self._call(operation, json.loads(body or b"{}")))
        except ClientError as error:
            response: dict[str, Any] = dict(error.response)
            details = response.pop("Error")
            response.pop("ResponseMetadata", None)
            return _response(400, response | {"__type": details["Code"], "message": details.get("Message", "")})

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        with self._lock:
            if operation == "CreateTable":
                self._database.create_table(request)
                return {}
            return self._database.call(operation, request)


def _response(status: int, content: Any) -> AWSResponse:
    body = json.dumps(content).encode()

    def stream(*_: Any, **__: Any) -> Iterator[bytes]:
        yield body

    return AWSResponse(ENDPOINT_URL, status, HTTPHeaders(), SimpleNamespace(stream=stream))
