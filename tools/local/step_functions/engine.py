"""Runs moto's Step Functions engine, which executes the state machines; their tasks call the local AWS."""

import os
import sys
import threading
from functools import lru_cache
from typing import Any

from tools.local.processes.parent_watchdog import exit_with_parent
from tools.local.settings import ACCOUNT_ID, HOST, LocalSettings
from tools.local.step_functions import tokens


def main() -> None:
    """Serve until the process is killed."""
    exit_with_parent()
    settings = LocalSettings(port=int(sys.argv[2]))
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT_ID

    from tools.local.step_functions import clients

    clients.install(settings.endpoint_url)

    from moto.core.config import default_user_config
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    from tools.local.refusals import execution_names
    from tools.local.step_functions import expressions, starts, status_events, timeouts

    status_events.publish_from_engine(settings.endpoint_url)
    expressions.install()
    starts.install()
    timeouts.install()
    execution_names.install()
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    _serialize_starts()
    _issue_tokens_with_arn()
    _parse_each_definition_once()
    _keep_early_signals()
    application = DomainDispatcherApplication(create_backend_app)
    run_simple(HOST, settings.engine_port, application, threaded=True)


def _serialize_starts() -> None:
    """Start one execution at a time: moto checks and takes a name in two steps, so two calls could take the same one."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    lock = threading.Lock()
    start_execution = StepFunctionsParserBackend.start_execution

    def start_serialized(self: Any, *arguments: Any, **options: Any) -> Any:
        with lock:
            return start_execution(self, *arguments, **options)

    StepFunctionsParserBackend.start_execution = start_serialized


def _issue_tokens_with_arn() -> None:
    """Issue our own task tokens: moto's tokens do not contain the state machine's ARN."""
    from moto.stepfunctions.parser.asl.eval.states import ContextObject

    def update_task_token(self: Any) -> str:
        token = tokens.issue(self.context_object_data["StateMachine"]["Id"])
        self.context_object_data["Task"] = {"Token": token}
        return token

    ContextObject.update_task_token = update_task_token


def _parse_each_definition_once() -> None:
    """Cache parsed definitions: moto parses them for every execution, and the result holds no state of an execution."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    AmazonStateLanguageParser.parse = staticmethod(lru_cache(maxsize=64)(AmazonStateLanguageParser.parse))


def _keep_early_signals() -> None:
    """Keep a signal that arrives after a token was issued and before the task waits for it; moto loses it."""
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

    setup_heartbeat_endpoint = CallbackEndpoint.setup_heartbeat_endpoint

    def set_up(self: Any, heartbeat_seconds: int) -> Any:
        endpoint = setup_heartbeat_endpoint(self, heartbeat_seconds)
        if self.get_outcome():
            endpoint.notify()
        return endpoint

    CallbackEndpoint.setup_heartbeat_endpoint = set_up


if __name__ == "__main__":
    main()
