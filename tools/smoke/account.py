"""Points about the account and the runtime: quotas, the version of the SDK, alarms."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tools.deployed_stack import DeployedStack
from tools.smoke.errors import Unexpected
from tools.smoke.steps import Point

CONCURRENCY_MIN = 100  # with fewer, the workflow's functions and the API's take each other's places
CONCURRENCY_QUOTA = "L-B99A9384"
SDK_VERSION_MIN = (1, 35)
ALARMS_MAX = 100  # in one call of DescribeAlarms
NAMES_SHOWN = 3


def account_points(stack: DeployedStack) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "read the account's quotas",
            lambda: quotas(stack),
            "Allow the caller lambda:GetAccountSettings and apigateway:GET, and run this again.",
        ),
        Point(
            "read the version of the runtime's boto3",
            lambda: sdk_version(stack),
            "Choose a newer runtime with the parameter Runtime, or add boto3 to functions/requirements.txt; "
            "the caller needs lambda:InvokeFunction for ReconcileHolds.",
        ),
        Point(
            "read the state of the alarms",
            lambda: alarms(stack),
            "docs/operations.md has a section for each alarm; the caller needs cloudformation:ListStackResources "
            "and cloudwatch:DescribeAlarms.",
        ),
    ]


def quotas(stack: DeployedStack) -> str:
    """How much the account may do at once. New accounts may run ten functions, and AWS's documentation says 1,000."""
    limit = stack.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    rate = stack.client("apigateway").get_account().get("throttleSettings", {}).get("rateLimit")
    remark = f"{limit} functions at once" + (f", {rate:g} requests a second" if rate else "")
    if limit >= CONCURRENCY_MIN:
        return remark
    return (
        f"{remark}. WARNING: that is too few for a shop. Ask for 1,000: aws service-quotas "
        f"request-service-quota-increase --service-code lambda --quota-code {CONCURRENCY_QUOTA} --desired-value 1000"
    )


def sdk_version(stack: DeployedStack) -> str:
    """The version of boto3 in the Lambda runtime, which the functions use: ReconcileHolds returns it."""
    answer = stack.client("lambda").invoke(FunctionName=stack.output("ReconcileHoldsFunctionName"), Payload=b"{}")
    content = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Unexpected(f"ReconcileHolds failed: {content.get('errorType')}: {content.get('errorMessage')}")
    version = str(content.get("sdk_version", "not in its answer"))
    parts = re.match(r"(\d+)\.(\d+)", version)
    if parts is None or (int(parts[1]), int(parts[2])) < SDK_VERSION_MIN:
        wanted = ".".join(map(str, SDK_VERSION_MIN))
        raise Unexpected(f"the version of boto3 is {version}, and the functions need at least {wanted}")
    return version


def alarms(stack: DeployedStack) -> str:
    """No alarm of the stack and its nested stacks is on. INSUFFICIENT_DATA is normal before the first traffic."""
    states = alarm_states(stack)
    if not states:
        raise Unexpected("the stack has no alarms")
    if on := [name for name, state in states.items() if state == "ALARM"]:
        raise Unexpected(f"{len(on)} alarms are on: {', '.join(on[:NAMES_SHOWN])}{' …' if on[NAMES_SHOWN:] else ''}")
    without_data = list(states.values()).count("INSUFFICIENT_DATA")
    return f"{len(states)} alarms, none is on" + (f", {without_data} without data" if without_data else "")


def alarm_states(stack: DeployedStack) -> dict[str, str]:
    """The state of every alarm of a stack and of those that are nested in it, by its name."""
    names = list(_alarm_names(stack, stack.name))
    states: dict[str, str] = {}
    for start in range(0, len(names), ALARMS_MAX):
        answer = stack.client("cloudwatch").describe_alarms(
            AlarmNames=names[start : start + ALARMS_MAX], AlarmTypes=["CompositeAlarm", "MetricAlarm"]
        )
        for alarm in [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]:
            states[alarm["AlarmName"]] = alarm["StateValue"]
    return states


def _alarm_names(stack: DeployedStack, name: str) -> Iterator[str]:
    """The alarms of a stack and of those that are nested in it."""
    pages: Any = stack.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from _alarm_names(stack, resource["PhysicalResourceId"])
            elif resource["ResourceType"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
                yield resource["PhysicalResourceId"]
