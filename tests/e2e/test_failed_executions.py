"""An execution that fails or is stopped is found by its order, through the event that EventBridge gets."""

import time
from typing import Any

import pytest

from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.local import Stack

LISTED_WITHIN_SECONDS = 30


def executions_of(manager: Manager, order_id: str) -> list[dict[str, Any]]:
    """The failed executions of an order, as soon as there are some."""
    deadline = time.monotonic() + LISTED_WITHIN_SECONDS
    while True:
        items: list[dict[str, Any]] = manager.gets("/admin/executions", order_id=order_id)["items"]
        if items:
            return items
        assert time.monotonic() < deadline, f"no failed execution of order {order_id} is listed"
        time.sleep(0.5)


def test_an_order_whose_execution_failed_is_found(manager: Manager, service: CheckoutService) -> None:
    service.start("failed-order", {"lines": [{"product_id": "KIT-0001", "quantity": 0}], "order_id": "FAILED-1"})

    [listed] = executions_of(manager, "FAILED-1")
    found = manager.gets("/admin/reservations/failed-order")

    assert (listed["execution_name"], listed["status"], listed["error"]) == (
        "failed-order",
        "FAILED",
        "InvalidReservation",
    )
    assert (found["status"], found["order_id"]) == ("FAILED", "FAILED-1")
    assert "lines[0].quantity" in found["cause"]
    assert found["input"]["lines"] == [{"product_id": "KIT-0001", "quantity": 0}]
    assert found["history"][-1]["state"] == "InvalidReservation"


@pytest.mark.usefixtures("stock_loader")
@pytest.mark.parametrize(("name", "order_id"), [("stopped-1", "STOPPED-1"), ("stopped-2", "#1001 / ü")])
def test_an_order_whose_execution_was_stopped_is_found_with_its_reservation(
    stack: Stack, manager: Manager, service: CheckoutService, name: str, order_id: str
) -> None:
    service.start(name, {"lines": [{"product_id": "KIT-0001", "quantity": 1}], "order_id": order_id})
    assert service.await_status(name, "HELD") == "HELD"
    stack.client("stepfunctions").stop_execution(executionArn=service.execution_arn(name))

    [listed] = executions_of(manager, order_id)

    assert (listed["execution_name"], listed["status"]) == (name, "ABORTED")
    assert manager.gets(f"/admin/reservations/{name}")["status"] == "HELD"
    service.cancel(name)
