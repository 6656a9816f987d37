"""The sizes and counts of the transformed template, in each stage and with each structure, within AWS's limits."""

import json
from typing import Any

import pytest

from tests.support.template.conditions import Template
from tests.support.template.limits import LIMITS, Size, exceeded
from tests.support.template.sizes import UNKNOWN, definition_sizes, parameter_sizes, sizes, without_references
from tests.support.template.variants import Variant, variants
from tests.support.workflow.definition import definition


def of(kind: str, **properties: Any) -> Template:
    """A template with one resource."""
    return {"Resources": {"A": {"Type": kind, "Properties": properties}}}


def named(count: int) -> dict[str, Any]:
    return {f"A{number}": {"Type": "AWS::SNS::Topic"} for number in range(count)}


def policy(characters: int) -> dict[str, Any]:
    return {"Statement": [{"Sid": "x" * characters}]}


def dashboard(*metrics: int) -> Template:
    body = {"widgets": [{"properties": {"metrics": [["A", "B"]] * count}} for count in metrics]}
    return of("AWS::CloudWatch::Dashboard", DashboardBody=json.dumps(body))


def role(**properties: Any) -> Template:
    return of("AWS::IAM::Role", **({"AssumeRolePolicyDocument": {}} | properties))


def api(**body: Any) -> Template:
    return of("AWS::ApiGateway::RestApi", Body={"paths": {}} | body)


AUTHORIZER = {"x-amazon-apigateway-authorizer": {"type": "cognito_user_pools"}}
EMPTY: Template = {"Resources": {}}

# For each limit a template that is just beyond it.
TOO_LARGE: dict[str, Template] = {
    "bytes of template": EMPTY | {"Metadata": {"A": "x" * 1_000_000}},
    "bytes of description": EMPTY | {"Description": "é" * 513},
    "resources": {"Resources": named(501)},
    "outputs": EMPTY | {"Outputs": named(201)},
    "parameters": EMPTY | {"Parameters": named(201)},
    "mappings": EMPTY | {"Mappings": named(201)},
    "attributes of mapping": EMPTY | {"Mappings": {"A": named(201)}},
    "characters of name": EMPTY | {"Outputs": {"A" * 256: {}}},
    "dynamic references": EMPTY | {"Metadata": ["{{resolve:ssm:/a}}"] * 61},
    "bytes of parameter value": of("AWS::CloudFormation::Stack", Parameters={"A": "x" * 4097}),
    "bytes of environment": of("AWS::Lambda::Function", Environment={"Variables": {"A": "x" * 2048, "B": "x" * 2047}}),
    "characters of version description": of("AWS::Lambda::Version", Description="x" * 257),
    "bytes of function policy": {
        "Resources": {
            f"A{number}": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {"FunctionName": "A", "SourceArn": "x" * 2048},
            }
            for number in range(10)
        }
    },
    "characters of inline policies": role(Policies=[{"PolicyDocument": policy(5200)}] * 2),
    "characters of managed policy": of("AWS::IAM::ManagedPolicy", PolicyDocument=policy(6144)),
    "characters of trust policy": role(AssumeRolePolicyDocument=policy(2048)),
    "managed policies of role": role(ManagedPolicyArns=["arn"] * 11),
    "bytes of queue policy": of("AWS::SQS::QueuePolicy", PolicyDocument=policy(8192)),
    "statements of queue policy": of("AWS::SQS::QueuePolicy", PolicyDocument={"Statement": [{}] * 21}),
    "bytes of topic policy": of("AWS::SNS::TopicPolicy", PolicyDocument=policy(30_720)),
    "bytes of key policy": of("AWS::KMS::Key", KeyPolicy=policy(32_768)),
    "bytes of bucket policy": of("AWS::S3::BucketPolicy", PolicyDocument=policy(20_480)),
    "metrics of alarm": of("AWS::CloudWatch::Alarm", Metrics=[{"Expression": "1"}, *[{"MetricStat": {}}] * 11]),
    "actions of alarm": of("AWS::CloudWatch::Alarm", OKActions=["arn"] * 6),
    "widgets of dashboard": dashboard(*[0] * 501),
    "metrics of widget": dashboard(501),
    "metrics of dashboard": dashboard(*[417] * 6),
    "resources of API": api(paths={f"/a/{number}/b": {} for number in range(150)}),
    "authorizers of API": api(components={"securitySchemes": {f"A{number}": AUTHORIZER for number in range(11)}}),
    "bytes of API document": api(info={"description": "x" * 6_000_000}),
    "bytes of model": api(components={"schemas": {"A": {"description": "x" * 400_000}}}),
    "bytes of access log format": of("AWS::ApiGateway::Stage", AccessLogSetting={"Format": "x" * 3073}),
    "indexes of table": of("AWS::DynamoDB::Table", GlobalSecondaryIndexes=[{}] * 21),
    "characters of event pattern": of("AWS::Events::Rule", EventPattern={"source": ["x" * 2048]}),
    "targets of rule": of("AWS::Events::Rule", Targets=[{}] * 6),
    "bytes of Parameter Store value": of("AWS::SSM::Parameter", Name="A", Value="x" * 4097),
    "characters of Parameter Store name": of("AWS::SSM::Parameter", Name="x" * 1012, Value="A"),
    "cache behaviors": of("AWS::CloudFront::Distribution", DistributionConfig={"CacheBehaviors": [{}] * 76}),
    "custom headers of response headers policy": of(
        "AWS::CloudFront::ResponseHeadersPolicy",
        ResponseHeadersPolicyConfig={"CustomHeadersConfig": {"Items": [{}] * 11}},
    ),
    "characters of distribution comment": of(
        "AWS::CloudFront::Distribution", DistributionConfig={"Comment": "x" * 129}
    ),
    "characters of origin access control name": of(
        "AWS::CloudFront::OriginAccessControl", OriginAccessControlConfig={"Name": "x" * 65}
    ),
}


def measured(variant: Variant) -> list[Size]:
    values = {name: value for name, value in variant.values.items() if ":" not in name}
    return [*sizes(variant.resolved), *sizes(variant.nested), *parameter_sizes(values), *definition_sizes(definition())]


@pytest.mark.parametrize("variant", variants(), ids=lambda variant: variant.name)
def test_every_size_is_within_the_limits_of_aws(variant: Variant) -> None:
    assert [str(size) for size in exceeded(measured(variant))] == []


def test_every_limit_is_about_something_that_the_template_has() -> None:
    assert {size.limit for variant in variants() for size in measured(variant)} == set(LIMITS)


def test_there_is_a_bad_template_for_every_limit_of_a_template() -> None:
    assert TOO_LARGE.keys() == LIMITS.keys() - {size.limit for size in definition_sizes(definition())}


@pytest.mark.parametrize("limit", TOO_LARGE)
def test_a_template_beyond_a_limit_is_refused(limit: str) -> None:
    assert limit in {size.limit for size in exceeded(sizes(TOO_LARGE[limit]))}


def test_a_definition_beyond_a_limit_is_refused() -> None:
    inner = {"Type": "Map", "ItemProcessor": {"States": {"A" * 81: {}}}}
    long = {"States": {"A": inner, "B": {"Comment": "x" * 1_000_000}}}

    assert {size.limit for size in exceeded(definition_sizes(long))} == {
        "bytes of definition",
        "characters of state name",
    }


def test_a_long_value_of_a_parameter_is_refused() -> None:
    [size] = exceeded(parameter_sizes({"StorefrontOrigin": "x" * 4097, "AdminOrigin": "x" * 4096}))

    assert str(size) == "StorefrontOrigin has 4097 bytes of parameter value, but 4096 are allowed"


def test_a_template_at_its_limits_is_accepted() -> None:
    at_most = {"Resources": named(500), "Outputs": named(200), "Description": "x" * 1024}

    assert list(exceeded(sizes(at_most))) == []
    assert list(exceeded(sizes(role(ManagedPolicyArns=["arn"] * 10)))) == []


def test_whitespace_of_a_policy_is_not_counted() -> None:
    spaced = role(Policies=[{"PolicyDocument": {"Statement": [{"Sid": " " * 20_000}]}}])

    assert list(exceeded(sizes(spaced))) == []


def test_what_is_known_only_after_the_deployment_counts_as_long() -> None:
    content = {"A": {"Ref": "B"}, "C": [{"Fn::Sub": "${D.Arn}:live"}, "text"], "E": {"Fn::GetAtt": ["B", "Arn"]}}

    assert without_references(content, {"B": 3}) == {"A": "xxx", "C": [f"{UNKNOWN}:live", "text"], "E": UNKNOWN}
