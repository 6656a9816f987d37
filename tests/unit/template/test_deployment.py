"""Gradual deployment, the alias that every caller uses, and data that stays when its stack is deleted."""

import json
import re
import tomllib
from datetime import timedelta
from typing import Any

import pytest

from inventory.reservations.reservation_request import HOLD_SECONDS_MAX
from reserve_stock import TIMEOUT_MARGIN_SECONDS
from tests.support.template.openapi import PATH
from tests.support.template.source import ROOT, template
from tests.support.template.transformed import resources, transformed

# Run by a schedule, an upload, a failed execution, a stream or a queue: too few calls to judge a new version by a part of
# them, or calls that are made again if they fail.
JOBS = {
    "CheckLowStockFunction",
    "ImportCatalogueFunction",
    "ReconcileHoldsFunction",
    "ReconcileCountersFunction",
    "RecordFailedExecutionFunction",
    "PublishChangesFunction",
    "RepublishChangesFunction",
    "RenewLiveStockKeyFunction",
    "FollowChangesFunction",
    "MergeReadModelFunction",
}
FUNCTIONS = sorted(resources("AWS::Lambda::Function"))
ALIAS_ARN = re.compile(r"\$\{\w+\.Arn\}:live")
# From the other tables: by one command (tests/unit/template/test_read_model.py), and by the next comparison.
IS_REBUILT = {"ReadModelTable", "LedgerCheckpointsTable"}
HOLDS_DATA = {
    "AWS::DynamoDB::Table": "RetainExceptOnCreate",
    "AWS::S3::Bucket": "RetainExceptOnCreate",
    "AWS::Cognito::UserPool": "RetainExceptOnCreate",
}


def version_of(function: str) -> dict[str, Any]:
    """The properties of the published version of a function."""
    [version] = [
        version
        for version in resources("AWS::Lambda::Version").values()
        if version["FunctionName"] == {"Ref": function}
    ]
    return version


def parameters_in(content: Any) -> set[str]:
    """The parameters whose values are part of something."""
    text = json.dumps(content)
    for condition in re.findall(r'"Fn::If": \["(\w+)"', text):
        text += json.dumps(template()["Conditions"][condition])
    named = set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r"\$\{(\w+)\}", text))
    return named & set(template()["Parameters"])


def longest(parameter: str) -> int:
    """The characters of a parameter's longest value; of one without a limit, those of a long value in practice."""
    described = template()["Parameters"][parameter]
    values = [*described.get("AllowedValues", []), described.get("MaxValue", "")]
    in_practice = len("1000000000" if described["Type"] == "Number" else "https://inventory.example.com/")
    return described.get("MaxLength") or max(len(str(value)) for value in values) or in_practice


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_changed_parameter_publishes_a_new_version_of_exactly_the_functions_that_read_it(function: str) -> None:
    # All callers use the alias. Without the parameter in its description, the alias would keep the old version. With a
    # parameter that the function does not read, Lambda would refuse a version of an unchanged function.
    read = parameters_in(resources("AWS::Lambda::Function")[function])

    assert parameters_in(version_of(function)["Description"]) == read


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_description_of_a_version_is_not_longer_than_lambda_allows(function: str) -> None:
    description = version_of(function)["Description"]["Fn::Sub"]

    assert len(re.sub(r"\$\{(\w+)\}", lambda found: "x" * longest(found[1]), description)) <= 256


def test_every_function_that_answers_calls_is_deployed_gradually() -> None:
    groups = resources("AWS::CodeDeploy::DeploymentGroup")

    assert {name.removesuffix("DeploymentGroup") for name in groups} == set(FUNCTIONS) - JOBS
    for group in groups.values():
        [condition, alarms, _] = group["AlarmConfiguration"]["Fn::If"]
        assert condition == "IsDeployedGradually"
        assert alarms == {"Enabled": True, "Alarms": [{"Name": {"Ref": "DeploymentAlarm"}}]}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_without_gradual_deployment_the_stack_has_no_code_deploy_resource() -> None:
    assert not [r for r in transformed(gradual=False)["Resources"].values() if "CodeDeploy" in r["Type"]]


def test_the_deployment_alarm_monitors_the_new_version_of_each_of_these_functions() -> None:
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


def test_every_caller_uses_the_alias() -> None:
    # A caller of the function itself would get the latest version at once, without gradual deployment.
    callers = (
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Permission",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
    )
    called = [
        name
        for kind in callers
        for caller, properties in resources(kind).items()
        if caller != "DeploymentRole"  # it moves the aliases
        for name in re.findall(r"\b\w+Function\b", ALIAS_ARN.sub("", json.dumps(properties)))
        if name in FUNCTIONS
    ]

    assert called == []
    assert re.findall(r"functions/\$\{(\w+)\}", PATH.read_text())
    assert all(name.endswith("Aliaslive") for name in re.findall(r"functions/\$\{([\w.]+)\}", PATH.read_text()))
    for name, output in transformed()["Outputs"].items():
        if name.endswith("FunctionName"):
            assert output["Value"]["Ref"].endswith("Aliaslive")


def test_each_output_is_also_a_parameter_of_parameter_store() -> None:
    outputs = transformed()["Outputs"]
    parameters = resources("AWS::SSM::Parameter")

    assert parameters == {
        f"{name}Parameter": {
            "Type": "String",
            "Name": {"Fn::Sub": f"/inventory/${{AWS::StackName}}/{name}"},
            "Value": output["Value"],
        }
        for name, output in outputs.items()
    }


def test_a_domain_and_its_certificate_are_given_together() -> None:
    given = {
        (
            rule["RuleCondition"]["Fn::Not"][0]["Fn::Equals"][0]["Ref"],
            assertion["Assert"]["Fn::Not"][0]["Fn::Equals"][0]["Ref"],
        )
        for rule in (template()["Rules"][name] for name in ("DomainNeedsCertificate", "CertificateNeedsDomain"))
        for assertion in rule["Assertions"]
    }

    assert given == {
        ("AdminUiDomainName", "AdminUiCertificateArn"),
        ("AdminUiCertificateArn", "AdminUiDomainName"),
    }


def test_snapshots_are_off_and_need_a_runtime_that_has_them() -> None:
    parameters, rule = template()["Parameters"], template()["Rules"]["SnapStartNeedsPython312"]
    [assertion] = rule["Assertions"]

    assert parameters["SnapStart"]["Default"] == "false"
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "SnapStart"}, "true"]}
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Runtime"}, "python3.11"]}]}
    without = {name for name in parameters["Runtime"]["AllowedValues"] if int(name.removeprefix("python3.")) < 12}
    assert without == {"python3.11"}


def test_the_functions_that_a_shopper_waits_for_can_start_from_snapshots() -> None:
    functions = resources("AWS::Lambda::Function")
    with_snapshots = {name.removesuffix("Function") for name, found in functions.items() if "SnapStart" in found}

    assert with_snapshots == {
        *("ReserveStock", "RecordPayment", "CancelReservation", "ExtendHold", "StorefrontApi", "CheckoutApi"),
    }


def test_a_reservation_is_kept_as_long_as_step_functions_keeps_the_name_of_its_execution() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    assert template()["Parameters"]["ReservationRetentionDays"]["MinValue"] == 90


def test_no_hold_is_longer_than_what_keeps_it_allows() -> None:
    seconds = template()["Parameters"]["LongestHoldSeconds"]["MaxValue"]
    days = timedelta(seconds=seconds + TIMEOUT_MARGIN_SECONDS) / timedelta(days=1)

    assert seconds == HOLD_SECONDS_MAX
    # A TimeoutSeconds of Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
    assert seconds + TIMEOUT_MARGIN_SECONDS <= 99_999_999
    # An execution: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    assert days < 365
    # A second execution of the same name could begin, and the keys of calls that change the hold would be forgotten.
    assert days < template()["Parameters"]["ReservationRetentionDays"]["MinValue"]


def test_executions_call_aliases_so_that_no_version_must_be_kept_for_one_that_waits() -> None:
    machine = template()["Resources"]["ReservationStateMachine"]["Properties"]
    called = [value for name, value in machine["DefinitionSubstitutions"].items() if name.endswith("FunctionArn")]

    assert len(called) == 3
    assert all(ALIAS_ARN.fullmatch(arn["Fn::Sub"]) for arn in called)
    assert not machine.keys() & {"AutoPublishAlias", "DeploymentPreference"}


def test_the_application_repository_gets_the_version_and_the_licence_of_the_project() -> None:
    application = template()["Metadata"]["AWS::ServerlessRepo::Application"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert application["SemanticVersion"] == project["version"]
    assert application["Name"] == project["name"]
    assert application["SpdxLicenseId"] == project["license"]
    assert (ROOT / application["LicenseUrl"]).is_file() and (ROOT / application["ReadmeUrl"]).is_file()


def names_in(content: dict[str, Any]) -> list[Any]:
    """The fixed physical name of a resource, if the template gives it one."""
    kind = content["Type"].rpartition("::")[2]
    return [name for key, name in content.get("Properties", {}).items() if key in ("Name", f"{kind}Name")]


def test_two_stages_can_be_deployed_to_one_account() -> None:
    belong_to_a_parent = {"AWS::AppSync::Api"}  # its name is no identifier and may exist twice
    belong_to_a_parent |= {
        "AWS::ApiGateway::Stage",
        "AWS::AppSync::ChannelNamespace",
        "AWS::Cognito::UserPoolGroup",
        "AWS::Lambda::Alias",
    }
    names = [
        name
        for content in transformed()["Resources"].values()
        if content["Type"] not in belong_to_a_parent
        for name in names_in(content)
    ]

    assert [name for name in names if isinstance(name, str)] == [], "a fixed name would exist twice"


@pytest.mark.parametrize("parameter", template()["Parameters"])
def test_every_parameter_is_documented_with_its_value_in_each_stage(parameter: str) -> None:
    described = template()["Parameters"][parameter]
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    chosen = [
        dict(pair.split("=", 1) for pair in stages[stage]["global"]["parameters"]["parameter_overrides"].split())
        for stage in ("default", "prod", "local")
    ]
    values = [str(described["Default"]), *(stage.get(parameter, "") for stage in chosen)]
    row = " | ".join([parameter, described["Description"], *(f"`{value}`" if value else "" for value in values)])

    assert f"| {row} |\n" in (ROOT / "docs" / "deployment.md").read_text()


@pytest.mark.parametrize(
    ("name", "resource"),
    [(name, r) for name, r in transformed()["Resources"].items() if r["Type"] in HOLDS_DATA and name not in IS_REBUILT],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_resource_with_data_stays_when_its_stack_is_deleted(name: str, resource: dict[str, Any]) -> None:
    assert resource["DeletionPolicy"] == HOLDS_DATA[resource["Type"]]
    assert resource["UpdateReplacePolicy"] == "Retain"
    if resource["Type"] == "AWS::DynamoDB::Table":
        properties = resource["Properties"]
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
