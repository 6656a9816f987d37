"""A decision can be followed: from the call over HTTP to the log line of the function that made it."""

import json
import time
from typing import Any

from inventory_client import Line

from tests.support.deployed.resources import STACK_NAME, physical_id
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

TOLD_WITHIN_SECONDS = 20


def log_lines(stack: Stack, log_group: str, words: str) -> list[dict[str, Any]]:
    """The lines of JSON in a log group of the stack that have these words, waiting a bounded time for the first."""
    name = physical_id(stack, log_group)
    deadline = time.monotonic() + TOLD_WITHIN_SECONDS
    while True:
        pages = stack.client("logs").get_paginator("filter_log_events")
        found = [
            event["message"]
            for page in pages.paginate(logGroupName=name, filterPattern=f'"{words}"')
            for event in page["events"]
        ]
        if found:
            return [json.loads(message) for message in found if message.startswith("{")]
        assert time.monotonic() < deadline, f"{name} does not tell of {words}"
        time.sleep(0.5)


def test_a_hold_over_http_is_logged_with_its_execution_and_a_trace(
    stack: Stack, service: CheckoutService, shelves: StockLoader
) -> None:
    held = service.http.create_reservation([Line("KIT-0001", 1)], key="told-3")

    arn = service.execution_arn(held.reservation_id)
    [line] = [line for line in log_lines(stack, "ReserveStockLogGroup", "told-3") if line.get("message") == "decided"]

    assert (line["reservation_id"], line["execution_arn"], line["status"]) == ("told-3", arn, "HELD")
    assert line["product_ids"] == ["KIT-0001"]
    assert line["xray_trace_id"].startswith("1-")


def test_a_hold_tells_how_long_its_shopper_waited(stack: Stack, service: CheckoutService, shelves: StockLoader) -> None:
    before = time.time()
    service.http.create_reservation([Line("KIT-0001", 1)], key="told-4")
    assert log_lines(stack, "ReserveStockLogGroup", "told-4")  # so its metrics are there, too

    measured = [line for line in log_lines(stack, "ReserveStockLogGroup", "TimeToDecide") if "_aws" in line]
    [line] = [line for line in measured if line["_aws"]["Timestamp"] >= before * 1000 and "Holds" in line]

    assert line["service"] == STACK_NAME
    assert 0 < line["TimeToDecide"][0] < TOLD_WITHIN_SECONDS * 1000
