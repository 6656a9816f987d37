"""AWS as the functions reach it: clients whose calls take virtual time and may fail as the SDK lets them fail."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.response import StreamingBody

from tests.simulation.platform.faults import Fault
from tests.simulation.platform.scheduler import Stopped
from tests.simulation.platform.stage import Stage
from tests.support.memory_dynamodb.client import METHODS, MemoryClient
from tests.support.memory_dynamodb.database import Database, cancelled
from tests.support.memory_dynamodb.values import refused

Request = dict[str, Any]
Service = Callable[[str, Request], Any]  # makes a call at once, by its operation and its parameters

# The SDK's own attempts, as dependencies.CONFIG sets them, and what it repeats.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
ATTEMPTS = 3
READ_TIMEOUT_SECONDS = 3.0
REPEATED_BY_THE_SDK = {
    "InternalError",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "ThrottlingException",
    "TransactionInProgressException",
}
THROTTLES = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sns": "ThrottlingException",
    "stepfunctions": "ThrottlingException",
    "s3": "SlowDown",
    "events": "ThrottlingException",
    "sqs": "ThrottlingException",
    "appsync": "ThrottlingException",
}
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # of each file: only uploads are counts of the time when they arrived
LATE_SECONDS_MAX = 5.0  # after the SDK gave up

OPERATIONS = {
    "sns": ("Publish",),
    "stepfunctions": (
        "StartExecution",
        "DescribeExecution",
        "GetExecutionHistory",
        "ListExecutions",
        "SendTaskSuccess",
        "SendTaskFailure",
        "SendTaskHeartbeat",
    ),
    "events": ("PutEvents",),
    "sqs": ("SendMessageBatch",),
    "s3": ("PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2"),
}


class Aws:
    """Makes calls for functions: at each, what the seed draws goes wrong."""

    def __init__(self, stage: Stage, database: Database, services: Mapping[str, Service]) -> None:
        self._scheduler = stage.scheduler
        self._faults = stage.faults
        self._story = stage.story
        self._database = database
        self._services = services
        self.calls = 0

    def client(self, service: str) -> Any:
        """A client of a service, as boto3 makes it."""
        methods = METHODS if service == "dynamodb" else {xform_name(name): name for name in OPERATIONS[service]}
        return MemoryClient(methods, lambda operation, request: self.call(service, operation, request))

    def call(self, service: str, operation: str, request: Request) -> Any:
        """One call of the SDK, which repeats what failed for a moment.

        Raises:
            Stopped: the process was stopped.
            ClientError, ReadTimeoutError: as the SDK raises them.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.attempt(service, operation, request)
            except (ClientError, ReadTimeoutError) as error:
                code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
                if attempt == ATTEMPTS - 1 or (code and code not in REPEATED_BY_THE_SDK):
                    raise
                self._wait(self._faults.pause(0.1))
        raise AssertionError("the last attempt returns or raises")

    def attempt(self, service: str, operation: str, request: Request) -> Any:
        """One attempt of a call; raises as `call` does."""
        self.calls += 1
        process = self._scheduler.process
        assert process, f"{operation} is called outside of a process"
        fault = self._faults.at_call(service, operation)
        if fault:
            self._story.add(f"{operation}: {fault}")
        if fault is Fault.STOPPED_BEFORE:
            process.is_stopped = True
            raise Stopped
        self._wait(self._faults.latency())
        make = partial(self._services[service], operation, request)
        self._fail_before(fault, service, operation, make)
        if fault is Fault.CONFLICT:
            self._conflict(operation, request)
        if fault is Fault.UNPROCESSED:
            return self._unprocessed(request)
        answer, error = None, None
        try:
            answer = make()
        except ClientError as raised:
            error = raised
        if fault is Fault.STOPPED_AFTER:
            process.is_stopped = True
            raise Stopped
        if fault is Fault.ANSWER_LOST:
            self._time_out()
        if error:
            raise error
        return answer

    def _fail_before(self, fault: Fault | None, service: str, operation: str, make: Callable[[], Any]) -> None:
        """What goes wrong before a call takes effect; of some errors nobody knows whether it did."""
        match fault:
            case Fault.THROTTLED:
                raise refused("slow down", operation, THROTTLES[service])
            case Fault.SERVER_ERROR:
                if self._faults.pick(2):
                    make_quietly(make)
                code = "InternalServerError" if service == "dynamodb" else "InternalError"
                raise refused("internal error", operation, code)
            case Fault.REQUEST_LOST:
                self._time_out()
            case Fault.LATE:
                late_by = READ_TIMEOUT_SECONDS + self._faults.pause(LATE_SECONDS_MAX)
                self._scheduler.after(late_by, lambda: make_quietly(make))
                self._time_out()
            case Fault.SLOW:
                self._wait(self._faults.pause(2.5))

    def _wait(self, seconds: float) -> None:
        assert self._scheduler.process
        self._scheduler.process.wait(seconds)

    def _time_out(self) -> None:
        self._wait(READ_TIMEOUT_SECONDS)
        raise ReadTimeoutError(endpoint_url="https://aws")

    def _conflict(self, operation: str, request: Request) -> None:
        """Another writer is at one of the items; the conditions of the others may fail besides."""
        if operation != "TransactWriteItems":
            raise refused("Transaction is ongoing for the item", operation, "TransactionConflictException")
        reasons = self._database.reasons_to_cancel(request)
        busy = self._faults.pick(len(reasons))
        reasons[busy] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        raise cancelled(reasons)

    def _unprocessed(self, request: Request) -> Any:
        """DynamoDB reads some of the keys only."""
        [(table, part)] = request["RequestItems"].items()
        read = self._faults.pick(len(part["Keys"]))
        left = part["Keys"][read:]
        if not read:
            return {"Responses": {table: []}, "UnprocessedKeys": {table: part}}
        answer = self._services["dynamodb"](
            "BatchGetItem", {"RequestItems": {table: part | {"Keys": part["Keys"][:read]}}}
        )
        return answer | {"UnprocessedKeys": {table: part | {"Keys": left}}}


def make_quietly(make: Callable[[], Any]) -> None:
    """Let a call take effect whose answer nobody gets."""
    try:
        make()
    except ClientError:
        pass


# --- the services without a file of their own


@dataclass(frozen=True)
class Message:
    """A message that SNS took."""

    at: float
    topic: str
    content: dict[str, Any]


@dataclass
class Topics:
    """SNS: keeps every message."""

    stage: Stage
    published: list[Message] = field(default_factory=list)

    def call(self, operation: str, request: Request) -> Any:
        message = Message(self.stage.scheduler.now, request["TopicArn"], json.loads(request["Message"]))
        self.published.append(message)
        self.stage.story.add(f"SNS takes: {request['Subject']}")
        return {"MessageId": str(len(self.published))}


@dataclass
class Bucket:
    """S3: keeps files, and calls `on_created` when one was written."""

    on_created: Callable[[str], None]
    files: dict[str, bytes] = field(default_factory=dict)

    def call(self, operation: str, request: Request) -> Any:
        key = request.get("Key", "")
        match operation:
            case "PutObject":
                if request.get("IfNoneMatch") == "*" and key in self.files:
                    raise refused(
                        "At least one of the pre-conditions you specified did not hold", code="PreconditionFailed"
                    )
                body = request["Body"]
                self.files[key] = body if isinstance(body, bytes) else str(body).encode()
                self.on_created(key)
                return {"ETag": _etag(self.files[key])}
            case "GetObject" | "HeadObject":
                if key not in self.files:
                    raise refused(
                        "The specified key does not exist.", code="NoSuchKey" if operation == "GetObject" else "404"
                    )
                content = self.files[key]
                described = {"ContentLength": len(content), "ETag": _etag(content), "LastModified": SOME_TIME}
                return {"Body": StreamingBody(io.BytesIO(content), len(content))} | described
            case "DeleteObject":
                self.files.pop(key, None)
                return {}
            case "ListObjectsV2":
                found = sorted(name for name in self.files if name.startswith(request.get("Prefix", "")))
                return {"Contents": [{"Key": name} for name in found], "KeyCount": len(found), "IsTruncated": False}
        raise refused(f"{operation} is not known here")


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
