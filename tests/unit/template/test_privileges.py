"""Nobody may do more than they must: what the deployed roles and policies allow, after the SAM transform."""

import json
from typing import Any

import pytest

from tests.support.template.transformed import Statement, resources, statements

# Every statement whose resource is not one thing, and why it cannot be.
WILDCARDS = {
    ("DeploymentRole", "ShiftTrafficToAnotherVersion"): "the stack's functions, whose names CloudFormation makes up",
    ("DeploymentRole", "ReadAlarms"): "DescribeAlarms knows no resources",
    ("ReservationStateMachineRole", "DeliverLogsAndTraces"): "log deliveries and traces belong to no resource",
    ("FunctionBoundary", "WriteLogsOfThisStack"): "the stack's log groups, whose names CloudFormation makes up",
    ("FunctionBoundary", "DenyIamAndForeignLogs"): "a boundary allows nothing by itself",
    ("CheckoutApiFunctionRole", "WatchReservations"): "any execution of the one state machine",
    ("AdminApiFunctionRole", "ReadExecutionHistory"): "any execution of the one state machine",
    ("CheckoutServicePolicy", "WatchReservations"): "any execution of the one state machine",
    ("CheckoutServicePolicy", "CallCheckoutApi"): "any method and reservation of the one API",
    ("AdminApiFunctionRole", "StoreUploadsAndReadReports"): "any file of the one bucket",
    ("ImportCatalogueFunctionRole", "ReadUploadsAndStoreReports"): "any file of the one bucket",
}
MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": "SAM attaches it; the boundary takes away the logs of others",
    "AWSXrayWriteOnlyAccess": "SAM attaches it; traces belong to no resource",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": "the one role of the account that API Gateway logs by",
}


def name_of(statement: Statement) -> tuple[str, str]:
    return statement.resource, str(statement.content.get("Sid", ""))


def test_every_wildcard_has_its_reason_and_every_reason_its_wildcard() -> None:
    found = {name_of(statement) for statement in statements() if "*" in json.dumps(statement.resources)}

    assert found == set(WILDCARDS)


def test_no_role_names_actions_by_a_wildcard() -> None:
    assert [name_of(statement) for statement in statements() if "*" in "".join(statement.actions)] == []


def test_only_the_boundary_says_what_is_not_allowed() -> None:
    assert {statement.resource for statement in statements() if "NotAction" in statement.content} == {
        "FunctionBoundary"
    }


def test_a_policy_of_aws_is_attached_for_a_reason_only() -> None:
    attached = {
        json.dumps(policy).split(":policy/")[-1].rstrip('"}')
        for role in resources("AWS::IAM::Role").values()
        for policy in role.get("ManagedPolicyArns", ())
    }

    assert attached == set(MANAGED)


def test_no_function_is_without_the_boundary() -> None:
    roles = resources("AWS::IAM::Role")
    for function in resources("AWS::Lambda::Function").values():
        [role, _] = function["Role"]["Fn::GetAtt"]
        assert roles[role]["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}


def test_the_boundary_reaches_every_log_group_of_a_function() -> None:
    # Without a name of its own, a log group's begins with the stack's.
    groups = resources("AWS::Logs::LogGroup")
    for function in resources("AWS::Lambda::Function").values():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert "LogGroupName" not in groups[group]


@pytest.mark.parametrize("name", resources("AWS::S3::Bucket"))
def test_no_bucket_can_be_public_or_read_in_the_clear(name: str) -> None:
    bucket = resources("AWS::S3::Bucket")[name]
    policies: list[dict[str, Any]] = [
        statement
        for policy in resources("AWS::S3::BucketPolicy").values()
        if policy["Bucket"] == {"Ref": name}
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert any(is_tls_only(statement) for statement in policies)
    assert [s["Sid"] for s in policies if s["Effect"] == "Allow" and s["Principal"] in ("*", {"AWS": "*"})] == []


@pytest.mark.parametrize("name", resources("AWS::SNS::Topic"))
def test_messages_of_a_topic_are_encrypted_and_never_sent_in_the_clear(name: str) -> None:
    [policy] = [policy for policy in resources("AWS::SNS::TopicPolicy").values() if policy["Topics"] == [{"Ref": name}]]

    assert resources("AWS::SNS::Topic")[name]["KmsMasterKeyId"]
    assert any(is_tls_only(statement) for statement in policy["PolicyDocument"]["Statement"])


@pytest.mark.parametrize("name", resources("AWS::SQS::Queue"))
def test_messages_of_a_queue_are_encrypted_and_never_sent_in_the_clear(name: str) -> None:
    policies = [
        statement
        for policy in resources("AWS::SQS::QueuePolicy").values()
        if {"Ref": name} in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert resources("AWS::SQS::Queue")[name]["SqsManagedSseEnabled"]
    assert any(is_tls_only(statement) for statement in policies)


def test_alarms_may_speak_to_operations() -> None:
    statements = resources("AWS::SNS::TopicPolicy")["OperationsTopicPolicy"]["PolicyDocument"]["Statement"]

    assert [s["Principal"] for s in statements if s["Effect"] == "Allow"] == [{"Service": "cloudwatch.amazonaws.com"}]


def test_administrators_sign_in_without_showing_their_password_and_not_for_long() -> None:
    [client] = resources("AWS::Cognito::UserPoolClient").values()
    [pool] = resources("AWS::Cognito::UserPool").values()

    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    assert (client["IdTokenValidity"], client["TokenValidityUnits"]["IdToken"]) == (15, "minutes")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14


def is_tls_only(statement: dict[str, Any]) -> bool:
    """Whether a statement turns away whoever comes without TLS."""
    refused = (statement["Effect"], statement["Principal"], statement.get("Condition"))
    return refused == ("Deny", "*", {"Bool": {"aws:SecureTransport": "false"}})
