"""The running local AWS refuses what AWS refuses. Each rule has its own tests in tests/unit/tools/refusals."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.deployed.manager import Manager
from tests.support.shop import Shop, at_once, create_tables
from tests.support.waiting import until
from tools.local import Credentials, LocalSettings, Stack
from tools.local.ports import free_port
from tools.local.processes.environment import clean_environment
from tools.local.refusals.throttling import QUOTAS
from tools.local.root_user import root_session
from tools.local.settings import TRANSACTION_VARIABLE

EVERYTHING_BUT_LISTING = [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"},
]
STARTED_WITHIN_SECONDS = 60
CHECKOUTS = 6


def code_of(call: Callable[..., Any], **request: Any) -> str:
    """The name of the error with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"]


def test_an_import_that_is_too_large_for_lambda_gets_a_plain_413_from_the_gateway(manager: Manager) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        manager.asks("POST", "/admin/imports?mode=CHECK", b"x" * 5_000_000, Content_Type="text/csv")

    assert refused.value.code == 413
    assert json.load(refused.value) == {"message": "Request Too Long"}


def test_a_missing_object_is_denied_to_a_user_who_may_not_list_its_bucket(stack: Stack) -> None:
    bucket, user = f"b-{uuid4().hex}", f"u-{uuid4().hex}"
    stack.client("s3").create_bucket(Bucket=bucket)
    iam = stack.client("iam")
    iam.create_user(UserName=user)
    policy = {"Version": "2012-10-17", "Statement": EVERYTHING_BUT_LISTING}
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    reader = stack.client("s3", Credentials(key["AccessKeyId"], key["SecretAccessKey"]))

    assert code_of(reader.get_object, Bucket=bucket, Key="missing") == "AccessDenied"
    assert code_of(reader.head_object, Bucket=bucket, Key="missing") == "403"
    assert code_of(stack.client("s3").get_object, Bucket=bucket, Key="missing") == "NoSuchKey"


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"A": {"Type": "AWS::SNS::Topic", "Properties": None}}, "'null' values are not allowed in templates"),
        (
            {"A": {"Type": "AWS::SNS::Topic", "Metadata": {"Ref": "A"}}},
            r"Circular dependency between resources: \[A\]",
        ),
    ],
)
def test_a_template_with_a_null_or_a_ring_is_refused(stack: Stack, resources: Any, message: str) -> None:
    template = json.dumps({"Resources": resources})

    with pytest.raises(ClientError, match=message):
        stack.client("cloudformation").create_stack(StackName=f"s-{uuid4().hex}", TemplateBody=template)


def test_limits_of_lambda_and_dynamodb_apply(stack: Stack) -> None:
    functions, tables = stack.client("lambda"), stack.client("dynamodb")
    environment = {"Variables": {"LARGE": "x" * 5000}}
    updates = [{"Delete": {"IndexName": name}} for name in ("first", "second")]

    assert (
        code_of(functions.update_function_configuration, FunctionName="f", Environment=environment)
        == "InvalidParameterValueException"
    )
    assert (
        code_of(functions.invoke, FunctionName="f", InvocationType="Event", Payload=b'"' + b"x" * 1_048_576 + b'"')
        == "RequestEntityTooLargeException"
    )
    table = stack.outputs["InventoryTableName"]
    assert (
        code_of(tables.update_table, TableName=table, GlobalSecondaryIndexUpdates=updates) == "LimitExceededException"
    )


def test_calls_beyond_a_quota_of_step_functions_are_throttled(stack: Stack) -> None:
    workflow = stack.client("stepfunctions")  # it tries a throttled call again
    attempts = []
    workflow.meta.events.register("response-received", lambda response_dict, **_: attempts.append(response_dict))

    for _ in range(QUOTAS["ListStateMachines"].bucket + 20):  # a quota that no other test needs
        workflow.list_state_machines()

    assert 400 in {attempt["status_code"] for attempt in attempts}


@pytest.fixture
def holding_dynamodb(tmp_path: Path) -> Iterator[Any]:
    """A client of a DynamoDB whose transactions hold their items; nothing else is deployed there."""
    settings = LocalSettings(free_port())
    with (tmp_path / "ministack.log").open("wb") as log:
        emulator = subprocess.Popen(
            [sys.executable, "-m", "tools.local.emulators.ministack_server", str(tmp_path), str(settings.port)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=clean_environment({"TMPDIR": str(tmp_path), TRANSACTION_VARIABLE: "50"}),
        )
    try:
        until(lambda: _responds(settings), "the start of ministack", within_seconds=STARTED_WITHIN_SECONDS)
        yield root_session().client("dynamodb", endpoint_url=settings.endpoint_url)
    finally:
        emulator.kill()
        emulator.communicate()


def _responds(settings: LocalSettings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.endpoint_url}/_ministack/health", timeout=5):
            return True
    except OSError:
        return False


def test_concurrent_checkouts_of_one_product_meet_and_all_succeed(holding_dynamodb: Any) -> None:
    conflicts = []
    holding_dynamodb.meta.events.register(
        "after-call.dynamodb",
        lambda parsed, **_: conflicts.append(parsed.get("Error", {}).get("Code") == "TransactionCanceledException"),
    )
    shop = Shop(holding_dynamodb, create_tables(holding_dynamodb))
    shop.stocks("P-1", on_hand=10)

    at_once(*[lambda: shop.reserves(("P-1", 1))] * CHECKOUTS)

    assert any(conflicts), "the checkouts did not meet"
    level = shop.level("P-1")
    assert (level.available, level.reserved) == (10 - CHECKOUTS, CHECKOUTS)
    shop.adds_up()
