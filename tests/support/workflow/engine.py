"""moto's Step Functions engine in this process. It runs the unchanged definition, without pauses between retries."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from types import SimpleNamespace
from typing import Any
from wsgiref.types import WSGIApplication

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_sns,
)
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from tools.local.step_functions import expressions as workflow_expressions
from tools.local.step_functions import timeouts as workflow_timeouts

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"

# The engine signs its calls with this key, which distinguishes them from the calls of functions.
ENGINE_KEY = "engine"


class SdkClientException(ClientError):
    """Step Functions' error for a service that it cannot reach. moto takes the name of an error from its class."""


@contextmanager
def step_functions() -> Iterator[WSGIApplication]:
    """The engine and SNS, as a WSGI application that has the HTTP API of AWS."""
    with pytest.MonkeyPatch.context() as patch:
        workflow_expressions.install()
        workflow_timeouts.install()
        patch.setitem(default_user_config["stepfunctions"], "execute_state_machine", True)
        patch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: None))
        yield DomainDispatcherApplication(create_backend_app)


@contextmanager
def calling(endpoint_url: str) -> Iterator[None]:
    """Let the engine's tasks call this endpoint."""
    clients = Clients(endpoint_url)
    with pytest.MonkeyPatch.context() as patch:
        for module in (lambda_eval_utils, state_task_service_aws_sdk, state_task_service_sns):
            patch.setattr(module, "boto_client_for", clients.client_for)
        yield


class Clients:
    """The clients of the engine's tasks, which are cached: moto creates one for each call, which is slow."""

    def __init__(self, endpoint_url: str) -> None:
        self._session = boto3.Session(ENGINE_KEY, "secret", region_name=REGION)
        self._endpoint_url = endpoint_url
        self._lock = Lock()  # a session makes one client at a time
        self._cached_client = lru_cache(self._client)

    def client_for(self, region: str, service: str, state_credentials: Any = None) -> BaseClient:
        """Replaces moto's `boto_client_for`."""
        with self._lock:
            return self._cached_client(service)

    def _client(self, service: str) -> BaseClient:
        client: BaseClient = self._session.client(  # type: ignore[call-overload]  # any service
            service,
            endpoint_url=self._endpoint_url,
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=64),
        )
        client.meta.events.register("after-call", _raise_unreachable)
        return client


def _raise_unreachable(parsed: Any, model: Any, **_: Any) -> None:
    if parsed.get("Error", {}).get("Code") == SdkClientException.__name__:
        raise SdkClientException(parsed, model.name)


def can_receive_signals(execution_arn: str) -> bool:
    """Whether an execution waits and can receive a signal.

    moto stores the token some milliseconds before it listens, and loses a signal that comes in between.
    """
    environment = _execution(execution_arn).exec_worker.env
    callbacks = environment.callback_pool_manager._pool.values() if environment else ()
    return any(callback._heartbeat_endpoint is not None for callback in callbacks)


def is_running(execution_arn: str) -> bool:
    """Whether an execution has not ended. Reads the engine's state directly, because tests poll it often."""
    running: bool = _execution(execution_arn).status == "RUNNING"
    return running


def _execution(execution_arn: str) -> Any:
    return stepfunctions_parser_backends[ACCOUNT_ID][REGION].describe_execution(execution_arn)
