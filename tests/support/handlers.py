"""The functions as Lambda runs them: their own settings and dependencies, over a shop's tables.

DynamoDB is real. SNS, Step Functions, EventBridge, AppSync and SQS take what they are sent, and say so; S3 is a dict. A run
can be cut at any of its calls to AWS; which there are is seen through the SDK's own events, so that none can be forgotten.
AppSync has no client in the SDK for its pushes: they are seen where they are sent.
"""

import importlib
import io
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import md5
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Literal

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.response import StreamingBody

from inventory import dependencies
from inventory.feed import run as feed
from inventory.imports import run as imports
from inventory.live import publication
from tests.support.aws_calls import NOT_FOUND, OK, Answer, Call, refusal
from tests.support.fault_injection import SOMEWHERE
from tests.support.http.gateway import CONTEXT
from tests.support.read_model.bucket import Bucket
from tests.support.shop import TASK_TOKEN, Shop, names_of
from tests.support.template.schemas import raise_if_not_as_published
from tests.support.template.source import ROOT, environment

LOW_STOCK_TOPIC = "arn:aws:sns:us-east-1:123456789012:low-stock"
OPERATIONS_TOPIC = "arn:aws:sns:us-east-1:123456789012:operations"
# What the functions read about resources that are not a shop's own.
NAMES = {
    "LowStockTopic": LOW_STOCK_TOPIC,
    "OperationsTopic": OPERATIONS_TOPIC,
    "ReservationStateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:reservation",
    "ImportsBucket": "imports",
    "ReadModelBucket": "read-model",
    "UndeliveredEventsQueue": "https://sqs.example/undelivered-events",
    "UndeliveredPushesQueue": "https://sqs.example/undelivered-pushes",
    "UnreadableChangesQueue": "https://sqs.example/unreadable-changes",
    **{
        f"{name}LogGroup": f"{name}-logs"
        for name in (
            *("ReservationStateMachine", "ReserveStock", "CommitStock", "ReleaseStock", "RecordPayment"),
            *("CancelReservation", "ExtendHold", "CheckoutApi", "ReconcileHolds"),
        )
    },
    "LiveStockApi.ApiId": "api-1",
    "LiveStockApi.Dns.Http": "api-1.appsync-api.example",
    "LiveStockApi.Dns.Realtime": "api-1.appsync-realtime-api.example",
}

# They compare counters, and renew a key.
WRITE_NO_ROW = {"reconcile_counters", "renew_live_stock_key"}

PARTS_OF_A_FILE = ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload")
ARRIVED_AT = datetime.fromisoformat("2026-03-01T12:00:00Z")  # of each file in S3

Moment = Literal["stopped before", "stopped after", "lost the answer of"]
MOMENTS: tuple[Moment, ...] = ("stopped before", "stopped after", "lost the answer of")


class Stopped(BaseException):
    """The function was stopped, and nothing of it runs any more."""


@dataclass(frozen=True)
class Cut:
    """Where a run meets its end: at which of its calls, counted from 0, and on which side of it."""

    call: int
    moment: Moment


@dataclass(frozen=True)
class Meanwhile:
    """What others do right before a call of a run, counted from 0; they may run functions too."""

    call: int
    action: Callable[[], object]


@dataclass
class Run:
    """One invocation as it is seen from outside."""

    cut: Cut | None = None
    calls: list[Call] = field(default_factory=list)
    is_stopped: bool = False

    def meets(self, moment: Moment) -> bool:
        """Whether this is where the run is cut."""
        return self.cut is not None and self.cut.call == len(self.calls) - 1 and self.cut.moment == moment


@dataclass
class Targets:
    """EventBridge, AppSync and the queues: what they accepted, and whether they work."""

    events: list[dict[str, Any]] = field(default_factory=list)  # the details with their `detail_type`
    pushes: list[dict[str, Any]] = field(default_factory=list)
    queued: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list
    )  # the last part of a queue's URL, and a message
    down: set[str] = field(default_factory=set)  # services that refuse every call: "events", "appsync", "sqs"

    def clear(self) -> None:
        """Forget what was sent."""
        for sent in (self.events, self.pushes, self.queued):
            sent.clear()

    def answer(self, call: Call) -> Answer | None:
        """The answer of one of these services; None if another one is called."""
        if call.service in self.down:
            return refusal("ServiceUnavailableException")
        if call.operation == "PutEvents":
            entries = call.request["Entries"]
            for entry in entries:
                raise_if_not_as_published(entry["DetailType"], json.loads(entry["Detail"]))
                self.events.append(json.loads(entry["Detail"]) | {"detail_type": entry["DetailType"]})
            return OK, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries], "ResponseMetadata": {}}
        if call.operation == "SendMessageBatch":
            queue = call.request["QueueUrl"].rpartition("/")[2]
            entries = call.request["Entries"]
            self.queued += [(queue, json.loads(entry["MessageBody"])) for entry in entries]
            return OK, {"Successful": [], "Failed": [], "ResponseMetadata": {}}
        if call.operation == "EventPublish":
            self.pushes += map(json.loads, call.request["events"])
            return OK, {"failed": []}
        return None


class AtOnce(Executor):
    """Runs what it is given before anything else happens, so that each call has its place."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **more: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(call(*arguments, **more))
        return done


class Functions:
    """Invokes functions by their file's name, and keeps what they sent to other services."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dynamodb_url: str, now: datetime) -> None:
        self.now = now
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.signalled: list[tuple[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.parts: dict[str, bytes] = {}  # of files that are not complete
        self.read_model = Bucket()
        self.keys: list[dict[str, Any]] = []
        self.targets = Targets()
        self.meanwhile: list[Meanwhile] = []  # each happens once, in the next run that reaches its call
        self._monkeypatch = monkeypatch
        self._run = Run()
        own = {"DASHBOARD_NAME": "inventory-us-east-1"}
        for name, value in (environment(NAMES) | own | _connection(dynamodb_url)).items():
            monkeypatch.setenv(name, value)
        clients = _clients(dynamodb_url, os.getpid())
        clients.functions = self
        monkeypatch.setattr(dependencies, "new_client", clients.get)
        monkeypatch.setattr(dependencies, "new_http_session", lambda *_: self)
        monkeypatch.setattr(dependencies, "endpoint_url", lambda: None)
        monkeypatch.setattr(publication, "_threads", ThreadPoolExecutor(1))
        monkeypatch.setattr(publication, "_senders", AtOnce())
        # A short file goes through several portions, row after row, so that each call has its place.
        monkeypatch.setattr(imports, "ROWS_A_REPORT", 3)
        monkeypatch.setattr(imports, "WRITERS", 1)
        monkeypatch.setattr(feed, "WRITERS", 1)

    def serve(self, shop: Shop) -> None:
        """Start again, over the tables of a shop."""
        self.published.clear()
        self.signalled.clear()
        self.targets.clear()
        self.files = dict(shop.files)
        self.read_model = Bucket(dict(shop.read_model_files))
        self.keys = [
            {"id": "da2-1", "expires": int((self.now + timedelta(days=days)).timestamp())} for days in shop.days_of_keys
        ]
        settings = {
            "LONGEST_HOLD_SECONDS": str(shop.longest_hold_seconds),
            "CUSTOMER_ID_REQUIRED": str(shop.customer_id_required).lower(),
            "WAREHOUSE_PRIORITY": json.dumps(shop.sourcing.warehouses),
            "SOURCING": shop.sourcing.sourcing,
            "DISPATCH_TRACKING": str(shop.tracks_dispatch).lower(),
            "SPREAD_RESERVATIONS": str(shop.spreads_reservations).lower(),
        }
        for name, value in (environment(names_of(shop.tables)) | settings).items():
            self._monkeypatch.setenv(name, value)
        self.stop()
        for getter in cached_getters():
            getter()  # as in a warm container: a boto3 session is not for threads to share

    def stop(self) -> None:
        """Leave no connection behind."""
        for getter in cached_getters():
            getter.cache_clear()

    def invoke(self, function: str, event: dict[str, Any], cut: Cut | None = None) -> Any:
        """Run a function once, stopped at the cut if there is one; the answer as its caller reads it."""
        module = importlib.import_module(function)
        for clocked in (module, *_routes(module)):
            if hasattr(clocked, "utc_now"):
                self._monkeypatch.setattr(clocked, "utc_now", lambda: self.now)
        self._run = Run(cut)
        answer = json.dumps(module.handler(json.loads(json.dumps(event)), CONTEXT))
        assert TASK_TOKEN not in answer, "a task token leaves the backend"
        return json.loads(answer)

    def calls(self) -> list[Call]:
        """What the last run asked of AWS."""
        return self._run.calls

    def send(self, request: Any) -> Any:
        """A signed request to AppSync."""
        answer = self._begin(Call("appsync", "EventPublish", json.loads(request.body)))
        assert "/appsync/aws4_request" in request.headers["Authorization"]
        self._after_call()
        status, content = answer or (NOT_FOUND, {})
        text = json.dumps(content)
        return SimpleNamespace(status_code=status.status_code, content=text.encode(), text=text)

    def _before_call(self, model: Any, params: dict[str, Any], **_: Any) -> Answer | None:
        return self._begin(Call.of(model, params))

    def _begin(self, call: Call) -> Answer | None:
        if self._run.is_stopped:
            raise Stopped(f"before {call}: other threads stop too")
        self._run.calls.append(call)
        self._run_others(len(self._run.calls) - 1)
        if self._run.meets("stopped before"):
            self._run.is_stopped = True
            raise Stopped(f"before {call}")
        return self._answer(call)

    def _run_others(self, call: int) -> None:
        due = [meanwhile for meanwhile in self.meanwhile if meanwhile.call == call]
        if not due:
            return
        later = [meanwhile for meanwhile in self.meanwhile if meanwhile.call != call]
        run, self.meanwhile = self._run, []  # nothing happens in the runs of others
        for meanwhile in due:
            meanwhile.action()
        self._run, self.meanwhile = run, later

    def _after_call(self, **_: Any) -> None:
        if self._run.meets("stopped after"):
            self._run.is_stopped = True
            raise Stopped("after a call")
        if self._run.meets("lost the answer of"):
            raise ConnectionClosedError(endpoint_url=SOMEWHERE)

    def _answer(self, call: Call) -> Answer | None:
        if call.service == "sns":
            self.published.append((call.request["TopicArn"], json.loads(call.request["Message"])))
            return OK, {"MessageId": "message", "ResponseMetadata": {}}
        if call.service == "stepfunctions":
            self.signalled.append((call.operation, call.request.get("error", "")))
            return OK, {"ResponseMetadata": {}}
        if call.service == "s3" and call.request.get("Bucket") == NAMES["ReadModelBucket"]:
            return self.read_model.answer(call)
        if call.service == "s3":
            return self._file(call)
        if call.service == "cloudwatch":
            return OK, {"MetricAlarms": [], "ResponseMetadata": {}}
        if call.operation in ("ListApiKeys", "UpdateApiKey", "CreateApiKey"):
            return self._key(call)
        return self.targets.answer(call)

    def _key(self, call: Call) -> Answer:
        if call.operation == "ListApiKeys":
            return OK, {"apiKeys": self.keys, "ResponseMetadata": {}}
        key = {"id": "da2-1", "expires": call.request["expires"]}
        self.keys = [key]
        return OK, {"apiKey": key, "ResponseMetadata": {}}

    def _file(self, call: Call) -> Answer:
        key = call.request["Key"]
        if call.operation == "PutObject":
            self.files[key] = call.request["Body"]
            return OK, {"ResponseMetadata": {}}
        if call.operation in PARTS_OF_A_FILE:
            if call.operation != "CreateMultipartUpload" and call.request.get("UploadId") not in self.parts:
                return NOT_FOUND, {"Error": {"Code": "NoSuchUpload", "Message": key}, "ResponseMetadata": {}}
            return OK, self._part_of_file(call, key) | {"ResponseMetadata": {}}
        if key not in self.files:
            return NOT_FOUND, {"Error": {"Code": "NoSuchKey", "Message": key}, "ResponseMetadata": {}}
        content = self.files[key]
        described = {"ETag": f'"{md5(content).hexdigest()}"', "ContentLength": len(content), "LastModified": ARRIVED_AT}
        return OK, {"Body": StreamingBody(io.BytesIO(content), len(content)), "ResponseMetadata": {}} | described

    def _part_of_file(self, call: Call, key: str) -> dict[str, str]:
        upload = call.request.get("UploadId") or f"upload-{len(self._run.calls)}-{len(self.parts)}"
        match call.operation:
            case "CreateMultipartUpload":
                self.parts[upload] = b""
                return {"UploadId": upload}
            case "UploadPart":
                self.parts[upload] += call.request["Body"]
                return {"ETag": f'"{md5(call.request["Body"]).hexdigest()}"'}
            case "CompleteMultipartUpload":
                self.files[key] = self.parts[upload]
        del self.parts[upload]
        return {}


def _routes(function: ModuleType) -> list[ModuleType]:
    """The modules that a function loads when they are called first."""
    parts = getattr(function, "PARTS", ())
    for part in parts:
        function.load_routes(part)
    return [sys.modules[f"admin_routes.{part}"] for part in parts]


def cached_getters() -> list[Any]:
    """What a container keeps from one invocation to the next."""
    return [getter for getter in vars(dependencies).values() if hasattr(getter, "cache_clear")]


def function_names() -> set[str]:
    """Every function of the component that writes a table: one file each."""
    return {Path(file).stem for file in (ROOT / "functions").glob("*.py")} - WRITE_NO_ROW


class _Clients:
    """The clients of all functions of this process: one is slow to create, and has no state.

    Their calls are those of the functions that were made last.
    """

    def __init__(self) -> None:
        self.functions: Functions
        self._clients: dict[tuple[str, str], Any] = {}
        self._session = botocore.session.get_session()
        self._session.register("before-call", lambda **call: self.functions._before_call(**call))
        self._session.register("after-call", lambda **call: self.functions._after_call(**call))

    def get(self, service: str, config: Config) -> Any:
        """A client with these settings; those that a function makes anew are equal, but not the same."""
        key = service, repr(sorted(vars(config).items()))
        if key not in self._clients:
            self._clients[key] = self._session.create_client(service, config=config)
        return self._clients[key]


@cache
def _clients(dynamodb_url: str, process_id: int) -> _Clients:
    """The clients of one database and one process: a fork must not share a connection."""
    return _Clients()


def _connection(dynamodb_url: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
    }
