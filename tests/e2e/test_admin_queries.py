"""Queries of the admin API on the deployed component, with the permissions of its role."""

import pytest
from inventory_client import CheckoutClient, Line

from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader


@pytest.fixture(scope="package")
def checkout(service: CheckoutService, stock_loader: StockLoader) -> CheckoutClient:
    """The client of a checkout service, in a shop with stock."""
    return service.http


def test_the_overview_agrees_with_the_lists(manager: Manager, checkout: CheckoutClient) -> None:
    checkout.create_reservation([Line("KIT-0014", 2)], key="overview-1", hold_seconds=600)

    overview = manager.gets("/admin/overview")

    assert overview["is_complete"]
    assert overview["holds"]["active"] >= 1
    assert overview["holds"]["units"] >= 2
    assert len(overview["reservations"]["hours"]) == 24
    assert {"main", "south"} <= set(overview["warehouses"])
    sold_out = manager.gets("/admin/inventory", status="OUT_OF_STOCK", limit="100")["items"]
    assert overview["stock"]["out_of_stock"] == len(sold_out)
    checkout.cancel_reservation("overview-1")


def test_alarms_are_found_by_their_topic_and_an_execution_by_its_reservation(
    manager: Manager, checkout: CheckoutClient
) -> None:
    checkout.create_reservation([Line("KIT-0014", 1)], key="execution-1", hold_seconds=600)

    health = manager.gets("/admin/health")
    execution = manager.gets("/admin/reservations/execution-1/execution")

    assert health["alarms"]["state"] in {"OK", "ALARM"}
    assert health["books"]["state"] in {"AGREE", "UNKNOWN"}
    assert execution["status"] == "RUNNING"
    assert execution["input"]["lines"][0]["product_id"] == "KIT-0014"
    checkout.cancel_reservation("execution-1")


def test_levels_are_sorted_over_all_pages(manager: Manager, stock_loader: StockLoader) -> None:
    first = manager.gets("/admin/inventory", sort="on_hand", order="desc", limit="10")
    second = manager.gets("/admin/inventory", sort="on_hand", order="desc", limit="10", cursor=first["cursor"])

    listed = [level["on_hand"] for level in (*first["items"], *second["items"])]
    assert len(listed) == 20
    assert listed == sorted(listed, reverse=True)


def test_a_reservation_is_found_by_its_order_id(manager: Manager, checkout: CheckoutClient) -> None:
    checkout.create_reservation([Line("KIT-0015", 1)], key="found-1", order_id="an order of today", hold_seconds=600)

    by_order = manager.gets("/admin/reservations", search="an order of today")["items"]
    by_id = manager.gets("/admin/reservations", search="found-1", product_id="KIT-0015")["items"]

    assert [found["reservation_id"] for found in by_order] == ["found-1"]
    assert [found["order_id"] for found in by_id] == ["an order of today"]
    checkout.cancel_reservation("found-1")
