"""Telemetry of a decision: from the call over HTTP to the log line and the metrics of the function that decided."""

import json
import time
from typing import Any

from inventory_client import Line

from tests.support.deployed.resources import STACK_NAME, physical_id
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

LOGGED_WITHIN_SECONDS = 60  # on a busy machine; usually less than two


def log_lines(stack: Stack, log_group: str, words: str) -> list[dict[str, Any]]:
    """The JSON lines with these words in a log group of the stack; waits a limited time for the first line."""
    name = physical_id(stack, log_group)
    deadline = time.monotonic() + LOGGED_WITHIN_SECONDS
    while True:
        pages = stack.client("logs").get_paginator("filter_log_events")
        found = [
            event["message"]
            for page in pages.paginate(logGroupName=name, filterPattern=f'"{words}"')
            for event in page["events"]
        ]
        if found:
            return [json.loads(message) for message in found if message.startswith("{")]
        assert time.monotonic() < deadline, f"{name} has no line with {words}"
        time.sleep(0.5)


def test_a_hold_over_http_is_logged_with_its_execution_and_a_trace(
    stack: Stack, service: CheckoutService, stock_loader: StockLoader
) -> None:
    held = service.http.create_reservation([Line("KIT-0001", 1)], key="logged-1")

    arn = service.execution_arn(held.reservation_id)
    [line] = [line for line in log_lines(stack, "ReserveStockLogGroup", "logged-1") if line.get("message") == "decided"]

    assert (line["reservation_id"], line["execution_arn"], line["status"]) == ("logged-1", arn, "HELD")
    assert line["product_ids"] == ["KIT-0001"]
    assert line["xray_trace_id"].startswith("1-")


def test_a_hold_records_how_long_its_shopper_waited(
    stack: Stack, service: CheckoutService, stock_loader: StockLoader
) -> None:
    before = time.time()
    service.http.create_reservation([Line("KIT-0001", 1)], key="logged-2")
    assert log_lines(stack, "ReserveStockLogGroup", "logged-2")  # its metrics are logged together with this line

    measured = [line for line in log_lines(stack, "ReserveStockLogGroup", "TimeToDecide") if "_aws" in line]
    [line] = [line for line in measured if line["_aws"]["Timestamp"] >= before * 1000 and "Holds" in line]

    assert line["service"] == STACK_NAME
    assert 0 < line["TimeToDecide"][0] < LOGGED_WITHIN_SECONDS * 1000
