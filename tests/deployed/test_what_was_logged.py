"""The logs of everything that ran on this local AWS so far: functions, gateway, workflow."""

from demo.checkout import CheckoutService
from demo.shelves import Shelves
from local import Stack
from local.sign_in import id_token


def test_no_log_line_has_a_secret_in_it(stack: Stack, service: CheckoutService, shelves: Shelves) -> None:
    service.start("LOGGED", {"lines": [{"product_id": "KIT-0020", "quantity": 1}], "hold_seconds": 60})
    service.await_status("LOGGED", "HELD")
    service.http.extend("LOGGED")
    service.http.cancel("LOGGED")
    service.await_end("LOGGED")

    lines = log_lines(stack)
    found = [line for line in lines if any(secret in line for secret in secrets(stack))]

    assert any("LOGGED" in line or "reservations" in line for line in lines), "this run is logged"
    assert found == []


def secrets(stack: Stack) -> set[str]:
    """Task tokens, keys, passwords and id tokens of this local AWS."""
    assert stack.admin
    assert stack.viewer
    rows = stack.client("dynamodb").scan(TableName=stack.outputs["ReservationsTableName"])["Items"]
    tokens = {row["task_token"]["S"] for row in rows if "task_token" in row}
    assert tokens, "a cancelled reservation keeps the token of its wait: without any this looks for nothing"
    return tokens | {
        stack.checkout.secret_access_key,
        stack.operator.secret_access_key,
        str(stack.storefront_api_key),
        stack.admin.password,
        stack.viewer.password,
        id_token(stack, stack.admin),
    }


def log_lines(stack: Stack) -> list[str]:
    """Every line of every log group."""
    logs = stack.client("logs")
    return [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for event in page["events"]
    ]
