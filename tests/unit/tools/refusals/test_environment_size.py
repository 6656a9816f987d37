"""A function's environment variables have at most 4 KB."""

import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import provisioners

from tests.support.waiting import until
from tests.unit.tools.refusals.in_process import client_of, error_of, package
from tools.local.refusals import environment_size
from tools.local.refusals.environment_size import BYTES_MAX, environment_error

LARGEST = {"NAME": "x" * (BYTES_MAX - len('{"NAME":""}'))}
TOO_LARGE = {"NAME": LARGEST["NAME"] + "x"}
MESSAGE = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    f"exceeded the 4KB limit. String measured: {json.dumps(TOO_LARGE, separators=(',', ':'))}"
)


def function(variables: Any) -> dict[str, Any]:
    """A function with these environment variables."""
    return {
        "FunctionName": f"f-{uuid4().hex}",
        "Runtime": "python3.13",
        "Handler": "index.f",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Environment": {"Variables": variables},
    }


def test_the_variables_may_be_as_large_as_the_limit() -> None:
    assert environment_error(LARGEST) is None
    assert environment_error({}) is None


@pytest.mark.parametrize(
    "variables", [TOO_LARGE, {"NAME": "ü" * 2050}, {f"N{number}": "value" for number in range(400)}]
)
def test_names_and_values_count_in_bytes(variables: Any) -> None:
    assert environment_error(variables)


def test_a_function_with_larger_variables_is_not_created_or_configured() -> None:
    functions = client_of("lambda", environment_size.limit_environment(lambda_svc.handle_request))
    code, accepted = {"ZipFile": package()}, function(LARGEST)
    functions.create_function(**accepted, Code=code)

    assert error_of(functions.create_function, **function(TOO_LARGE), Code=code) == (
        "InvalidParameterValueException",
        MESSAGE,
        400,
    )
    refused = error_of(
        functions.update_function_configuration,
        FunctionName=accepted["FunctionName"],
        Environment={"Variables": TOO_LARGE},
    )
    assert refused == ("InvalidParameterValueException", MESSAGE, 400)


@pytest.mark.parametrize(("variables", "expected"), [(LARGEST, "CREATE_COMPLETE"), (TOO_LARGE, "ROLLBACK_COMPLETE")])
def test_a_stack_with_larger_variables_fails(monkeypatch: pytest.MonkeyPatch, variables: Any, expected: str) -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    for name in ("create", "update"):
        monkeypatch.setitem(handlers, name, handlers[name])
    environment_size.limit_environment_in_stacks()
    stacks, name = client_of("cloudformation", cloudformation.handle_request), f"s-{uuid4().hex}"
    properties = function(variables) | {"Code": {"ZipFile": "def f(*_): pass"}}
    template = {"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}}}

    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])

    def status() -> str:
        [stack] = stacks.describe_stacks(StackName=name)["Stacks"]
        return str(stack["StackStatus"])

    until(lambda: not status().endswith("IN_PROGRESS"), "the end of the deployment", within_seconds=10)
    assert status() == expected
