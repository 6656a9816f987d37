"""Sixty identifiers go through every door of the HTTP APIs and of the workflow, and come back as they were sent."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

import cancel_reservation
import checkout_api
import commit_stock
import extend_hold
import record_payment
import release_stock
from inventory import dependencies
from inventory.identifiers import IDENTIFIER, name_of
from inventory.model import CustomerLimits
from inventory.reservations import checkout
from inventory.reservations.checkout import Checkouts
from inventory.settings import CustomerSettings
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.http.fake_workflow import FakeWorkflow
from tests.support.http.gateway import CONTEXT, Answer, Caller
from tests.support.http.imports import run_worker, submitted
from tests.support.identifiers import IDENTIFIERS, REFUSED, WITH_SPACES_AROUND, as_stored
from tests.support.live.storefront import storefront_of
from tests.support.shop import Shop
from tests.support.shop.first_edition import rename_as_in_the_first_edition

STORED = [as_stored(identifier) for identifier in IDENTIFIERS]


@pytest.fixture
def storefront(manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A storefront of the manager's shop."""
    storefront = storefront_of(shop, monkeypatch)
    monkeypatch.setattr(dependencies, "sourcing_policy", lambda: SourcingPolicy(("main",), Sourcing.NAMED))
    return storefront


@pytest.fixture
def service(manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A checkout service of the manager's shop, whose executions hold at once."""
    shop.limits = CustomerLimits(holds_max=100, units_max=10_000)
    checkouts = Checkouts(shop.reservation_store, shop.stock_store, FakeWorkflow(shop))
    customers = CustomerSettings(shop.limits.holds_max, shop.limits.units_max, False)
    for name, connection in {"payments": shop.payments, "checkouts": checkouts, "customer_settings": customers}.items():
        monkeypatch.setattr(dependencies, name, lambda connection=connection: connection)
    monkeypatch.setattr(dependencies, "hold_policy", lambda: shop.policy)
    monkeypatch.setattr(checkout, "FIRST_PAUSE_SECONDS", 0)
    return Caller(checkout_api.handler)


def key_of(number: int) -> str:
    """The key of a checkout: an identifier if it can be one, or a number as shops write it."""
    identifier = IDENTIFIERS[number]
    return identifier if identifier.isascii() else f"#{number:04} / {number}"


def level_content(identifier: str, on_hand: int = 20) -> dict[str, Any]:
    described = {"name": identifier, "category": identifier, "reason": identifier}
    return {"on_hand": on_hand, "low_stock_threshold": 12, **described}


def levels(manager: Caller) -> None:
    """A level of each product, in the warehouse of the same name."""
    for identifier in IDENTIFIERS:
        query = {"product_id": identifier, "warehouse_id": identifier}
        assert manager.put("/admin/level", level_content(identifier), **query).status == 201


def holds(service: Caller, number: int, key: str, quantity: int) -> Answer:
    """A checkout of the product with this number, by a customer and for an order of the same name."""
    identifier = IDENTIFIERS[number]
    line = {"product_id": identifier, "warehouse_id": identifier, "quantity": quantity}
    return service.post("/reservations", {"lines": [line], "order_id": identifier, "customer_id": identifier}, key=key)


def product_ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["product_id"] for item in items]


def test_every_level_is_read_changed_and_listed_by_the_query(manager: Caller, shop: Shop) -> None:
    levels(manager)

    for identifier, stored in zip(IDENTIFIERS, STORED, strict=True):
        query = {"product_id": identifier, "warehouse_id": identifier}
        level = manager.get("/admin/level", **query)
        changed = manager.put("/admin/level", level_content(identifier, 21), if_match=level.headers["ETag"], **query)
        adjustment = {"delta": -1, "reason": identifier, "reference": identifier}
        adjusted = manager.post(
            "/admin/level/adjustments", adjustment, key=f"# {identifier.encode().hex()[:60]}", **query
        )
        [listed] = manager.get("/admin/levels", product_id=identifier).content["items"]
        ledger = manager.get("/admin/movements", product_id=identifier, limit="2")
        rest = manager.get("/admin/movements", product_id=identifier, cursor=ledger.content["cursor"])

        assert (level.content["product_id"], level.content["warehouse_id"], level.content["name"]) == (stored,) * 3
        assert (changed.status, changed.content["on_hand"], adjusted.content["on_hand"]) == (200, 21, 20)
        assert listed == adjusted.content
        movements = ledger.content["items"] + rest.content["items"]
        assert [movement["kind"] for movement in movements] == ["ADJUSTED", "COUNTED", "RECEIVED"]
        assert movements[0]["reference"] == stored
        assert {(movement["product_id"], movement["warehouse_id"]) for movement in movements} == {(stored, stored)}
    shop.adds_up()


def test_every_level_is_read_and_changed_by_the_path_if_the_gateway_keeps_it(manager: Caller) -> None:
    levels(manager)

    for number, (identifier, stored) in enumerate(zip(IDENTIFIERS, STORED, strict=True)):
        path = f"/admin/inventory/{quote(identifier, safe='')}"
        [listed] = manager.get(path).content["items"]
        at = f"{path}/{quote(identifier, safe='')}"
        changed = manager.put(at, level_content(identifier, 21), if_match=listed["version"])
        adjusted = manager.post(f"{at}/adjustments", {"delta": 1, "reason": "found"}, key=f"K-{number}")
        ledger = manager.get(f"{path}/movements").content["items"]

        assert (listed["product_id"], listed["warehouse_id"]) == (stored, stored)
        assert (changed.status, adjusted.status, adjusted.content["on_hand"]) == (200, 200, 22)
        assert len(ledger) == 3


def test_every_list_continues_behind_every_identifier(manager: Caller) -> None:
    levels(manager)

    for query in ({}, {"sort": "product_id"}, {"sort": "name", "order": "desc"}, {"sort": "category"}):
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = manager.get("/admin/inventory", limit="1", cursor=cursor, **query).content
            found += product_ids(page["items"])
            cursor = page["cursor"]
        assert sorted(found) == sorted(STORED)
    for identifier, stored in zip(IDENTIFIERS, STORED, strict=True):
        for query in ({"category": identifier}, {"warehouse_id": identifier}):
            assert product_ids(manager.get("/admin/inventory", **query).content["items"]) == [stored]
        answer = manager.get("/admin/inventory", search=identifier)
        if len(stored) == 1:  # nearly everything has it
            assert answer.invalid_fields == ["search"]
        else:
            assert stored in product_ids(answer.content["items"])


def test_every_product_is_shown(manager: Caller, storefront: Caller) -> None:
    levels(manager)

    by_query = storefront.get("/inventory", product_id=[*IDENTIFIERS, "NO/NE"]).content
    by_body = storefront.post("/inventory/lookup", {"product_ids": [*IDENTIFIERS, "NO/NE"]}).content

    assert product_ids(by_query["items"]) == STORED
    assert by_query["not_found"] == ["NO/NE"]
    assert by_body == by_query
    for identifier, stored in zip(IDENTIFIERS, STORED, strict=True):
        shown = storefront.get(f"/inventory/{quote(identifier, safe='')}").content
        assert (shown["product_id"], shown["name"]) == (stored, stored)
        assert [warehouse["warehouse_id"] for warehouse in shown["warehouses"]] == [stored]


def test_every_product_is_sold_and_alerted(manager: Caller, service: Caller, shop: Shop) -> None:
    levels(manager)

    for number, stored in enumerate(STORED):
        key = key_of(number)
        held = holds(service, number, key, 8)
        name = held.content["execution_name"]
        read = service.get(held.headers["Location"])
        paid = service.post(f"/reservations/{quote(key, safe='')}/payment", payment(IDENTIFIERS[number]))
        sold = commit_stock.handler({"reservation_id": name}, CONTEXT)
        shop.publishes(shop.reservations.commit(key, shop.now())[1])

        assert (held.status, held.content["reservation_id"], name) == (201, key, name_of(key))
        assert held.headers["Location"] == f"/reservations/{name}"
        assert read.content == held.content
        assert (held.content["order_id"], held.content["customer_id"]) == (stored, stored)
        assert (paid.content["status"], paid.content["payment_reference"]) == ("PAID", stored)
        assert sold["outcome"]["reservation_id"] == key
        assert sold["outcome"]["execution_name"] == name
        [alert] = sold["alerts"]
        assert (alert["product_id"], alert["warehouse_id"], alert["category"]) == (stored, stored, stored)
        message = json.loads(shop.topics.low_stock[-1].message)
        assert (message["product_id"], message["name"], message["reservation_id"]) == (stored, stored, key)
        [movement] = manager.get("/admin/movements", product_id=stored, limit="1").content["items"]
        assert (movement["kind"], movement["reference"]) == ("SOLD", key)
        for searched in (IDENTIFIERS[number], key):
            found = manager.get("/admin/reservations", search=searched)
            if len(searched) == 1:  # nearly everything has it
                assert found.invalid_fields == ["search"]
            else:
                assert key in [reservation["reservation_id"] for reservation in found.content["items"]]
        timeline = manager.get("/admin/timeline", order_id=IDENTIFIERS[number]).content["items"]
        assert {"HELD", "COMMITTED"} <= {entry["kind"] for entry in timeline if entry["reservation_id"] == key}
        inspected = manager.get(f"/admin/reservations/{quote(key, safe='')}").content
        assert (inspected["execution_name"], inspected["status"]) == (name, "COMMITTED")
        assert inspected["execution_console_url"].endswith(f":Reservation:{name}")
    shop.adds_up()


def payment(reference: str) -> dict[str, str]:
    return {"outcome": "SUCCEEDED", "payment_reference": reference}


def test_every_hold_that_ends_gives_its_units_back(manager: Caller, service: Caller, shop: Shop) -> None:
    levels(manager)

    for number in range(len(IDENTIFIERS)):
        key = f"{key_of(number)[:110]} expired"
        name = holds(service, number, key, 3).content["execution_name"]
        released = release_stock.handler({"reservation_id": name, "reason": "EXPIRED"}, CONTEXT)["outcome"]

        assert (released["reservation_id"], released["execution_name"]) == (key, name)
        assert (released["status"], released["reason"]) == ("RELEASED", "EXPIRED")
        holds_again(manager, service, shop, number)
    assert sum(shop.level(stored, stored).reserved for stored in STORED) == len(STORED)
    shop.reconciles(later=timedelta(minutes=16))
    assert [shop.level(stored, stored).available for stored in STORED] == [20] * len(STORED)
    shop.adds_up()


def holds_again(manager: Caller, service: Caller, shop: Shop, number: int) -> None:
    """Hold once more. The shopper leaves, or a manager releases it; every third hold is left to the job."""
    key = key_of(number)
    held = holds(service, number, key, 3).content
    match number % 3:
        case 0:
            assert extend_hold.handler({"reservation_id": key}, CONTEXT)["reservation_id"] == key
            assert cancel_reservation.handler({"reservation_id": key}, CONTEXT)["status"] == "RELEASED"
        case 1:
            path = f"/admin/reservations/{held['execution_name']}/release"
            assert manager.post(path, {"reason": "the shopper called"}).content["status"] == "RELEASED"
        case 2:
            assert shop.reservation(key).customer_id == STORED[number]


def test_every_level_survives_an_export_and_an_import(manager: Caller, shop: Shop) -> None:
    levels(manager)
    exported = manager.get("/admin/export")

    checked = submitted(manager, exported.content, mode="CHECK")
    run_worker(checked)
    report = manager.get(f"/admin/imports/{checked}").content

    assert (report["status"], report["rows"], report["changed"]) == ("DONE", len(IDENTIFIERS), 0)
    assert (report["errors"], report["failed"], report["new"]) == ([], 0, [])


def test_what_is_no_identifier_is_refused_at_every_door(
    manager: Caller, service: Caller, storefront: Caller, shop: Shop
) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")
    tables = (shop.tables.inventory, shop.tables.reservations, shop.tables.movements)
    rows = [shop.rows(table) for table in tables]

    for identifier in [*REFUSED, *WITH_SPACES_AROUND]:
        is_refused(manager, service, identifier)
        assert storefront.get("/inventory", product_id=["P-1", identifier]).content["not_found"] == [identifier]

    assert [shop.rows(table) for table in tables] == rows
    shop.adds_up()


def is_refused(manager: Caller, service: Caller, identifier: str) -> None:
    """Send what is no identifier to every door: each names its field, all with the same sentence."""
    line = {"product_id": "P-1", "quantity": 1}
    query = {"product_id": identifier, "warehouse_id": "main"}
    by_query = [
        manager.put("/admin/level", level_content("P-1"), **query),
        manager.get("/admin/level", **query),
        manager.post("/admin/level/adjustments", {"delta": 1, "reason": "found"}, key="K-1", **query),
        manager.get("/admin/levels", product_id=identifier),
        manager.get("/admin/movements", product_id=identifier),
    ]
    others = {"order_id": identifier, "customer_id": identifier}
    in_bodies = [
        service.post("/reservations", {"lines": [line | {"product_id": identifier}]}, key="K-1"),
        service.post("/reservations", {"lines": [line | {"warehouse_id": identifier}]}, key="K-1"),
        service.post("/reservations", {"lines": [line]} | others, key="K-1"),
        service.post("/reservations/R-1/payment", payment(identifier)),
    ]
    invoked = record_payment.handler({"reservation_id": "R-1"} | payment(identifier), CONTEXT)

    assert [answer.invalid_fields for answer in by_query] == [["product_id"]] * len(by_query)
    assert [answer.invalid_fields for answer in in_bodies] == [
        ["lines[0].product_id"],
        ["lines[0].warehouse_id"],
        ["order_id", "customer_id"],
        ["payment_reference"],
    ]
    assert invoked["error"]["errors"] == in_bodies[-1].content["errors"]
    assert {error["message"] for answer in in_bodies for error in answer.content["errors"]} == {IDENTIFIER.message}


def test_words_of_the_routes_are_warehouses_and_products(manager: Caller) -> None:
    for word in ("movements", "adjustments", "level", "levels", "lookup"):
        path = f"/admin/inventory/{word}/{word}"

        assert manager.put(path, level_content(word)).status == 201
        assert manager.post(f"{path}/adjustments", {"delta": 1, "reason": "found"}, key=word).content["on_hand"] == 21
        assert manager.get(f"/admin/inventory/{word}").content["items"][0]["warehouse_id"] == word
        assert len(manager.get(f"/admin/inventory/{word}/movements").content["items"]) == 2


def test_a_reservation_of_the_first_edition_is_found_under_its_id(manager: Caller, service: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    held = shop.holds(("P-1", 2), reservation_id="k-1")
    renamed = rename_as_in_the_first_edition(shop, held)

    again = service.post(
        "/reservations", {"lines": [{"product_id": "P-1", "quantity": 2}], "hold_seconds": 900}, key="k-1"
    )
    paid = service.post("/reservations/k-1/payment", payment("PAY-1"))
    sold = commit_stock.handler({"reservation_id": "k-1"}, CONTEXT)

    assert (again.status, again.content["execution_name"]) == (200, "k-1")
    assert (paid.content["status"], sold["outcome"]["status"]) == ("PAID", "COMMITTED")
    assert [row["reservation_id"] for row in shop.rows(shop.tables.reservations)] == [renamed]
    found = manager.get("/admin/reservations", search="k-1").content["items"]
    assert [reservation["reservation_id"] for reservation in found] == ["k-1"]
    shop.adds_up()
