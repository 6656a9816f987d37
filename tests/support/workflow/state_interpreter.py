"""A double of TestState: runs one state as AWS documents it, because no emulator runs a state with a mocked result.

It refuses what AWS refuses: parameters that the service's model does not have, a mock where none may be, a context
without a mock. https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tools.local.step_functions.expressions import declarations, evaluate

Answer = dict[str, Any]
State = dict[str, Any]


class StateError(Exception):
    """The state fails with an error and a cause."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause


class QueryEvaluationError(StateError):
    """An expression has no value. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html"""

    def __init__(self, expression: str) -> None:
        super().__init__("States.QueryEvaluationError", f"{expression} returned nothing")


class StateInterpreter:
    """Has the method of a boto3 client, and counts its calls."""

    def __init__(self) -> None:
        model = boto3.client("stepfunctions", region_name="us-east-1").meta.service_model
        self._input_shape: Any = model.operation_model("TestState").input_shape
        self.calls = 0

    def test_state(self, **parameters: Any) -> Answer:
        """Run one state."""
        self.calls += 1
        report = ParamValidator().validate(parameters, self._input_shape)
        assert not report.has_errors(), report.generate_report()
        definition = json.loads(parameters["definition"])
        state = next((state for name, state in _states(definition) if name == parameters["stateName"]), None)
        if state is None:
            raise _refused("State not found in definition")
        mock = parameters.get("mock", {})
        context = json.loads(parameters["context"]) if "context" in parameters else {}
        _check_mock(state, mock, "context" in parameters)
        _check_context(state, context)
        run = _Run(
            state,
            input=json.loads(parameters.get("input", "{}")),
            variables=json.loads(parameters.get("variables", "{}")),
            context=context,
            retries=parameters.get("stateConfiguration", {}).get("retrierRetryCount", 0),
        )
        return run.answer(mock)


def _states(scope: dict[str, Any]) -> Iterator[tuple[str, State]]:
    for name, state in scope["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _states(state["ItemProcessor"])


def _check_mock(state: State, mock: dict[str, Any], has_context: bool) -> None:
    if mock and state["Type"] not in ("Task", "Map", "Parallel"):
        raise _refused(f"State type '{state['Type']}' is not supported when a mock is specified")
    if not mock and (state["Type"] in ("Map", "Parallel") or state.get("Resource", "").endswith(".waitForTaskToken")):
        raise _refused("TestState needs a mock for this state")
    if not mock and state["Type"] == "Task":
        raise _refused("roleArn is required")
    if has_context and not mock:
        raise _refused("context may only be specified if a mock is specified")
    if {"result", "errorOutput"} <= mock.keys():
        raise _refused("A test mock should have only one of the following fields: [result, errorOutput].")
    if state["Type"] == "Map" and not isinstance(json.loads(mock.get("result", "[]")), list):
        raise _refused("Mocked result must be an array.")


def _check_context(state: State, context: dict[str, Any]) -> None:
    if not context.keys() <= {"Execution", "State", "StateMachine", "Task"}:
        raise _refused("Invalid Context object provided")
    if "Task" in context and not state.get("Resource", "").endswith(".waitForTaskToken"):
        raise _refused("Invalid Context object provided: Context object contains 'Task'")


def _refused(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationException", "Message": message}}, "TestState")


@dataclass
class _Run:
    """One state, while it runs."""

    state: State
    input: Any
    variables: dict[str, Any]
    context: dict[str, Any]
    retries: int

    def answer(self, mock: dict[str, Any]) -> Answer:
        inspected: dict[str, Any] = {"input": json.dumps(self.input)}
        try:
            answer = self._succeed(mock, inspected)
        except StateError as failure:
            answer = self._handled(failure, inspected)
        return answer | {"inspectionData": inspected | {"variables": json.dumps(self.variables)}}

    def _succeed(self, mock: dict[str, Any], inspected: dict[str, Any]) -> Answer:
        state, kind = self.state, self.state["Type"]
        if kind == "Fail":
            raise StateError(self._filled(state["Error"]), self._filled(state["Cause"]))
        if kind == "Choice":
            return {"status": "SUCCEEDED", "nextState": self._chosen(), "output": json.dumps(self.input)}
        if kind == "Succeed":
            return {"status": "SUCCEEDED", "output": json.dumps(self._filled(state.get("Output", self.input)))}
        if kind == "Map" and not isinstance(self._filled(state["Items"]), list):
            raise QueryEvaluationError(state["Items"])
        if "Arguments" in state:
            inspected["afterArguments"] = json.dumps(self._filled(state["Arguments"]))
        if "errorOutput" in mock:
            raise StateError(mock["errorOutput"]["error"], mock["errorOutput"]["cause"])
        result = json.loads(mock["result"])
        output = self._filled(state["Output"], result=result) if "Output" in state else result
        self.variables |= self._filled(state.get("Assign", {}), result=result)
        return {"status": "SUCCEEDED", "output": json.dumps(output)} | _following(state)

    def _chosen(self) -> str:
        for choice in self.state["Choices"]:
            if self._filled(choice["Condition"]) is True:
                chosen: str = choice["Next"]
                return chosen
        default: str = self.state["Default"]
        return default

    def _handled(self, failure: StateError, inspected: dict[str, Any]) -> Answer:
        """The first Retry that names the error and has attempts left, or the first Catch that names it."""
        error = {"error": failure.error, "cause": failure.cause}
        for index, retrier in enumerate(self.state.get("Retry", ())):
            if _names(retrier["ErrorEquals"], failure.error):
                if self.retries >= retrier["MaxAttempts"]:
                    break
                pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** self.retries
                seconds = int(min(pause, retrier.get("MaxDelaySeconds", pause)))
                inspected["errorDetails"] = {"retryIndex": index, "retryBackoffIntervalSeconds": seconds}
                return {"status": "RETRIABLE"} | error
        for index, catcher in enumerate(self.state.get("Catch", ())):
            if _names(catcher["ErrorEquals"], failure.error):
                inspected["errorDetails"] = {"catchIndex": index}
                output = {"Error": failure.error, "Cause": failure.cause}
                self.variables |= self._filled(catcher.get("Assign", {}), errorOutput=output)
                return {"status": "CAUGHT_ERROR", "output": json.dumps(output)} | error | _following(catcher)
        return {"status": "FAILED"} | error

    def _filled(self, template: Any, **states: Any) -> Any:
        """A template with its JSONata expressions evaluated."""
        if isinstance(template, dict):
            return {name: self._filled(value, **states) for name, value in template.items()}
        if isinstance(template, list):
            return [self._filled(value, **states) for value in template]
        if isinstance(template, str) and template.startswith("{%") and template.endswith("%}"):
            return self._value(template[2:-2].strip(), {"input": self.input, "context": self.context, **states})
        return template

    def _value(self, expression: str, states: dict[str, Any]) -> Any:
        bindings = {f"${name}": value for name, value in {**self.variables, "states": states}.items()}
        try:
            value = evaluate(f"({declarations(bindings)}{expression})")
        except Exception as error:  # whatever the parser raises is an error of the expression
            raise QueryEvaluationError(f"{expression}: {error}") from error
        if value is None:
            raise QueryEvaluationError(expression)
        return value


def _following(follower: dict[str, Any]) -> dict[str, str]:
    return {"nextState": follower["Next"]} if "Next" in follower else {}


def _names(error_equals: list[str], error: str) -> bool:
    if error in error_equals or "States.ALL" in error_equals:
        return True
    return "States.TaskFailed" in error_equals and error not in ("States.Timeout", "States.HeartbeatTimeout")
