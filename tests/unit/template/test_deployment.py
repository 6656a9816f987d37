"""A new version is moved to gradually, everybody calls the alias, and what holds data outlives its stack."""

import json
import re
import tomllib
from typing import Any

import pytest

from tests.support.template.openapi import PATH
from tests.support.template.source import ROOT, template
from tests.support.template.transformed import resources, transformed

# Run by a schedule or an upload: too few calls for a part of them to tell anything.
JOBS = {"CheckLowStockFunction", "ImportCatalogueFunction", "ReconcileHoldsFunction", "ReconcileCountersFunction"}
FUNCTIONS = sorted(resources("AWS::Lambda::Function"))
HOLDS_DATA = {
    "AWS::DynamoDB::Table": "RetainExceptOnCreate",
    "AWS::S3::Bucket": "RetainExceptOnCreate",
    "AWS::Cognito::UserPool": "RetainExceptOnCreate",
}


def version_of(function: str) -> dict[str, Any]:
    """The properties of the version that is published of a function."""
    [version] = [
        version
        for version in resources("AWS::Lambda::Version").values()
        if version["FunctionName"] == {"Ref": function}
    ]
    return version


def parameters_in(content: Any) -> set[str]:
    """The parameters whose values something has."""
    text = json.dumps(content)
    named = set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r"\$\{(\w+)\}", text))
    return named & set(template()["Parameters"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_changed_parameter_makes_a_new_version_of_the_functions_that_read_it_and_of_no_other(function: str) -> None:
    # One that no version names would reach nobody, who all call the alias. One too many would ask Lambda for a version
    # of what has not changed, which it refuses.
    read = parameters_in(resources("AWS::Lambda::Function")[function])

    assert parameters_in(version_of(function)["Description"]) == read


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_description_of_a_version_stays_within_what_lambda_takes(function: str) -> None:
    description = version_of(function)["Description"]["Fn::Sub"]

    assert len(re.sub(r"\$\{\w+\}", "https://inventory.example.com/", description)) <= 256


def test_every_function_that_answers_calls_is_moved_to_gradually() -> None:
    groups = resources("AWS::CodeDeploy::DeploymentGroup")

    assert {name.removesuffix("DeploymentGroup") for name in groups} == set(FUNCTIONS) - JOBS
    for group in groups.values():
        [condition, alarms, _] = group["AlarmConfiguration"]["Fn::If"]
        assert condition == "IsDeployedGradually"
        assert alarms == {"Enabled": True, "Alarms": [{"Name": {"Ref": "DeploymentAlarm"}}]}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_without_gradual_deployment_nothing_asks_for_code_deploy() -> None:
    assert not [r for r in transformed(gradual=False)["Resources"].values() if "CodeDeploy" in r["Type"]]


def test_the_alarm_sees_the_new_version_of_each_of_them() -> None:
    metrics = [
        metric["MetricStat"]["Metric"]
        for metric in resources("AWS::CloudWatch::Alarm")["DeploymentAlarm"]["Metrics"]
        if "MetricStat" in metric
    ]
    seen = [{dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]} for metric in metrics]

    assert {dimensions["FunctionName"]["Ref"] for dimensions in seen} == set(FUNCTIONS) - JOBS
    for dimensions in seen:
        function = dimensions["FunctionName"]["Ref"]
        assert dimensions["Resource"] == {"Fn::Sub": f"${{{function}}}:live"}
        [version, attribute] = dimensions["ExecutedVersion"]["Fn::GetAtt"]
        assert version.startswith(f"{function}Version") and attribute == "Version"


def test_everybody_calls_the_alias() -> None:
    # Whoever names a function itself would call what was deployed last, tried out or not.
    callers = (
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Permission",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
    )
    called = [
        name
        for kind in callers
        for properties in resources(kind).values()
        for name in re.findall(r"\b\w+Function\b", json.dumps(properties))
        if name in FUNCTIONS
    ]

    assert called == []
    assert re.findall(r"functions/\$\{(\w+)\}", PATH.read_text())
    assert all(name.endswith("Aliaslive") for name in re.findall(r"functions/\$\{([\w.]+)\}", PATH.read_text()))
    for name, output in transformed()["Outputs"].items():
        if name.endswith("FunctionName"):
            assert output["Value"]["Ref"].endswith("Aliaslive")


def names_in(content: dict[str, Any]) -> list[Any]:
    """What the template calls a resource, where it does not leave that to AWS."""
    kind = content["Type"].rpartition("::")[2]
    return [name for key, name in content.get("Properties", {}).items() if key in ("Name", f"{kind}Name")]


def test_two_stages_fit_into_one_account() -> None:
    belong_to_a_parent = {"AWS::Lambda::Alias", "AWS::Cognito::UserPoolGroup", "AWS::ApiGateway::Stage"}
    names = [
        name
        for content in transformed()["Resources"].values()
        if content["Type"] not in belong_to_a_parent
        for name in names_in(content)
    ]

    assert [name for name in names if isinstance(name, str)] == [], "each is named by its stack, or by AWS"


@pytest.mark.parametrize("parameter", template()["Parameters"])
def test_every_parameter_is_documented_with_its_value_in_each_stage(parameter: str) -> None:
    said = template()["Parameters"][parameter]
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    chosen = [
        dict(pair.split("=", 1) for pair in stages[stage]["deploy"]["parameters"]["parameter_overrides"].split())
        for stage in ("default", "prod", "local")
    ]
    values = [str(said["Default"]), *(stage.get(parameter, "") for stage in chosen)]
    row = " | ".join([parameter, said["Description"], *(f"`{value}`" if value else "" for value in values)])

    assert f"| {row} |\n" in (ROOT / "docs" / "deployment.md").read_text()


@pytest.mark.parametrize(
    ("name", "resource"),
    [(name, r) for name, r in transformed()["Resources"].items() if r["Type"] in HOLDS_DATA],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_holds_data_outlives_its_stack(name: str, resource: dict[str, Any]) -> None:
    assert resource["DeletionPolicy"] == HOLDS_DATA[resource["Type"]]
    assert resource["UpdateReplacePolicy"] == "Retain"
    if resource["Type"] == "AWS::DynamoDB::Table":
        properties = resource["Properties"]
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
