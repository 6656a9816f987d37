"""Permissions on the deployed component: a checkout service may call AWS only for what it needs."""

import pytest
from botocore.exceptions import ClientError

from tools.local import Stack

OUTPUTS = {
    "ApiUrl",
    "UserPoolId",
    "UserPoolClientId",
    "ReservationStateMachineArn",
    "InventoryTableName",
    "ReservationsTableName",
    "MovementsTableName",
    "CustomersTableName",
    "RefundsTableName",
    "FailedExecutionsTableName",
    "IdempotencyTableName",
    "PublishedTableName",
    "ReadModelTableName",
    "LedgerCheckpointsTableName",
    "LowStockTopicArn",
}


def test_the_outputs_have_the_names_that_callers_rely_on(stack: Stack) -> None:
    assert set(stack.outputs) >= OUTPUTS


@pytest.mark.parametrize("table", sorted(output for output in OUTPUTS if output.endswith("TableName")))
def test_a_checkout_service_may_not_read_the_tables(stack: Stack, table: str) -> None:
    tables = stack.client("dynamodb", stack.checkout)

    with pytest.raises(ClientError, match="AccessDenied"):
        tables.scan(TableName=stack.outputs[table])


def test_a_checkout_service_may_not_read_the_files_of_the_read_model(stack: Stack) -> None:
    files = stack.client("s3", stack.checkout)

    with pytest.raises(ClientError, match="AccessDenied"):
        files.list_objects_v2(Bucket=stack.outputs["ReadModelBucketName"])


def test_a_checkout_service_may_not_invoke_the_steps_of_the_workflow(stack: Stack) -> None:
    functions = [
        function["FunctionName"]
        for page in stack.client("lambda").get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if "CommitStock" in function["FunctionName"]
    ]

    assert len(functions) == 1
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.client("lambda", stack.checkout).invoke(
            FunctionName=functions[0], Payload=b'{"reservation_id": "somebody-elses"}'
        )


def test_a_checkout_service_may_not_stop_an_execution(stack: Stack) -> None:
    execution = stack.outputs["ReservationStateMachineArn"].replace(":stateMachine:", ":execution:") + ":any"

    with pytest.raises(ClientError, match="AccessDenied"):
        stack.client("stepfunctions", stack.checkout).stop_execution(executionArn=execution)
