"""A crowd at the checkout API: the real handler, many calls at once, in virtual time.

Step Functions answers the requests of the real SDK, and refuses those beyond its quotas. Its executions decide after a
while. Nobody sleeps, so two hundred checkouts that wait for five seconds take no time.
"""

import io
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

import checkout_api
from inventory import dependencies
from inventory.aws import clients, retries
from inventory.reservations import checkout
from inventory.reservations.reservation_request import ReservationRequest
from tests.simulation.platform.scheduler import Process, Scheduler
from tests.support.handlers import NAMES, cached_getters
from tests.support.http.gateway import CONTEXT, Answer, ApiRequest
from tests.support.memory_dynamodb import Database, MemoryClient
from tests.support.memory_dynamodb.client import METHODS
from tests.support.shop import Shop, create_tables, names_of
from tests.support.template.source import environment
from tools.local.refusals.throttling import Quota, TokenBucket

LAMBDA_SECONDS = 15.0  # the timeout of the function
CALL_SECONDS = 0.01  # of every call to AWS


class Body(io.BytesIO):
    """The body of an answer, which the SDK reads as a stream."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """All bytes at once."""
        yield self.read()


class Crowd:
    """Callers of the checkout API, the shop, and Step Functions.

    Args:
        decides_after: how many seconds an execution needs until it is decided; None for never.
        quotas: of Step Functions, by the name of the call.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        *,
        decides_after: float | None = 3.0,
        quotas: Mapping[str, Quota] | None = None,
    ) -> None:
        self.scheduler = Scheduler(0.0)
        self.decides_after = decides_after
        self.throttled: set[str] = set()  # calls of DynamoDB that are refused now
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.seconds: list[float] = []  # how long each call of the API took
        self.refused: Counter[str] = Counter()
        self.executions: dict[str, str] = {}  # the input of each, by its name
        self._buckets = {call: TokenBucket(quota, lambda: self.scheduler.now) for call, quota in (quotas or {}).items()}
        memory: Any = MemoryClient(METHODS, self._call_dynamodb)
        self._database = Database()
        self.shop = Shop(memory, create_tables(memory))
        for name, value in (environment(NAMES | names_of(self.shop.tables)) | CREDENTIALS).items():
            monkeypatch.setenv(name, value)
        real = clients.new_client

        def client(service: str, config: Any) -> Any:
            return memory if service == "dynamodb" else self._step_functions(real(service, config))

        monkeypatch.setattr(dependencies, "new_client", client)
        clock = SimpleNamespace(
            sleep=self._sleep, monotonic=lambda: self.scheduler.now, time=lambda: self.scheduler.now
        )
        for module in (checkout, retries, botocore.endpoint):
            monkeypatch.setattr(module, "time", clock)
        random.seed(0)
        for getter in cached_getters():
            getter.cache_clear()
        dependencies.checkouts()  # as in a warm container

    def arrive(self, *requests: tuple[str, Any], pause: float = 0.0) -> list[Answer]:
        """Send these requests, each a key and a content, with a pause between two; their answers in this order."""
        answers: list[Answer | None] = [None] * len(requests)
        for number, (key, content) in enumerate(requests):
            self.scheduler.after(number * pause, partial(self._send, answers, number, key, content))
        self.scheduler.run(self.scheduler.now + len(requests) * pause + 2 * LAMBDA_SECONDS)
        assert all(answers), "a function was stopped by its timeout"
        return [answer for answer in answers if answer]

    def calls_of(self, operation: str) -> list[dict[str, Any]]:
        """The requests of one operation that reached AWS, refused ones included."""
        return [request for name, request in self.calls if name == operation]

    def _send(self, answers: list[Answer | None], number: int, key: str, content: Any) -> None:
        began = self.scheduler.now
        event = ApiRequest("POST", "/reservations", json.dumps(content), headers={"Idempotency-Key": key}).event()
        process = Process(self.scheduler, deadline=began + LAMBDA_SECONDS, clock_error=0.0)

        def end(answer: Any, error: BaseException | None) -> None:
            if error:
                raise error
            self.seconds.append(self.scheduler.now - began)
            headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
            answers[number] = Answer(answer["statusCode"], json.loads(answer["body"]), headers)

        process.start(lambda: checkout_api.handler(event, CONTEXT), end)

    def _sleep(self, seconds: float) -> None:
        if self.scheduler.process:
            self.scheduler.process.wait(seconds)

    def _call_dynamodb(self, operation: str, request: dict[str, Any]) -> Any:
        if self.scheduler.process:  # a call of the API, and not of an execution
            self.calls.append((operation, request))
            self._sleep(CALL_SECONDS)
            if operation in self.throttled:
                error: Any = {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}
                raise ClientError(error, operation)
        return self._database.call(operation, request)

    def _step_functions(self, client: Any) -> Any:
        client.meta.events.register("before-send", self._answer)
        return client

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer one attempt of a call, as Step Functions does."""
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        body: Any = request.body
        content = json.loads(body)
        self.calls.append((operation, content))
        self._sleep(CALL_SECONDS)
        status, answer = self._called(operation, content)
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, status, headers, Body(json.dumps(answer).encode()))

    def _called(self, operation: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        bucket = self._buckets.get(operation)
        if bucket and not bucket.take():
            self.refused[operation] += 1
            return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        if operation == "DescribeExecution":
            name = content["executionArn"].rpartition(":")[2]
            running = {"executionArn": content["executionArn"], "status": "RUNNING", "startDate": 0}
            return 200, running | {"stateMachineArn": NAMES["ReservationStateMachine"], "input": self.executions[name]}
        assert operation == "StartExecution", operation
        name = content["name"]
        if name not in self.executions:
            self.executions[name] = content["input"]
            if self.decides_after is not None:
                self.scheduler.after(self.decides_after, lambda: self._decide(name))
        elif json.loads(self.executions[name]) != json.loads(content["input"]):
            return 400, {"__type": "ExecutionAlreadyExists", "message": "Execution Already Exists"}
        return 200, {"executionArn": f"arn:{name}", "startDate": 0}

    def _decide(self, name: str) -> None:
        request = ReservationRequest.parse(json.loads(self.executions[name]))
        self.shop.reservations.reserve(request.id_under(name), request, self.shop.policy, self.shop.now())


CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def customers(number: int, quantity: int = 1) -> list[tuple[str, Any]]:
    """A key and a cart for each of so many customers."""
    carts = ({"lines": [{"product_id": "P-1", "quantity": quantity}]} for _ in itertools.count())
    return [(f"order-{key}", cart) for key, cart in zip(range(number), carts, strict=False)]
