"""The read model on the deployed component: what is written is found by administrators within seconds."""

import json
from typing import Any
from uuid import uuid4

import boto3
from inventory_client import ChangeKind, CheckoutClient, Line, StockChange, StockClient

from inventory.read_model.manifest import ManifestStore
from tests.support.deployed.manager import Manager
from tests.support.waiting import until
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import Stack
from tools.smoke.read_model import freshness

FOUND_WITHIN_SECONDS = 30  # two on a quiet machine; here all else runs, too


def run(stack: Stack, output: str, event: dict[str, Any]) -> Any:
    """Run a function now."""
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs[output], Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.load(answer["Payload"])


def machine(stack: Stack) -> StockClient:
    """A machine that changes stock."""
    assert stack.stock_feed
    session = boto3.Session(
        stack.stock_feed.access_key_id, stack.stock_feed.secret_access_key, region_name=stack.region
    )
    return StockClient(stack.outputs["ApiUrl"], session=session)


def found_levels(manager: Manager, **query: str) -> list[str]:
    """The products of a list's first page."""
    return [level["product_id"] for level in manager.gets("/admin/inventory", **query)["items"]]


def found_reservations(manager: Manager, query: str) -> list[str]:
    """The reservations that a search for everything finds."""
    found = manager.gets("/admin/search", query=query)["reservations"]
    return [reservation["reservation_id"] for reservation in found]


def test_a_level_that_a_machine_changes_is_found_by_a_part_of_its_id(stack: Stack, manager: Manager) -> None:
    product_id = f"Teapot-{uuid4()}"
    [result] = machine(stack).feed_stock([StockChange(product_id, ChangeKind.RECEIVED, delta=3)], key=str(uuid4()))
    assert result.result == "APPLIED"

    until(
        lambda: found_levels(manager, search=product_id[3:-3].upper()) == [product_id],
        "the level is in the list",
        within_seconds=FOUND_WITHIN_SECONDS,
    )

    found = manager.gets("/admin/inventory", search=product_id[3:-3], sort="available")
    assert (found["total"], found["items"][0]["available"]) == (1, 3)
    assert found["read_model"]["state"] == "CURRENT"


def test_a_reservation_is_found_by_a_part_of_its_order_before_and_after_a_merge(
    stack: Stack, manager: Manager, service: CheckoutService, stock_loader: StockLoader
) -> None:
    checkout: CheckoutClient = service.http
    reservation_id, order_id = f"followed-{uuid4()}", f"order-{uuid4()}"
    checkout.create_reservation([Line("KIT-0016", 1)], key=reservation_id, order_id=order_id, hold_seconds=600)
    part = order_id[8:-4]

    until(
        lambda: found_reservations(manager, part) == [reservation_id],
        "the reservation is in the journal",
        within_seconds=FOUND_WITHIN_SECONDS,
    )
    run(stack, "MergeReadModelFunctionName", {"merge": True})

    assert found_reservations(manager, part) == [reservation_id]
    checkout.cancel_reservation(reservation_id)


def test_the_read_model_follows_while_nothing_is_sold(stack: Stack) -> None:
    run(stack, "MergeReadModelFunctionName", {})

    assert "s old" in freshness(ManifestStore(stack.client("dynamodb"), DeployedStack.of_local(stack).tables))
