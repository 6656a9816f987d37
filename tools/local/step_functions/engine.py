"""moto's Step Functions engine: runs the executions, whose tasks call the local AWS."""

import os
import sys
import threading
from functools import lru_cache
from typing import Any

from tools.local.parent_watchdog import end_with_supervisor
from tools.local.settings import ACCOUNT_ID, HOST, LocalSettings
from tools.local.step_functions import tokens as workflow_tokens


def main() -> None:
    """Serve until killed."""
    end_with_supervisor()
    settings = LocalSettings(port=int(sys.argv[2]))
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT_ID

    from tools.local.step_functions import clients as workflow_clients

    workflow_clients.install(settings.endpoint_url)

    from moto.core.config import default_user_config
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    from tools.local.step_functions import expressions as workflow_expressions

    workflow_expressions.install()
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    _start_executions_one_by_one()
    _issue_telling_tokens()
    _parse_each_definition_once()
    _hear_early_signals()
    application = DomainDispatcherApplication(create_backend_app)
    run_simple(HOST, settings.engine_port, application, threaded=True)


def _start_executions_one_by_one() -> None:
    """moto looks for an execution's name and takes it in two steps, so two calls at once could both start it."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    lock = threading.Lock()
    start_execution = StepFunctionsParserBackend.start_execution

    def start_one(self: Any, *arguments: Any, **options: Any) -> Any:
        with lock:
            return start_execution(self, *arguments, **options)

    StepFunctionsParserBackend.start_execution = start_one


def _issue_telling_tokens() -> None:
    """moto's own tokens are 36 characters that tell nothing."""
    from moto.stepfunctions.parser.asl.eval.states import ContextObject

    def update_task_token(self: Any) -> str:
        token = workflow_tokens.issue(self.context_object_data["StateMachine"]["Id"])
        self.context_object_data["Task"] = {"Token": token}
        return token

    ContextObject.update_task_token = update_task_token


def _parse_each_definition_once() -> None:
    """moto parses the definition for every execution; what comes of it keeps nothing of an execution."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    AmazonStateLanguageParser.parse = staticmethod(lru_cache(maxsize=64)(AmazonStateLanguageParser.parse))


def _hear_early_signals() -> None:
    """moto forgets a signal that comes between the storing of a token and the beginning of the wait."""
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
