"""Least privilege: what the deployed roles and policies allow, after the SAM transform."""

import json
from typing import Any

import pytest

from tests.support.template.transformed import Statement, resources, statements

# Every statement with a wildcard in its resource, and the reason.
WILDCARDS = {
    ("DeploymentRole", "ReadProvisionedConcurrency"): "any alias and version of the functions",
    ("DeploymentRole", "ReadAlarms"): "DescribeAlarms does not support resources",
    ("ReservationStateMachineRole", "DeliverLogsAndTraces"): "log delivery and traces do not support resources",
    ("FunctionBoundary", "DenyIamAndForeignLogs"): "a boundary alone grants no permission",
    ("CheckoutApiFunctionRole", "WatchReservations"): "any execution of the one state machine",
    ("AdminApiFunctionRole", "ReadExecutionHistory"): "any execution of the one state machine",
    ("AdminApiFunctionRole", "SeeWhichAlarmsAreOn"): "DescribeAlarms does not support resources",
    ("RecordFailedExecutionFunctionRole", "ReadLongInputs"): "any execution of the one state machine",
    ("CheckoutServicePolicy", "WatchReservations"): "any execution of the one state machine",
    ("CheckoutServicePolicy", "CallCheckoutApi"): "any method and reservation of the one API",
    ("AdminApiFunctionRole", "StoreUploadsAndReadReports"): "any file of the one bucket",
    ("ImportCatalogueFunctionRole", "ReadUploadsAndStoreReports"): "any file of the one bucket",
    ("ImportCatalogueFunctionRole", "LeaveNoPartsOfAnExport"): "any export of the one bucket",
    (
        "PublishChangesFunctionRole",
        "ListTheStreams",
    ): "the streams of the two tables, which a stream's own ARN cannot name",
    ("RenewLiveStockKeyFunctionRole", "RenewTheKey"): "any key of the one API",
    (
        "FollowChangesFunctionRole",
        "ListTheStreams",
    ): "the streams of the four tables, which a stream's own ARN cannot name",
    ("MergeReadModelFunctionRole", "ReadAndWriteSnapshots"): "any file of the one bucket",
    ("AdminApiFunctionRole", "ReadSnapshots"): "any file of the one bucket",
    ("CheckLowStockFunctionRole", "ReadSnapshots"): "any file of the one bucket",
    ("ReconcileCountersFunctionRole", "ReadWhatChanged"): "any file of one folder of the one bucket",
}
MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": "SAM attaches it; the boundary restricts it to the logs of this stack",
    "AWSXrayWriteOnlyAccess": "SAM attaches it; traces do not support resources",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": "the one role of the account with which API Gateway writes logs",
}


def name_of(statement: Statement) -> tuple[str, str]:
    return statement.resource, str(statement.content.get("Sid", ""))


def test_every_wildcard_has_a_reason_and_every_reason_a_wildcard() -> None:
    found = {name_of(statement) for statement in statements() if "*" in json.dumps(statement.resources)}

    assert found == set(WILDCARDS)


def test_no_statement_has_a_wildcard_in_its_actions() -> None:
    assert [name_of(statement) for statement in statements() if "*" in "".join(statement.actions)] == []


def test_only_the_boundary_uses_not_action() -> None:
    assert {statement.resource for statement in statements() if "NotAction" in statement.content} == {
        "FunctionBoundary"
    }


def test_every_managed_policy_of_aws_has_a_reason() -> None:
    attached = {
        json.dumps(policy).split(":policy/")[-1].rstrip('"}')
        for role in resources("AWS::IAM::Role").values()
        for policy in role.get("ManagedPolicyArns", ())
    }

    assert attached == set(MANAGED)


def test_every_function_has_the_boundary() -> None:
    roles = resources("AWS::IAM::Role")
    for function in resources("AWS::Lambda::Function").values():
        [role, _] = function["Role"]["Fn::GetAtt"]
        assert roles[role]["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}


def test_the_boundary_allows_writing_to_exactly_the_log_groups_of_the_functions() -> None:
    groups = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in resources("AWS::Lambda::Function").values()]
    [writing] = [statement for statement in statements() if statement.content.get("Sid") == "WriteLogsOfThisStack"]

    assert sorted(arn["Fn::GetAtt"][0] for arn in writing.resources) == sorted(groups)


def test_code_deploy_may_shift_the_traffic_of_exactly_the_functions_that_are_deployed_gradually() -> None:
    applied = {group.removesuffix("DeploymentGroup") for group in resources("AWS::CodeDeploy::DeploymentGroup")}
    [shifting] = [s for s in statements() if s.content.get("Sid") == "ShiftTrafficToAnotherVersion"]
    [reading] = [s for s in statements() if s.content.get("Sid") == "ReadProvisionedConcurrency"]

    assert {arn["Fn::GetAtt"][0] for arn in shifting.resources} == applied
    # Lambda authorizes this action for an alias or a version, and the others for the function:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    assert {arn["Fn::Sub"] for arn in reading.resources} == {f"${{{name}.Arn}}:*" for name in applied}


def test_no_policy_allows_what_only_begins_with_the_name_of_the_stack() -> None:
    # `inventory-*` would also match `inventory-prod-…`, and a function in a stack with a long name gets a shorter prefix.
    assert [
        name_of(statement) for statement in statements() if "AWS::StackName" in json.dumps(statement.resources)
    ] == []


def test_a_function_that_reads_objects_may_list_the_bucket_so_that_a_missing_one_is_404() -> None:
    # Without the permission S3 answers 403, also for an object that does not exist:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    readers = {s.resource for s in statements() if "s3:GetObject" in s.actions}
    listing = {s.resource for s in statements() if "s3:ListBucket" in s.actions}

    assert readers
    assert readers == listing


@pytest.mark.parametrize("name", resources("AWS::S3::Bucket"))
def test_no_bucket_is_public_or_accepts_unencrypted_requests(name: str) -> None:
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
def test_a_topic_is_encrypted_and_accepts_no_unencrypted_requests(name: str) -> None:
    [policy] = [policy for policy in resources("AWS::SNS::TopicPolicy").values() if policy["Topics"] == [{"Ref": name}]]

    assert resources("AWS::SNS::Topic")[name]["KmsMasterKeyId"]
    assert any(is_tls_only(statement) for statement in policy["PolicyDocument"]["Statement"])


@pytest.mark.parametrize("name", resources("AWS::SQS::Queue"))
def test_a_queue_is_encrypted_and_accepts_no_unencrypted_requests(name: str) -> None:
    policies = [
        statement
        for policy in resources("AWS::SQS::QueuePolicy").values()
        if {"Ref": name} in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert resources("AWS::SQS::Queue")[name]["SqsManagedSseEnabled"]
    assert any(is_tls_only(statement) for statement in policies)


def test_only_the_two_functions_of_live_stock_may_push_and_publish() -> None:
    publishers = {"PublishChangesFunctionRole", "RepublishChangesFunctionRole"}
    pushing = [s for s in statements() if "appsync:EventPublish" in s.actions]
    publishing = [s for s in statements() if "events:PutEvents" in s.actions]

    assert {s.resource for s in pushing} == {s.resource for s in publishing} == publishers
    for statement in pushing:
        assert statement.resources == [{"Fn::GetAtt": ["LiveStockNamespace", "ChannelNamespaceArn"]}]
    for statement in publishing:
        [bus] = statement.resources
        assert bus["Fn::Sub"].endswith(":event-bus/${EventBusName}")


def test_the_key_of_pages_subscribes_and_cannot_publish() -> None:
    [api] = resources("AWS::AppSync::Api").values()
    [namespace] = resources("AWS::AppSync::ChannelNamespace").values()
    config = api["EventConfig"]

    assert config["ConnectionAuthModes"] == config["DefaultSubscribeAuthModes"] == [{"AuthType": "API_KEY"}]
    assert config["DefaultPublishAuthModes"] == [{"AuthType": "AWS_IAM"}]
    assert (namespace["PublishAuthModes"], namespace["SubscribeAuthModes"]) == (
        [{"AuthType": "AWS_IAM"}],
        [{"AuthType": "API_KEY"}],
    )


def test_only_alarms_of_cloudwatch_may_publish_by_the_topic_policy() -> None:
    statements = resources("AWS::SNS::TopicPolicy")["OperationsTopicPolicy"]["PolicyDocument"]["Statement"]

    assert [s["Principal"] for s in statements if s["Effect"] == "Allow"] == [{"Service": "cloudwatch.amazonaws.com"}]


def test_administrators_sign_in_with_srp_and_short_lived_tokens() -> None:
    [client] = resources("AWS::Cognito::UserPoolClient").values()
    [pool] = resources("AWS::Cognito::UserPool").values()

    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    assert (client["IdTokenValidity"], client["TokenValidityUnits"]["IdToken"]) == (15, "minutes")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14


def is_tls_only(statement: dict[str, Any]) -> bool:
    """Whether a statement denies requests without TLS."""
    refused = (statement["Effect"], statement["Principal"], statement.get("Condition"))
    return refused == ("Deny", "*", {"Bool": {"aws:SecureTransport": "false"}})
