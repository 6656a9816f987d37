"""The two programs that are compared: our function with a request, and the calls that it makes in bare boto3."""

import io
import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import run
from sys import executable
from typing import Any

from botocore import xform_name

from inventory.model import utc_now
from inventory.reservations.reservation_request import ReservationRequest
from tests.support.handlers import NAMES
from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import Shop, create_tables, names_of
from tests.support.template.source import environment
from tools.bench.functions.endpoint import Call, Endpoint, serve
from tools.bench.functions.requests import MeasuredRequest

ENDS_WITHIN_SECONDS = 300
ANSWER = "answer: "
LOADED = "loaded: "
BARE_CONFIG = "Config(connect_timeout=1, read_timeout=3, retries={'mode': 'standard', 'total_max_attempts': 3}, tcp_keepalive=True)"
# What our clients leave out of each call.
OUR_CONFIG = f"{BARE_CONFIG}.merge(Config(parameter_validation=False, user_agent='inventory'))"

# As in Lambda: the package comes first, then the SDK. A test process has many more modules.
CONTEXT = """
class Context:
    function_name = "function"
    memory_limit_in_mb = "512"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "request"
    get_remaining_time_in_millis = lambda self: 15_000
"""


@dataclass(frozen=True)
class Deployed:
    """Where a function's package and the SDK of its runtime are."""

    package: Path
    sdk: Path


@dataclass(frozen=True)
class Pair:
    """A request of a function with the calls that it makes, and the endpoint that answers them."""

    request: MeasuredRequest
    event: dict[str, Any]
    endpoint: Endpoint
    environment: dict[str, str]
    deployed: Deployed
    calls: tuple[Call, ...] = ()

    @property
    def ours(self) -> str:
        """A program that loads the function and lets it answer the request."""
        module = self.request.module
        return (
            f"import json, sys\nsys.path[:0] = [{str(self.deployed.package)!r}, {str(self.deployed.sdk)!r}]\n"
            f"import {module}\n{CONTEXT}"
            f"answer = {module}.handler(json.loads({json.dumps(self.event)!r}), Context())\n"
            f"sys.stderr.write({ANSWER!r} + json.dumps(answer) + chr(10))\n"
        )

    @property
    def bare(self) -> str:
        """A program that makes the same calls with a boto3 client of each service."""
        lines = ["import sys", f"sys.path[:0] = [{str(self.deployed.sdk)!r}]", "import boto3"]
        lines += [*bare_client_lines(self.calls), *map(in_boto3, self.calls)]
        return "\n".join(lines)

    def run(self, program: str, *prefix: str) -> str:
        """Run a program, without what this process has, and return what it wrote to its standard error."""
        if self.calls:
            self.endpoint.replay(self.calls)
        ended = run(
            [*prefix, executable, "-S", "-s", "-c", program],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(f"the measured program failed:\n{ended.stderr}")
        return ended.stderr

    def loaded(self) -> set[str]:
        """The packages that our function loads for the request."""
        errors = self.run(f"{self.ours}sys.stderr.write({LOADED!r} + json.dumps(list(sys.modules)) + chr(10))\n")
        self.check(errors)
        [modules] = [json.loads(line.removeprefix(LOADED)) for line in errors.splitlines() if line.startswith(LOADED)]
        return {name.partition(".")[0] for name in modules}

    def check(self, errors: str) -> None:
        """Check that our function has done everything, from what it wrote."""
        [answer] = [json.loads(line.removeprefix(ANSWER)) for line in errors.splitlines() if line.startswith(ANSWER)]
        if not self.request.is_done(answer):
            raise RuntimeError(f"{self.request.function} did not do what is measured: {answer}")


def bare_client_lines(calls: Iterable[Call]) -> list[str]:
    """Statements that make a client of each service: it waits and retries as ours do, and is boto3's default otherwise."""
    return ["from botocore.config import Config", f"config = {BARE_CONFIG}", *client_lines(calls)]


def client_lines(calls: Iterable[Call]) -> list[str]:
    """Statements that make a client of each service with the settings in `config`."""
    services = dict.fromkeys(call.service for call in calls)
    return [f"{service} = boto3.client({service!r}, config=config)" for service in services]


def in_boto3(call: Call) -> str:
    """A call as a statement."""
    return f"{call.service}.{xform_name(call.operation)}(**{call.request!r})"


@contextmanager
def pair(request: MeasuredRequest, deployed: Deployed) -> Iterator[Pair]:
    """Run a function once over tables in memory, to find the calls that it makes."""
    database = Database()
    tables = create_tables(memory_client(database))
    shop = Shop(memory_client(database), tables)
    with _quiet():
        event = request.event(shop)
    endpoint = Endpoint(database, lambda name, content: _reserve(shop, name, content))
    with serve(endpoint):
        settings = environment(NAMES | names_of(tables)) | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint.url,
            "POWERTOOLS_SERVICE_NAME": "inventory",
            "PYTHONDONTWRITEBYTECODE": "1",  # a deployed package is read-only
            "PYTHONHASHSEED": "0",
        }
        first = Pair(request, event, endpoint, settings, deployed)
        calls = endpoint.record()
        with _quiet():
            first.check(first.run(first.ours))
        yield replace(first, calls=tuple(calls))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log lines and metrics of what happens in this process."""
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


def _reserve(shop: Shop, name: str, content: Any) -> None:
    """What the workflow's first step does."""
    shop.reservations.reserve(name, ReservationRequest.parse(content), shop.policy, utc_now())
