"""The AWS around the engine: Lambda with the real handlers, DynamoDB Local, SNS, and whatever a test lets go wrong."""

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
    """A call to AWS: to which service, and on whose behalf.

    `name` is the state that calls, or for a function what it calls.
    """

    service: str
    name: str
    request: Request


Proceed = Callable[[], Response]
Disturbance = Callable[[Call, Proceed], Response]


class Cloud:
    """Answers every call, once what disturbs it has had its turn."""

    def __init__(self, step_functions: WSGIApplication, dynamodb_url: str) -> None:
        self._step_functions = step_functions
        self._dynamodb_url = dynamodb_url
        self._pool = urllib3.PoolManager(maxsize=64, retries=False)
        self._lock = Lock()
        self.calm_down()

    # --- what tests say

    def calm_down(self) -> None:
        """Everything works again, and nothing has been called."""
        self.calls: Counter[str] = Counter()
        self._next: defaultdict[str, deque[Disturbance]] = defaultdict(deque)
        self._always: dict[str, Disturbance] = {}

    def disturb(self, name: str, *fault_injection: Disturbance) -> None:
        """Disturb the next calls of this name, one disturbance each."""
        self._next[name].extend(fault_injection)

    def always_disturb(self, name: str, disturbance: Disturbance) -> None:
        """Disturb every call of this name."""
        self._always[name] = disturbance

    # --- what it answers

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=False)
        return self.answer(_call(request))(environ, start_response)

    def answer(self, call: Call) -> Response:
        """What a call comes to."""
        with self._lock:
            self.calls[call.name] += 1
            waiting = self._next[call.name]
            disturbance = waiting.popleft() if waiting else self._always.get(call.name)
        if disturbance:
            return disturbance(call, lambda: self._answer(call))
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
    """The state that calls: every Lambda task has its function's name, and nothing else is called twice."""
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
    """What a topic's subscribers were sent."""
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
    """Serve a cloud on a free port of this machine; with it comes its URL."""
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
