"""The scheduled reconciliation on the deployed component, with the permissions of its role."""

import json
from typing import Any

import pytest

from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import Stack
from tools.reconcile.__main__ import AGREES, DIFFERS, main
from tools.reconcile.account import Account

HOLD_SECONDS = 5
DECIDED_WITHIN_SECONDS = HOLD_SECONDS + 90
PRODUCT = "KIT-0001"


def hold(service: CheckoutService, reservation_id: str, **more: Any) -> None:
    """Start a checkout, and wait until it is held."""
    lines = [{"product_id": PRODUCT, "quantity": 1}]
    service.start(reservation_id, {"lines": lines} | more)
    service.await_status(reservation_id, "HELD")


def stop(stack: Stack, service: CheckoutService, reservation_id: str) -> None:
    """Stop the execution, as an operator might in the console."""
    stack.client("stepfunctions").stop_execution(executionArn=service.execution_arn(reservation_id))


def run(stack: Stack, output: str) -> Any:
    """Run a scheduled function now."""
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs[output])
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.load(answer["Payload"])


def test_the_schedule_settles_a_hold_and_a_payment_whose_executions_were_stopped(
    stack: Stack, service: CheckoutService, stock_loader: StockLoader
) -> None:
    hold(service, "stranded", hold_seconds=HOLD_SECONDS)
    hold(service, "stranded-and-paid", hold_seconds=3_600)  # a paid order does not wait for the end of its hold
    stop(stack, service, "stranded")
    stop(stack, service, "stranded-and-paid")
    service.pay("stranded-and-paid", "PAY-1")

    assert service.await_status("stranded", "RELEASED", seconds=DECIDED_WITHIN_SECONDS)
    assert service.await_status("stranded-and-paid", "COMMITTED", seconds=DECIDED_WITHIN_SECONDS)

    assert stock_loader.differences() == []
    assert run(stack, "ReconcileCountersFunctionName")["drifted"] == 0


def test_a_drift_is_found_by_the_function_and_repaired_by_the_command(
    stack: Stack, stock_loader: StockLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "on_this_machine", lambda: Account.of(DeployedStack.of_local(stack)))
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["InventoryTableName"],
        Key={"product_id": {"S": PRODUCT}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET available = available - :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )

    assert run(stack, "ReconcileCountersFunctionName")["drifted"] == 1
    assert main(["--local"]) == DIFFERS
    assert main(["--local", "--repair", "--reason", "a test"]) == AGREES
    assert stock_loader.differences() == []
