"""The functions as Lambda runs them: the handlers that the template names, in this process, with Lambda's errors."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from uuid import uuid4

from inventory import dependencies
from tests.support.handlers import cached_getters
from tests.support.template.source import resource
from tests.support.workflow.engine import ACCOUNT_ID, REGION

Handler = Callable[[Any, Any], Any]


class FunctionFailed(Exception):
    """A function ended with an error; `payload` is Lambda's answer."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.payload = {"errorMessage": message, "errorType": error_type, "requestId": str(uuid4())}


@dataclass(frozen=True)
class Context:
    """The context that Lambda passes to a handler."""

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int = 512

    @property
    def invoked_function_arn(self) -> str:
        return function_arn(self.function_name)

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def function_arn(function: str) -> str:
    """The ARN of a function of the template."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{function}"


def invoke(function: str, payload: bytes | str) -> Any:
    """Invoke a function, and return its answer.

    Raises:
        FunctionFailed: the handler raised an error.
    """
    try:
        answer = _handler(function)(json.loads(payload), Context(function, str(uuid4())))
        return json.loads(json.dumps(answer))
    except Exception as error:
        raise FunctionFailed(type(error).__name__, str(error)) from error


@cache
def _handler(function: str) -> Handler:
    module, _, name = resource(function)["Handler"].rpartition(".")
    handler: Handler = getattr(import_module(module), name)
    return handler


def cold_start() -> None:
    """Clear everything that a container caches, and create its connections again before concurrent calls need them."""
    for getter in cached_getters():
        getter.cache_clear()
    for connect in (dependencies.reservations, dependencies.payments, dependencies.due_queue):
        connect()
