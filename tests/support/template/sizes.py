"""Measures what AWS limits, in a template whose conditions and parameters are resolved."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.support.template.conditions import VARIABLE, Template
from tests.support.template.limits import Size
from tests.support.template.source import listed

Properties = dict[str, Any]
Measured = Iterator[tuple[str, int]]

# A generated name or an ARN is known only after the deployment. Most are shorter than this; some have a known limit.
UNKNOWN = "x" * 128
LONGEST_NAMES = {"AWS::Lambda::Function": 64, "AWS::S3::Bucket": 63}


def sizes(template: Template) -> Iterator[Size]:
    """Every size of a template that AWS limits."""
    yield from (Size(limit, "the template", size) for limit, size in _of_template(template))
    for section in ("Mappings", "Outputs", "Parameters", "Resources"):
        for name in template.get(section, {}):
            yield Size("characters of name", name, len(name))
    for name, output in template.get("Outputs", {}).items():
        yield Size("bytes of description", name, _bytes(output.get("Description", "")))
    longest = {
        name: LONGEST_NAMES.get(resource["Type"], len(UNKNOWN)) for name, resource in template["Resources"].items()
    }
    for name, resource in template["Resources"].items():
        properties = without_references(resource.get("Properties", {}), longest)
        if resource["Type"] in MEASURES:
            yield from (Size(limit, name, size) for limit, size in MEASURES[resource["Type"]](properties))
    yield from _function_policies(template)


def definition_sizes(definition: dict[str, Any]) -> Iterator[Size]:
    """The sizes of a state machine's definition."""
    yield Size("bytes of definition", "the definition", _bytes(json.dumps(definition)))
    for name in _state_names(definition):
        yield Size("characters of state name", name, len(name))


def parameter_sizes(values: dict[str, str]) -> Iterator[Size]:
    """The sizes of the parameters' values."""
    return (Size("bytes of parameter value", name, _bytes(value)) for name, value in values.items())


def without_references(content: Any, longest: Mapping[str, int]) -> Any:
    """Properties in which a text of a length that is possible is in the place of each reference.

    Args:
        content: properties of a resource.
        longest: the longest name of a resource, by its logical id.
    """
    if isinstance(content, list):
        return [without_references(item, longest) for item in content]
    if not isinstance(content, dict):
        return content
    if len(content) == 1:
        [(function, argument)] = content.items()
        if function == "Fn::Sub":
            return VARIABLE.sub(UNKNOWN, argument if isinstance(argument, str) else argument[0])
        if function == "Ref":
            return "x" * longest.get(argument, len(UNKNOWN))
        if function.startswith("Fn::"):
            return UNKNOWN
    return {name: without_references(field, longest) for name, field in content.items()}


def _function_policies(template: Template) -> Iterator[Size]:
    """The policy of each function consists of its permissions."""
    policies: Counter[str] = Counter()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Permission":
            function = json.dumps(resource["Properties"]["FunctionName"])
            policies[function] += _characters(without_references(resource["Properties"], {}))
    return (Size("bytes of function policy", function, size) for function, size in policies.items())


def _of_template(template: Template) -> Measured:
    text = json.dumps(template)
    yield "bytes of template", _bytes(text)
    yield "bytes of description", _bytes(template.get("Description", ""))
    yield "dynamic references", len(re.findall(r"\{\{resolve:", text))
    yield "attributes of mapping", max(map(len, template.get("Mappings", {}).values()), default=0)
    for section in ("Mappings", "Outputs", "Parameters", "Resources"):
        yield section.lower(), len(template.get(section, {}))


def _function(properties: Properties) -> Measured:
    variables = properties.get("Environment", {}).get("Variables", {})
    yield "bytes of environment", sum(_bytes(f"{name}{value}") for name, value in variables.items())


def _version(properties: Properties) -> Measured:
    yield "characters of version description", len(properties.get("Description", ""))


def _role(properties: Properties) -> Measured:
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    yield "characters of inline policies", sum(map(_characters, inline))
    yield "characters of trust policy", _characters(properties["AssumeRolePolicyDocument"])
    yield "managed policies of role", len(properties.get("ManagedPolicyArns", []))


def _managed_policy(properties: Properties) -> Measured:
    yield "characters of managed policy", _characters(properties["PolicyDocument"])


def _queue_policy(properties: Properties) -> Measured:
    yield "bytes of queue policy", _characters(properties["PolicyDocument"])
    yield "statements of queue policy", len(listed(properties["PolicyDocument"]["Statement"]))


def _topic_policy(properties: Properties) -> Measured:
    yield "bytes of topic policy", _characters(properties["PolicyDocument"])


def _key(properties: Properties) -> Measured:
    yield "bytes of key policy", _characters(properties["KeyPolicy"])


def _bucket_policy(properties: Properties) -> Measured:
    yield "bytes of bucket policy", _characters(properties["PolicyDocument"])


def _alarm(properties: Properties) -> Measured:
    yield "metrics of alarm", sum("MetricStat" in query for query in properties.get("Metrics", []))
    for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        yield "actions of alarm", len(properties.get(kind, []))


def _dashboard(properties: Properties) -> Measured:
    widgets = json.loads(properties["DashboardBody"])["widgets"]
    metrics = [len(widget["properties"].get("metrics", [])) for widget in widgets]
    yield "widgets of dashboard", len(widgets)
    yield "metrics of dashboard", sum(metrics)
    for count in metrics:
        yield "metrics of widget", count


def _api(properties: Properties) -> Measured:
    body = properties["Body"]
    paths = {
        "/".join(parts[:end]) for path in body["paths"] for parts in [path.split("/")] for end in range(len(parts))
    }
    components = body.get("components", {})
    yield "resources of API", len(paths | body["paths"].keys())
    yield (
        "authorizers of API",
        sum("x-amazon-apigateway-authorizer" in s for s in _values(components, "securitySchemes")),
    )
    yield "bytes of API document", _bytes(json.dumps(body))
    for schema in _values(components, "schemas"):
        yield "bytes of model", _bytes(json.dumps(schema))


def _api_stage(properties: Properties) -> Measured:
    yield "bytes of access log format", _bytes(properties.get("AccessLogSetting", {}).get("Format", ""))


def _nested_stack(properties: Properties) -> Measured:
    for value in properties.get("Parameters", {}).values():
        yield "bytes of parameter value", _bytes(value)


def _table(properties: Properties) -> Measured:
    yield "indexes of table", len(properties.get("GlobalSecondaryIndexes", []))


def _rule(properties: Properties) -> Measured:
    yield "characters of event pattern", _characters(properties.get("EventPattern", {}))
    yield "targets of rule", len(properties.get("Targets", []))


def _parameter(properties: Properties) -> Measured:
    yield "bytes of Parameter Store value", _bytes(properties["Value"])
    yield "characters of Parameter Store name", len(properties["Name"])


def _distribution(properties: Properties) -> Measured:
    config = properties["DistributionConfig"]
    yield "cache behaviors", len(config.get("CacheBehaviors", []))
    yield "characters of distribution comment", len(config.get("Comment", ""))


def _access_control(properties: Properties) -> Measured:
    yield "characters of origin access control name", len(properties["OriginAccessControlConfig"]["Name"])


def _response_headers(properties: Properties) -> Measured:
    custom = properties["ResponseHeadersPolicyConfig"].get("CustomHeadersConfig", {})
    yield "custom headers of response headers policy", len(custom.get("Items", []))


MEASURES: dict[str, Callable[[Properties], Measured]] = {
    "AWS::ApiGateway::RestApi": _api,
    "AWS::ApiGateway::Stage": _api_stage,
    "AWS::CloudFormation::Stack": _nested_stack,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudFront::OriginAccessControl": _access_control,
    "AWS::CloudFront::ResponseHeadersPolicy": _response_headers,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Version": _version,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SSM::Parameter": _parameter,
}


def _bytes(text: str) -> int:
    return len(text.encode())


def _characters(document: Any) -> int:
    """The characters of a policy or pattern; AWS does not count whitespace."""
    return len(re.sub(r"\s", "", json.dumps(document)))


def _values(content: dict[str, Any], name: str) -> list[Any]:
    return list(content.get(name, {}).values())


def _state_names(scope: dict[str, Any]) -> Iterator[str]:
    for name, state in scope["States"].items():
        yield name
        for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
            if inner:
                yield from _state_names(inner)
