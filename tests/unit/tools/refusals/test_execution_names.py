"""The name of an execution stays taken until 90 days after its end."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from moto.core.common_models import BackendDict
from moto.stepfunctions.exceptions import ExecutionAlreadyExists
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from tests.support.waiting import until
from tests.unit.tools.refusals.in_process import keep
from tools.local.refusals import execution_names
from tools.local.refusals.execution_names import NamedExecution, Verdict, verdict

NOW = datetime(2026, 11, 25, tzinfo=UTC)
RUNNING = NamedExecution("{}", ended=None)
PASSES = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
WAITS = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}})


def ended(age: timedelta) -> NamedExecution:
    """An execution that ended so long ago."""
    return NamedExecution("{}", ended=NOW - age)


@pytest.mark.parametrize(
    ("earlier", "new_input", "expected"),
    [
        (RUNNING, "{}", Verdict.RETURN_RUNNING),
        (RUNNING, '{"other": 1}', Verdict.REFUSE),
        (ended(timedelta(0)), "{}", Verdict.REFUSE),
        (ended(timedelta(days=89, hours=23)), "{}", Verdict.REFUSE),
        (ended(timedelta(days=90)), "{}", Verdict.START),
        (ended(timedelta(days=90)), '{"other": 1}', Verdict.START),
    ],
)
def test_a_name_means_the_running_execution_or_is_refused(
    earlier: NamedExecution, new_input: str, expected: Verdict
) -> None:
    assert verdict(earlier, new_input, NOW) is expected


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """moto's engine with the rule."""
    keep(monkeypatch, StepFunctionsParserBackend, "start_execution")
    keep(monkeypatch, StateMachine, "_handle_name_input_idempotency")
    execution_names.install()
    return BackendDict(StepFunctionsParserBackend, "stepfunctions")["000000000000"]["us-east-1"]


def machine(engine: Any, definition: str, kind: str = "STANDARD") -> str:
    """The ARN of a new state machine."""
    role = "arn:aws:iam::000000000000:role/r"
    arn: str = engine.create_state_machine(f"m-{uuid4().hex}", definition, role, sm_type=kind).arn
    return arn


def ended_execution(engine: Any, machine_arn: str, name: str) -> Any:
    """An execution that has ended."""
    execution = engine.start_execution(machine_arn, name, "{}")
    until(lambda: execution.status == "SUCCEEDED", "the end of the execution", within_seconds=10)
    return execution


def test_the_name_of_a_running_execution_means_this_execution(engine: Any) -> None:
    arn = machine(engine, WAITS)
    running = engine.start_execution(arn, "order-1", '{"a": 1}')

    assert engine.start_execution(arn, "order-1", '{"a": 1}') is running
    with pytest.raises(ExecutionAlreadyExists, match=f"Execution Already Exists: '{running.execution_arn}'"):
        engine.start_execution(arn, "order-1", '{"a": 2}')
    assert engine.start_execution(arn, "order-2", '{"a": 2}') is not running


def test_the_name_of_an_execution_that_ended_is_refused(engine: Any) -> None:
    arn = machine(engine, PASSES)
    ended_execution(engine, arn, "order-1")

    for execution_input in ("{}", '{"other": 1}'):
        with pytest.raises(ExecutionAlreadyExists):
            engine.start_execution(arn, "order-1", execution_input)


def test_a_name_is_free_90_days_after_the_end(engine: Any) -> None:
    arn = machine(engine, PASSES)
    earlier = ended_execution(engine, arn, "order-1")
    earlier.stop_date -= timedelta(days=90)

    later = ended_execution(engine, arn, "order-1")

    assert engine.describe_execution(earlier.execution_arn) is later is not earlier


def test_an_execution_without_a_name_gets_one(engine: Any) -> None:
    arn = machine(engine, PASSES)

    first, second = ended_execution(engine, arn, ""), engine.start_execution(arn, None, "{}")

    assert first.execution_arn != second.execution_arn


def test_names_of_express_executions_can_be_used_again(engine: Any) -> None:
    arn = machine(engine, PASSES, "EXPRESS")

    first = engine.start_execution(arn, "order-1", "{}")

    assert engine.start_execution(arn, "order-1", "{}") is not first
