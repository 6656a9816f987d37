"""A null anywhere in a template is refused."""

import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import cloudformation, s3
from ministack.services.cloudformation import changesets, engine, handlers

from tests.unit.tools.refusals.in_process import client_of, deploy_nested, error_of, keep
from tools.local.refusals import null_values
from tools.local.refusals.null_values import null_error, null_paths

PATCHED = ("_parse_template", "validate_template_support")
IN_PROPERTIES = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": None}}}}
PROPERTIES_ERROR = (
    "Template format error: [/Resources/Topic/Properties/DisplayName] 'null' values are not allowed in templates"
)
WITHOUT_NULL = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "null"}}}}


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """CloudFormation with the rule."""
    for module in (engine, handlers, changesets):
        keep(monkeypatch, module, *PATCHED)
    null_values.install()
    return client_of("cloudformation", cloudformation.handle_request)


def test_every_null_is_found_with_its_path() -> None:
    template = {"Parameters": {"P": {"Default": None}}, "Resources": {"R": {"Properties": {"Body": [{"x": None}, 1]}}}}

    assert list(null_paths(template)) == ["/Parameters/P/Default", "/Resources/R/Properties/Body/0/x"]


def test_a_template_without_null_has_no_error() -> None:
    assert null_error({"Resources": {"R": {"Properties": {"zero": 0, "no": False, "empty": "", "none": []}}}}) is None


@pytest.mark.parametrize("operation", ["create_stack", "validate_template"])
def test_a_template_with_null_is_refused(stacks: Any, operation: str) -> None:
    request = {"TemplateBody": json.dumps(IN_PROPERTIES)} | (
        {"StackName": f"s-{uuid4().hex}"} if operation == "create_stack" else {}
    )

    assert error_of(getattr(stacks, operation), **request) == ("ValidationError", PROPERTIES_ERROR, 400)


def test_a_change_set_of_a_template_with_null_is_refused_and_leaves_no_stack(stacks: Any) -> None:
    name = f"s-{uuid4().hex}"

    refused = error_of(
        stacks.create_change_set,
        StackName=name,
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(IN_PROPERTIES),
    )

    assert refused == ("ValidationError", PROPERTIES_ERROR, 400)
    assert error_of(stacks.describe_stacks, StackName=name)[0] == "ValidationError"


def test_an_empty_value_in_yaml_is_a_null(stacks: Any) -> None:
    body = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName:\n"

    assert error_of(stacks.validate_template, TemplateBody=body) == ("ValidationError", PROPERTIES_ERROR, 400)


def test_a_null_in_an_included_document_is_refused(stacks: Any) -> None:
    objects, bucket = client_of("s3", s3.handle_request), f"b-{uuid4().hex}"
    objects.create_bucket(Bucket=bucket)
    objects.put_object(Bucket=bucket, Key="api.yaml", Body=b"info: {title: api, x-example: null}")
    include = {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{bucket}/api.yaml"}}
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"Fn::Transform": include}}}

    code, message, _ = error_of(
        stacks.create_stack, StackName=f"s-{uuid4().hex}", TemplateBody=json.dumps({"Resources": {"Api": api}})
    )

    assert code == "ValidationError"
    assert "[/Resources/Api/Properties/Body/info/x-example] 'null' values are not allowed in templates" in message


def test_a_template_without_null_is_deployed(stacks: Any) -> None:
    name = f"s-{uuid4().hex}"

    stacks.create_stack(StackName=name, TemplateBody=json.dumps(WITHOUT_NULL))

    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})


@pytest.mark.usefixtures("stacks")
def test_a_nested_stack_with_null_fails() -> None:
    assert any("[/Resources/Topic/Properties/DisplayName] 'null'" in reason for reason in deploy_nested(IN_PROPERTIES))
    assert deploy_nested(WITHOUT_NULL) == []
