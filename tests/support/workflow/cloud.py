"""The AWS around the engine: Lambda with the real handlers, DynamoDB Local and SNS, with faults that tests inject."""

import io
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any
from wsgiref.types import WSGIApplication

import urllib3
from moto.backends import get_backend
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.workflow import engine, functions
from tests.support.workflow.engine import ACCOUNT_ID, ENGINE_KEY, REGION

SIGNATURE = re.compile(r"Credential=(?P<key>[^/]+)/[^/]+/[^/]+/(?P<service>[^/]+)/aws4_request")
FUNCTION_PATH = re.compile(r"/functions/[^/]*?(?P<function>\w+)/invocations$")


@dataclass(frozen=True)
class Call:
    """A call to AWS.

    `name` is the calling state, or the called operation if a function calls.
    """

    service: str
    name: str
    request: Request


Proceed = Callable[[], Response]
Fault = Callable[[Call, Proceed], Response]


class Cloud:
    """Answers every call, after the fault that a test injected for it."""

    def __init__(self, step_functions: WSGIApplication, dynamodb_url: str) -> None:
        self._step_functions = step_functions
        self._dynamodb_url = dynamodb_url
        self._pool = urllib3.PoolManager(maxsize=64, retries=False)
        self._lock = Lock()
        self.reset()

    # --- faults

    def reset(self) -> None:
        """Remove all faults, and forget all calls."""
        self.calls: Counter[str] = Counter()
        self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}

    def inject(self, name: str, *faults: Fault) -> None:
        """Inject faults into the next calls of this name, one each."""
        self._next[name].extend(faults)

    def always_inject(self, name: str, fault: Fault) -> None:
        """Inject a fault into every call of this name."""
        self._always[name] = fault

    # --- answers

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=False)
        return self.answer(_call(request))(environ, start_response)

    def answer(self, call: Call) -> Response:
        """Answer a call, with its fault if it has one."""
        with self._lock:
            self.calls[call.name] += 1
            queued = self._next[call.name]
            fault = queued.popleft() if queued else self._always.get(call.name)
        if fault:
            return fault(call, lambda: self._answer(call))
        return self._answer(call)

    def _answer(self, call: Call) -> Response:
        match call.service:
            case "lambda":
                return _run_function(call)
            case "dynamodb":
                return self._ask_dynamodb(call)
            case _:
                return self._ask_step_functions(call)

    def _ask_dynamodb(self, call: Call) -> Response:
        kept = ("authorization", "content-type", "x-amz-date", "x-amz-target")
        headers = {name: call.request.headers[name] for name in kept}
        answer = self._pool.request("POST", self._dynamodb_url, headers=headers, body=call.request.get_data())
        request_id = {"x-amzn-requestid": answer.headers["x-amzn-requestid"]}
        return Response(answer.data, answer.status, request_id, content_type=answer.headers["content-type"])

    def _ask_step_functions(self, call: Call) -> Response:
        environ = call.request.environ | {"wsgi.input": io.BytesIO(call.request.get_data())}
        return Response.from_app(self._step_functions, environ, buffered=True)


def _call(request: Request) -> Call:
    signature = SIGNATURE.search(request.headers["authorization"])
    assert signature, "every call is signed"
    service = signature["service"]
    name = _state(service, request) if signature["key"] == ENGINE_KEY else _action(request)
    return Call(service, name, request)


def _action(request: Request) -> str:
    target = request.headers.get("x-amz-target", "")
    return target.rpartition(".")[2] or request.form["Action"]


def _state(service: str, request: Request) -> str:
    """The calling state. A Lambda task is named after its function; every other action is called by one state only."""
    match service:
        case "lambda":
            return _function(request).removesuffix("Function")
        case "sns":
            return "PublishLowStock"
        case _:
            return "AwaitPayment" if b"task_token" in request.get_data() else "SettleAlert"


def _function(request: Request) -> str:
    path = FUNCTION_PATH.search(request.path)
    assert path, request.path
    return path["function"]


def _run_function(call: Call) -> Response:
    try:
        answer = functions.invoke(_function(call.request), call.request.get_data())
    except functions.FunctionFailed as failure:
        return function_error(failure)
    return Response(json.dumps(answer), content_type="application/json")


def function_error(failure: functions.FunctionFailed) -> Response:
    """Lambda's answer when a function failed."""
    return Response(
        json.dumps(failure.payload), content_type="application/json", headers={"X-Amz-Function-Error": "Unhandled"}
    )


def published(topic_arn: str) -> list[dict[str, Any]]:
    """The messages that were published to a topic."""
    topic = get_backend("sns")[ACCOUNT_ID][REGION].topics[topic_arn]
    return [
        {
            "subject": subject,
            "message": json.loads(message),
            "attributes": {name: attribute["Value"] for name, attribute in attributes.items()},
        }
        for _, message, subject, attributes, _ in topic.sent_notifications
    ]


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def cloud(dynamodb_url: str) -> Iterator[tuple[Cloud, str]]:
    """Serve a cloud on a free port of this machine; yields it with its URL."""
    with engine.step_functions() as step_functions:
        served = Cloud(step_functions, dynamodb_url)
        server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Silent)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            with engine.calling(url):
                yield served, url
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
