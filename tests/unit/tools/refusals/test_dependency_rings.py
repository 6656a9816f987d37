"""Resources that depend on each other in a ring are refused."""

import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers

from tests.unit.tools.refusals.in_process import client_of, deploy_nested, error_of, keep
from tools.local.refusals import dependency_rings
from tools.local.refusals.dependency_rings import ring_error, rings

QUEUE = "AWS::SQS::Queue"


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """CloudFormation with the rule."""
    for module in (engine, handlers, changesets):
        keep(monkeypatch, module, "validate_template_support")
    keep(monkeypatch, engine, "_topological_sort")
    dependency_rings.install()
    return client_of("cloudformation", cloudformation.handle_request)


def refers_to(value: Any) -> dict[str, Any]:
    """A resource with a value in its properties."""
    return {"Type": QUEUE, "Properties": {"Tags": [{"Key": "k", "Value": value}]}}


REFERENCES: dict[str, Any] = {
    "Ref": {"Ref": "B"},
    "GetAtt": {"Fn::GetAtt": ["B", "Arn"]},
    "GetAtt as text": {"Fn::GetAtt": "B.Arn"},
    "Sub": {"Fn::Sub": "x ${B} y"},
    "Sub of an attribute": {"Fn::Sub": "${B.Arn}"},
    "variable of Sub": {"Fn::Sub": ["${X}", {"X": {"Ref": "B"}}]},
    "both in Sub": {"Fn::Sub": ["${B}${X}", {"X": "1"}]},
    "Join": {"Fn::Join": ["", ["x", {"Ref": "B"}]]},
    "If": {"Fn::If": ["IsOn", {"Ref": "B"}, "no"]},
    "other branch of If": {"Fn::If": ["IsOn", "yes", {"Ref": "B"}]},
}


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_a_ring_through_any_reference_is_found(reference: Any) -> None:
    template = {"A": refers_to(reference), "B": refers_to({"Ref": "A"})}

    assert rings(template, {"IsOn": True}) == ["A", "B"]


@pytest.mark.parametrize("attribute", ["UpdatePolicy", "CreationPolicy", "Metadata", "UpdateReplacePolicy"])
def test_references_outside_the_properties_count(attribute: str) -> None:
    template = {"A": {"Type": QUEUE, attribute: {"x": {"Ref": "B"}}}, "B": refers_to({"Ref": "A"})}

    assert rings(template, {}) == ["A", "B"]


@pytest.mark.parametrize("depends_on", ["B", ["B"]])
def test_depends_on_counts(depends_on: Any) -> None:
    assert rings({"A": {"Type": QUEUE, "DependsOn": depends_on}, "B": refers_to({"Ref": "A"})}, {}) == ["A", "B"]


def test_a_resource_that_refers_to_itself_is_a_ring() -> None:
    assert rings({"A": refers_to({"Ref": "A"})}, {}) == ["A"]


def test_what_depends_on_a_ring_is_not_in_it() -> None:
    template = {
        "Before": refers_to({"Ref": "A"}),
        "A": refers_to({"Ref": "B"}),
        "B": refers_to([{"Ref": "C"}, {"Ref": "After"}]),
        "C": refers_to({"Ref": "A"}),
        "After": refers_to("nothing"),
    }

    assert rings(template, {}) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("resource", "conditions"),
    [
        (refers_to({"Fn::Sub": "${!B}"}), {}),
        (refers_to({"Fn::Sub": ["${B}", {"B": "given"}]}), {}),
        (refers_to({"Ref": "B"}) | {"Condition": "IsOn"}, {"IsOn": False}),
        (refers_to({"Ref": "AWS::Region"}), {}),
    ],
)
def test_what_is_no_reference_makes_no_ring(resource: Any, conditions: dict[str, bool]) -> None:
    template = {"A": resource, "B": refers_to({"Ref": "A"})}

    assert ring_error(template, conditions) is None


def test_a_stack_with_a_ring_in_an_update_policy_is_refused(stacks: Any) -> None:
    alias = refers_to("x") | {"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"ApplicationName": {"Ref": "Alarm"}}}}
    body = json.dumps({"Resources": {"Alias": alias, "Alarm": refers_to({"Fn::Sub": "${Alias}"})}})

    for refused in (
        error_of(stacks.create_stack, StackName=f"s-{uuid4().hex}", TemplateBody=body),
        error_of(stacks.validate_template, TemplateBody=body),
        error_of(
            stacks.create_change_set,
            StackName=f"s-{uuid4().hex}",
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateBody=body,
        ),
    ):
        assert refused == ("ValidationError", "Circular dependency between resources: [Alias, Alarm]", 400)


@pytest.mark.parametrize(("value", "is_refused"), [("yes", True), ("no", False)])
def test_a_ring_under_a_condition_depends_on_the_parameters(stacks: Any, value: str, is_refused: bool) -> None:
    template = {
        "Parameters": {"Gradual": {"Type": "String"}},
        "Conditions": {"IsGradual": {"Fn::Equals": [{"Ref": "Gradual"}, "yes"]}},
        "Resources": {
            "A": refers_to({"Fn::GetAtt": ["B", "QueueName"]}),
            "B": refers_to({"Fn::If": ["IsGradual", {"Ref": "C"}, "none"]}),
            "C": refers_to({"Fn::GetAtt": ["A", "Arn"]}) | {"Condition": "IsGradual"},
        },
    }
    request = {
        "StackName": f"s-{uuid4().hex}",
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": "Gradual", "ParameterValue": value}],
    }

    if is_refused:
        assert error_of(stacks.create_stack, **request)[1] == "Circular dependency between resources: [A, B, C]"
    else:
        stacks.create_stack(**request)
        wait = {"Delay": 0.1, "MaxAttempts": 50}
        stacks.get_waiter("stack_create_complete").wait(StackName=request["StackName"], WaiterConfig=wait)


@pytest.mark.usefixtures("stacks")
def test_a_nested_stack_with_a_ring_fails() -> None:
    in_metadata = refers_to("x") | {"Metadata": {"Ref": "B"}}

    reasons = deploy_nested({"Resources": {"A": in_metadata, "B": refers_to({"Fn::GetAtt": "A.Arn"})}})

    assert any("Circular dependency between resources: [A, B]" in reason for reason in reasons)
    assert deploy_nested({"Resources": {"A": in_metadata, "B": refers_to("x")}}) == []
