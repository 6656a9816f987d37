"""Keeps the name of an execution taken until 90 days after its end, as Step Functions does.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
moto keeps a name for ever. It also keeps the names of express executions, and takes all executions without a name for
one, because it does not generate names.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import uuid4

TAKEN_DAYS = 90


class Verdict(Enum):
    """What happens to a call of StartExecution whose name was used before."""

    START = "start"
    RETURN_RUNNING = "return the running execution"
    REFUSE = "ExecutionAlreadyExists"


@dataclass(frozen=True)
class NamedExecution:
    """An execution of a standard workflow. `ended` is None while it runs."""

    input: str
    ended: datetime | None


def verdict(earlier: NamedExecution, new_input: str, now: datetime) -> Verdict:
    """Whether a name is free again, means the running execution, or is refused."""
    if earlier.ended is None:
        return Verdict.RETURN_RUNNING if earlier.input == new_input else Verdict.REFUSE
    return Verdict.START if now - earlier.ended >= timedelta(days=TAKEN_DAYS) else Verdict.REFUSE


def install() -> None:
    """Patch moto's start of an execution."""
    from moto.stepfunctions.exceptions import ExecutionAlreadyExists
    from moto.stepfunctions.models import StateMachine
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    start = StepFunctionsParserBackend.start_execution

    def start_named(self: Any, state_machine_arn: str, name: str | None = None, *others: Any, **options: Any) -> Any:
        return start(self, state_machine_arn, name or str(uuid4()), *others, **options)

    def find_running(self: Any, name: str, new_input: str) -> Any:
        if self.type == "EXPRESS":
            return None
        for execution in [each for each in self.executions if each.name == name]:
            match verdict(_named(execution), new_input, datetime.now(UTC)):
                case Verdict.RETURN_RUNNING:
                    return execution
                case Verdict.REFUSE:
                    raise ExecutionAlreadyExists(f"Execution Already Exists: '{execution.execution_arn}'")
                case Verdict.START:
                    self.executions.remove(execution)  # its ARN means the new execution from now on
        return None

    StepFunctionsParserBackend.start_execution = start_named
    StateMachine._handle_name_input_idempotency = find_running


def _named(execution: Any) -> NamedExecution:
    return NamedExecution(execution.execution_input, None if execution.status == "RUNNING" else execution.stop_date)
