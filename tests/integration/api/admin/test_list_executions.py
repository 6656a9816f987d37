"""Executions that did not succeed over HTTP: found by their time, status and order."""

import json

import pytest

from inventory.reconciliation.failed_executions import read_event
from tests.support.http.gateway import Caller
from tests.support.http.read_units import read_units
from tests.support.shop import Shop
from tests.support.shop.cases import BEFORE, ended

STATUSES = ("FAILED", "ABORTED", "TIMED_OUT")


@pytest.fixture(autouse=True)
def failures(shop: Shop) -> None:
    """Six executions, a second apart, of the orders O-0 and O-1."""
    for number in range(6):
        event = ended(
            STATUSES[number % 3],
            name=f"R-{number}",
            stopDate=int(BEFORE.timestamp() + number) * 1000,
            input=json.dumps({"order_id": f"O-{number % 2}"}),
            cause="no " * 2_000,
        )
        shop.failed_execution_store.add(read_event(event["detail"]))


def names(manager: Caller, **query: str) -> list[str]:
    """The executions on all pages of a list."""
    found: list[str] = []
    while True:
        page = manager.get("/admin/executions", **query).content
        found += [item["execution_name"] for item in page["items"]]
        if page["cursor"] is None:
            return found
        query["cursor"] = page["cursor"]


@pytest.mark.parametrize("limit", ["1", "2", "100"])
def test_executions_are_listed_the_latest_first(manager: Caller, limit: str) -> None:
    assert names(manager, limit=limit) == ["R-5", "R-4", "R-3", "R-2", "R-1", "R-0"]


def test_executions_are_found_by_status_and_order(manager: Caller) -> None:
    assert names(manager, status="FAILED") == ["R-3", "R-0"]
    assert names(manager, order_id="O-1", limit="1") == ["R-5", "R-3", "R-1"]
    assert names(manager, order_id="O-1", status="ABORTED") == ["R-1"]
    assert names(manager, order_id="O-9") == []


def test_an_entry_has_no_input_and_the_beginning_of_its_cause(manager: Caller) -> None:
    [first, *_] = manager.get("/admin/executions").content["items"]

    assert "input" not in first
    assert (first["order_id"], first["error"], len(first["cause"])) == ("O-1", "InvalidReservation", 1_000)


def test_a_status_that_few_have_does_not_read_all_the_others(manager: Caller, shop: Shop) -> None:
    for number in range(120):
        event = ended(name=f"T-{number}", stopDate=int(BEFORE.timestamp() + 60 + number) * 1000, cause="no " * 7_000)
        shop.failed_execution_store.add(read_event(event["detail"]))

    with read_units(shop.client) as charged:
        first = manager.get("/admin/executions", status="ABORTED", limit="20").content

    assert charged.total <= 100
    assert (first["items"], first["cursor"] is None) == ([], False)
    assert names(manager, status="ABORTED", limit="20") == ["R-4", "R-1"]
