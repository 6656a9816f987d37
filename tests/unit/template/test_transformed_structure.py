"""The template after the SAM transform, in each stage and with each structure: no ring, no null, nothing missing."""

import json
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.template import openapi
from tests.support.template.conditions import Template, accepts, parameter_values, resolved
from tests.support.template.source import ROOT, monitoring_template, template
from tests.support.template.structure import missing, nulls, ring, ring_of_conditions, undefined_conditions
from tests.support.template.transformed import packaged, transform
from tests.support.template.variants import EXAMPLES, stage_variants, structural_parameters, values_of, variants
from tests.support.workflow.definition import definition

CHECKS = [ring, ring_of_conditions, missing, undefined_conditions, nulls]
A_TO_B: dict[str, Any] = {
    "Ref": {"Properties": {"Name": {"Ref": "B"}}},
    "GetAtt as a list": {"Properties": {"Name": {"Fn::GetAtt": ["B", "Arn"]}}},
    "GetAtt as a text": {"Properties": {"Name": {"Fn::GetAtt": "B.Arn"}}},
    "Sub of a resource": {"Properties": {"Name": {"Fn::Sub": "${B}-name"}}},
    "Sub of an attribute": {"Properties": {"Name": {"Fn::Sub": "${B.Arn}:live"}}},
    "the text of a Sub with variables": {"Properties": {"Name": {"Fn::Sub": ["${B}-${Own}", {"Own": "x"}]}}},
    "a variable of a Sub": {"Properties": {"Name": {"Fn::Sub": ["${Own}", {"Own": {"Ref": "B"}}]}}},
    "Join": {"Properties": {"Name": {"Fn::Join": ["", ["x", {"Ref": "B"}]]}}},
    "the first branch of an If": {"Properties": {"Name": {"Fn::If": ["IsOn", {"Ref": "B"}, "x"]}}},
    "the second branch of an If": {"Properties": {"Name": {"Fn::If": ["IsOn", "x", {"Ref": "B"}]}}},
    "one DependsOn": {"DependsOn": "B"},
    "several DependsOn": {"DependsOn": ["C", "B"]},
    "UpdatePolicy": {"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"ApplicationName": {"Ref": "B"}}}},
    "CreationPolicy": {"CreationPolicy": {"ResourceSignal": {"Count": {"Ref": "B"}}}},
    "Metadata": {"Metadata": {"name": {"Ref": "B"}}},
    "a list of objects": {"Properties": {"Tags": [{"Key": "x", "Value": {"Ref": "B"}}]}},
    "free-form JSON": {"Properties": {"Body": {"paths": {"/": {"uri": {"Fn::Sub": "arn:${B}"}}}}}},
}


def with_resources(**resources: Any) -> Template:
    return {"Resources": {name: {"Type": "AWS::SNS::Topic"} | content for name, content in resources.items()}}


# --- the deployed templates


def test_every_structure_that_the_parameters_allow_is_looked_at() -> None:
    tried = {(name, variant.values[name]) for variant in variants() for name in structural_parameters()}

    assert tried == {(name, value) for name in structural_parameters() for value in values_of(name)}
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert [variant.name for variant in stage_variants()] == [name for name in stages if name != "version"]


@pytest.mark.parametrize("parameter", sorted(EXAMPLES))
def test_an_example_of_a_parameter_is_a_value_that_the_template_accepts(parameter: str) -> None:
    assert re.search(template()["Parameters"][parameter]["AllowedPattern"], EXAMPLES[parameter])
    assert EXAMPLES[parameter] != template()["Parameters"][parameter]["Default"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_cloudformation_accepts_the_structure_of_every_variant(check: Callable[[Template], list[str]]) -> None:
    found = {
        f"{variant.name}: {kind}": wrong
        for variant in variants()
        for kind in ("unresolved", "resolved", "nested")
        if (wrong := check(getattr(variant, kind)))
    }

    assert found == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_cloudformation_accepts_the_structure_of_the_nested_template(check: Callable[[Template], list[str]]) -> None:
    assert check(monitoring_template()) == []


def test_no_file_that_is_deployed_contains_null() -> None:
    assert nulls(template()) == []
    assert nulls(openapi.document()) == []
    assert nulls(definition()) == []


def test_a_call_of_an_alias_in_the_workflow_is_a_ring_with_gradual_deployment() -> None:
    # The alias waits for its deployment group, that for the alarm, that for the versions of functions which call the
    # state machine. Without gradual deployment nothing is wrong, and in the SAM template there is nothing to see.
    changed = packaged()
    substitutions = changed["Resources"]["ReservationStateMachine"]["Properties"]["DefinitionSubstitutions"]
    substitutions["ReserveStockFunctionArn"] = {"Ref": "ReserveStockFunction.Alias"}

    found = ring(transform(changed, {"GradualDeployment": "true"}))

    assert {"ReserveStockFunctionAliaslive", "ReserveStockFunctionDeploymentGroup", "DeploymentAlarm"} <= set(found)
    assert found[0] == found[-1]


# --- the checks themselves


@pytest.mark.parametrize("reference", A_TO_B.values(), ids=A_TO_B.keys())
def test_a_ring_is_found_whatever_the_reference_is(reference: dict[str, Any]) -> None:
    found = ring(with_resources(A=reference, B={"Properties": {"Name": {"Ref": "A"}}}, C={}))

    assert set(found) == {"A", "B"}


def test_a_ring_is_named_in_the_order_of_its_references() -> None:
    found = ring(with_resources(A={"DependsOn": "B"}, B={"DependsOn": "C"}, C={"DependsOn": "A"}))

    assert found in (["A", "B", "C", "A"], ["B", "C", "A", "B"], ["C", "A", "B", "C"])


def test_a_resource_that_refers_to_itself_is_a_ring() -> None:
    assert ring(with_resources(A={"Properties": {"Name": {"Fn::GetAtt": ["A", "Arn"]}}})) == ["A", "A"]


@pytest.mark.parametrize(
    "text", ["${!A}", "${Own}", "A", "${AWS::StackName}"], ids=["literal", "own variable", "text", "pseudo parameter"]
)
def test_what_only_looks_like_a_reference_is_no_ring(text: str) -> None:
    assert ring(with_resources(A={"Properties": {"Name": {"Fn::Sub": [text, {"Own": "x"}]}}})) == []


def test_a_ring_through_a_branch_that_is_not_deployed_is_gone_when_conditions_are_resolved() -> None:
    either = {"Properties": {"Name": {"Fn::If": ["IsOn", {"Ref": "B"}, "x"]}}}
    written = with_resources(A=either, B={"DependsOn": "A"}) | {
        "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "On"}, "yes"]}}
    }

    assert ring(written)
    assert ring(resolved(written, {"On": "yes"}))
    assert ring(resolved(written, {"On": "no"})) == []


def test_conditions_that_name_each_other_are_a_ring() -> None:
    conditions = {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::And": [{"Condition": "A"}, {"Condition": "A"}]}}

    assert set(ring_of_conditions({"Conditions": conditions})) == {"A", "B"}


@pytest.mark.parametrize("section", ["Resources", "Outputs"])
def test_a_reference_to_a_resource_that_the_stage_does_not_have_is_found(section: str) -> None:
    written: Template = with_resources(A={"Condition": "IsOn"}) | {"Conditions": {"IsOn": {"Fn::Equals": ["a", "b"]}}}
    written.setdefault(section, {})["User"] = {"Type": "AWS::SNS::Topic", "Value": {"Fn::GetAtt": ["A", "Arn"]}}

    assert missing(written) == []
    assert missing(resolved(written, {})) == ["User → A"]


@pytest.mark.parametrize(
    "section",
    [
        {"Conditions": {"A": {"Fn::Not": [{"Condition": "Lost"}]}}},
        {"Resources": {"A": {"Condition": "Lost"}}},
        {"Resources": {"A": {"Properties": {"Tags": [{"Fn::If": ["Lost", 1, 2]}]}}}},
        {"Outputs": {"A": {"Condition": "Lost"}}},
    ],
    ids=["in a condition", "of a resource", "of a property", "of an output"],
)
def test_a_condition_that_is_not_defined_is_found(section: Template) -> None:
    assert undefined_conditions(section) == ["A → Lost"]


def test_a_condition_of_a_policy_or_of_a_choice_is_not_one_of_the_template() -> None:
    policy = {"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
    choice = {"Choices": [{"Condition": "{% $states.input.paid %}"}]}

    assert undefined_conditions(with_resources(A={"Properties": {"Policy": policy, "Definition": choice}})) == []


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"Resources": {"A": {"Properties": {"Name": None}}}}, "/Resources/A/Properties/Name"),
        ({"Resources": {"A": {"Body": {"example": [1, None]}}}}, "/Resources/A/Body/example/1"),
        (None, "/"),
    ],
)
def test_a_null_is_found_at_any_depth(content: Any, path: str) -> None:
    assert nulls(content) == [path]


def test_what_is_only_empty_is_not_null() -> None:
    assert nulls({"a": "", "b": [], "c": {}, "d": 0, "e": False, "f": "null"}) == []


def test_a_null_in_the_api_document_is_found_in_the_transformed_template() -> None:
    changed = packaged()
    changed["Resources"]["InventoryApi"]["Properties"]["DefinitionBody"]["info"]["x-example"] = {"cursor": None}

    assert nulls(transform(changed, {})) == ["/Resources/InventoryApi/Properties/Body/info/x-example/cursor"]


def test_conditions_are_resolved_as_cloudformation_resolves_them() -> None:
    written: Template = {
        "Parameters": {"Size": {"Default": "small"}, "Mail": {"Default": ""}},
        "Conditions": {
            "IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
            "HasMail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Mail"}, ""]}]},
            "Both": {"Fn::And": [{"Condition": "IsLarge"}, {"Condition": "HasMail"}]},
            "Either": {"Fn::Or": [{"Condition": "IsLarge"}, {"Condition": "HasMail"}]},
        },
        "Resources": {
            "OnlyBoth": {"Condition": "Both"},
            "OnlyEither": {
                "Condition": "Either",
                "Properties": {
                    "Name": {"Fn::Join": ["-", [{"Ref": "Size"}, {"Fn::Sub": "${Mail}:${!literal}"}]]},
                    "List": [{"Fn::If": ["IsLarge", "L", {"Ref": "AWS::NoValue"}]}, {"Ref": "OnlyEither"}],
                    "Gone": {"Ref": "AWS::NoValue"},
                },
            },
        },
    }

    values = parameter_values(written, {"Mail": "a@example.com"})

    assert json.loads(json.dumps(resolved(written, values)["Resources"])) == {
        "OnlyEither": {
            "Properties": {"Name": "small-a@example.com:${literal}", "List": [{"Ref": "OnlyEither"}]},
        }
    }


def test_parameters_that_break_a_rule_are_not_accepted() -> None:
    rule = {
        "RuleCondition": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Domain"}, ""]}]},
        "Assertions": [{"Assert": {"Fn::Contains": [["a", "b"], {"Ref": "Certificate"}]}}],
    }

    assert accepts({"Rules": {"Rule": rule}}, {"Domain": "", "Certificate": ""})
    assert accepts({"Rules": {"Rule": rule}}, {"Domain": "x", "Certificate": "b"})
    assert not accepts({"Rules": {"Rule": rule}}, {"Domain": "x", "Certificate": ""})
