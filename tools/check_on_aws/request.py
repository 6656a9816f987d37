"""The request of a case, and what differs in its answer.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.check_on_aws.case import CAUSE, Case, Expected, Failure, Json, Retrying
from tools.check_on_aws.definition import EXECUTION_NAME, Definition, State, Target, states

STARTED_AT = "2026-11-01T10:00:00.000Z"
TASK_TOKEN = "a-task-token"  # noqa: S105  # invented
MISSING = "nothing"


def request_of(case: Case, definition: Definition, target: Target) -> dict[str, Any]:
    """The parameters of TestState for a case: without a role, as a mocked state calls nothing."""
    parameters: dict[str, Any] = {
        "definition": json.dumps(definition),
        "stateName": case.state,
        "input": json.dumps(case.input),
        "variables": json.dumps(case.variables),
        "inspectionLevel": "DEBUG",
    }
    if case.mock is None:
        return parameters
    if isinstance(case.mock, Failure):
        parameters["mock"] = {"errorOutput": {"error": case.mock.error, "cause": CAUSE}}
        parameters["stateConfiguration"] = {"retrierRetryCount": case.mock.retries}
    else:
        # STRICT: the result must be valid for the API that the task calls.
        parameters["mock"] = {"result": json.dumps(case.mock.value), "fieldValidationMode": "STRICT"}
    state = states(definition)[case.state]
    # A context may be given only together with a mock. One without Map cannot be given to a state in a Map.
    if "$states.context" in json.dumps(state):
        parameters["context"] = json.dumps(_context(case.state, state, target.execution_arn))
    return parameters


def _context(name: str, state: State, execution: str) -> dict[str, Any]:
    machine = execution.replace(":execution:", ":stateMachine:").removesuffix(f":{EXECUTION_NAME}")
    context: dict[str, Any] = {
        "Execution": {"Id": execution, "Name": EXECUTION_NAME, "StartTime": STARTED_AT},
        "State": {"Name": name, "EnteredTime": STARTED_AT},
        "StateMachine": {"Id": machine, "Name": machine.rpartition(":")[2]},
    }
    if str(state.get("Resource", "")).endswith(".waitForTaskToken"):  # refused for any other state
        context["Task"] = {"Token": TASK_TOKEN}
    return context


def differences(case: Case, answer: Mapping[str, Any]) -> list[str]:
    """What differs between the expected answer and the given one; empty if nothing does."""
    expected = case.expected
    inspected = answer.get("inspectionData", {})
    return [
        f"{name} is {_shown(found)}, not {_shown(wanted)}"
        for name, found, wanted in (
            ("status", answer.get("status"), expected.status),
            ("the next state", answer.get("nextState"), expected.next_state),
            ("error", answer.get("error"), expected.error),
            ("cause", answer.get("cause"), expected.cause),
            *_outputs(answer, expected),
            *_arguments(inspected, expected),
            *_variables(inspected, case),
            *_handlers(inspected.get("errorDetails", {}), expected),
        )
        if found != wanted
    ]


Compared = Iterator[tuple[str, Json, Json]]


def _outputs(answer: Mapping[str, Any], expected: Expected) -> Compared:
    if expected.status in ("SUCCEEDED", "CAUGHT_ERROR"):
        yield "output", _parsed(answer.get("output")), expected.output


def _arguments(inspected: Mapping[str, Any], expected: Expected) -> Compared:
    if expected.arguments is not None:
        yield "Arguments", _parsed(inspected.get("afterArguments")), expected.arguments


def _variables(inspected: Mapping[str, Any], case: Case) -> Compared:
    """All variables after the state: those that it was given, and those that it assigned."""
    if "variables" in inspected or case.expected.assigns:
        yield "variables", _parsed(inspected.get("variables")), {**case.variables, **case.expected.assigns}


def _handlers(details: Mapping[str, Any], expected: Expected) -> Compared:
    retrying = expected.retrying
    if retrying is None:
        yield "the index in Catch", details.get("catchIndex"), expected.catch
        return
    yield "the index in Retry", details.get("retryIndex"), retrying.index
    yield "the pause before the retry", *_pause(details.get("retryBackoffIntervalSeconds"), retrying)


def _pause(seconds: float | None, retrying: Retrying) -> tuple[Json, Json]:
    """With full jitter any pause up to the longest one is right."""
    if seconds is not None and 0 <= seconds <= retrying.longest_pause:
        return seconds, seconds
    return seconds, f"between 0 and {retrying.longest_pause:g} s"


def _parsed(text: str | None) -> Json:
    return None if text is None else json.loads(text)


def _shown(value: Json) -> str:
    if value is None:
        return MISSING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
