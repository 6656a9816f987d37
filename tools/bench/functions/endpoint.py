"""An endpoint of DynamoDB and Step Functions that answers at once, over HTTP: from tables in memory, or as recorded."""

import base64
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from botocore.exceptions import ClientError

from tests.support.memory_dynamodb import Database
from tests.support.memory_dynamodb.values import refused
from tools.local.settings import HOST

SERVICES = {"DynamoDB_20120810": "dynamodb", "AWSStepFunctions": "stepfunctions"}


@dataclass(frozen=True)
class Call:
    """A call as it came, and its answer."""

    service: str
    operation: str
    request: dict[str, Any]
    answer: bytes


@dataclass
class Endpoint:
    """Answers from a database while it records, and from a record when it replays.

    Args:
        database: the tables.
        start: what starting an execution does, by its name and its input.
    """

    database: Database
    start: Callable[[str, Any], None]

    def __post_init__(self) -> None:
        self._calls: list[Call] = []
        self._recorded: Iterator[Call] | None = None
        self._lock = threading.Lock()
        self.url = ""

    def record(self) -> list[Call]:
        """From now on answer from the database; the calls are added to the list."""
        self._calls = []
        self._recorded = None
        return self._calls

    def replay(self, calls: Sequence[Call]) -> None:
        """From now on give the answers of these calls, in their order, again and again."""
        self._recorded = itertools.cycle(calls)

    def answer(self, target: str, body: bytes) -> bytes:
        """The answer to a call.

        Args:
            target: the call, as AWS's JSON protocol names it: `DynamoDB_20120810.GetItem`.
        """
        service, operation = SERVICES[target.partition(".")[0]], target.rpartition(".")[2]
        with self._lock:
            if self._recorded is not None:
                call = next(self._recorded)
                if (call.service, call.operation) != (service, operation):
                    raise refused(f"the recorded call is {call.operation}", operation)
                return call.answer
            request = _with_bytes(json.loads(body))
            call = Call(service, operation, request, _json(self._content(service, operation, request)))
            self._calls.append(call)
            return call.answer

    def _content(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        if service == "dynamodb":
            return _with_binary(self.database.call(operation, request), _base64)
        if operation == "StartExecution":
            self.start(request["name"], json.loads(request["input"]))
            return {"executionArn": f"{request['stateMachineArn']}:{request['name']}", "startDate": 1_772_366_400}
        return {}


@contextmanager
def serve(endpoint: Endpoint) -> Iterator[None]:
    """Serve on a free port of this machine; `endpoint.url` names it."""
    server = ThreadingHTTPServer((HOST, 0), _Handler)
    server.daemon_threads = True
    cast(Any, server).endpoint = endpoint
    endpoint.url = f"http://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        endpoint: Endpoint = cast(Any, self.server).endpoint
        status = 200
        try:
            answer = endpoint.answer(self.headers["X-Amz-Target"], body)
        except ClientError as error:
            status, answer = 400, _refusal(error)
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("x-amzn-RequestId", "00000000-0000-0000-0000-000000000000")
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _refusal(error: ClientError) -> bytes:
    response: dict[str, Any] = dict(error.response)
    details = response.pop("Error")
    response.pop("ResponseMetadata", None)
    return _json(response | {"__type": details["Code"], "message": details.get("Message", "")})


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _with_bytes(content: Any) -> Any:
    """A request of the wire as the SDK had it: binary values are bytes."""
    return _with_binary(content, base64.b64decode)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _with_binary(content: Any, convert: Callable[[Any], Any]) -> Any:
    if isinstance(content, list):
        return [_with_binary(part, convert) for part in content]
    if not isinstance(content, dict):
        return content
    if content.keys() == {"B"}:
        return {"B": convert(content["B"])}
    return {name: _with_binary(part, convert) for name, part in content.items()}
