"""A client of the tables in memory, with the methods and errors of a boto3 client."""

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from tests.support.memory_dynamodb.database import OPERATIONS, Database

Call = Callable[[str, dict[str, Any]], Any]
METHODS = {xform_name(operation): operation for operation in OPERATIONS}


class Exceptions:
    """The errors of a service as classes, by their codes: `client.exceptions.ConditionalCheckFailedException`."""

    def __getattr__(self, code: str) -> type[ClientError]:
        return error_class(code)


@cache
def error_class(code: str) -> type[ClientError]:
    """The class of an error with this code."""
    return type(code, (ClientError,), {})


def as_client_raises(error: ClientError, operation: str) -> ClientError:
    """An error as the client of its service raises it: of the class that its code names."""
    return error_class(error.response["Error"]["Code"])(error.response, operation)


class MemoryClient:
    """Has the methods of a boto3 client of one service.

    Args:
        methods: the operations of the service by the names of their methods.
        call: makes a call by its operation and its parameters.
    """

    exceptions = Exceptions()

    def __init__(self, methods: dict[str, str], call: Call) -> None:
        self._methods = methods
        self._call = call
        self.meta = SimpleNamespace(region_name="us-east-1")

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method not in self._methods:
            raise AttributeError(f"{method} is not known here")
        operation = self._methods[method]

        def call(**request: Any) -> Any:
            try:
                return self._call(operation, request)
            except ClientError as error:
                raise as_client_raises(error, operation) from None

        setattr(self, method, call)
        return call

    def get_paginator(self, method: str) -> Any:
        """The pages of a query or a scan."""

        def paginate(**request: Any) -> Iterator[Any]:
            while True:
                page = getattr(self, method)(**request)
                yield page
                if "LastEvaluatedKey" not in page:
                    return
                request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

        return SimpleNamespace(paginate=paginate)


def memory_client(database: Database) -> Any:
    """A client of a database in memory."""
    return MemoryClient(METHODS, database.call)
