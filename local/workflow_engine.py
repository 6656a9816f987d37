"""moto's Step Functions engine: runs the executions, whose tasks call the local AWS."""

import os
import sys
import threading
from typing import Any

from local.lifeline import end_with_supervisor
from local.settings import ACCOUNT_ID, HOST, LocalSettings


def main() -> None:
    """Serve until killed."""
    end_with_supervisor()
    settings = LocalSettings(port=int(sys.argv[2]))
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT_ID

    from local import workflow_clients  # noqa: PLC0415 - moto reads its environment on import

    workflow_clients.install(settings.endpoint_url)

    from moto.core.config import default_user_config  # noqa: PLC0415
    from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
    from werkzeug.serving import run_simple  # noqa: PLC0415

    from local import workflow_expressions  # noqa: PLC0415

    workflow_expressions.install()
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    _start_executions_one_by_one()
    application = DomainDispatcherApplication(create_backend_app)
    run_simple(HOST, settings.engine_port, application, threaded=True)


def _start_executions_one_by_one() -> None:
    """moto looks for an execution's name and takes it in two steps, so two calls at once could both start it."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend  # noqa: PLC0415

    lock = threading.Lock()
    start_execution = StepFunctionsParserBackend.start_execution

    def start_one(self: Any, *arguments: Any, **options: Any) -> Any:
        with lock:
            return start_execution(self, *arguments, **options)

    StepFunctionsParserBackend.start_execution = start_one


if __name__ == "__main__":
    main()
