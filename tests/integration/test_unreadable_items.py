"""Items that another tool wrote in another form: each is reported, and all others are processed and shown."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.admin.list_store import ListStore
from inventory.admin.read_budget import ReadBudget
from inventory.aws.changes import to_attributes
from inventory.index_partitions import ACTIVE
from inventory.model import iso
from tests.support.live.storefront import storefront_of
from tests.support.shop import Shop

Item = dict[str, Any]

HOLD = timedelta(seconds=600)
LINE = {"product_id": "P-1", "warehouse_id": "main", "quantity": 1}

UNREADABLE_RESERVATIONS: dict[str, Item] = {
    "without lines": {},
    "lines of another type": {"lines": ["x"]},
    "lines that are a number": {"lines": 5},
    "a line without a product": {"lines": [{"warehouse_id": "main", "quantity": 1}]},
    "a quantity that is a text": {"lines": [LINE | {"quantity": "many"}]},
    "sources that are fewer": {"lines": [LINE | {"any": True, "sources": [LINE | {"quantity": 7}]}]},
    "no sources": {"lines": [{"product_id": "P-1", "quantity": 1, "any": True}]},
    "a quantity that is not whole": {"lines": [LINE | {"quantity": True}]},
    "an unknown status": {"lines": [LINE], "status": "LOST"},
    "without a status": {"lines": [LINE], "status": None},
    "without a time": {"lines": [LINE], "created_at": None},
}
UNREADABLE_LEVELS: dict[str, Item] = {
    "without a name": {"name": None},
    "a name that is a number": {"name": 7},
    "units that are a text": {"on_hand": "ten"},
    "without units": {"available": None},
}

each_reservation = pytest.mark.parametrize("wrong", UNREADABLE_RESERVATIONS.values(), ids=UNREADABLE_RESERVATIONS)
each_level = pytest.mark.parametrize("wrong", UNREADABLE_LEVELS.values(), ids=UNREADABLE_LEVELS)


def write(shop: Shop, table: str, item: Item) -> None:
    """Write an item as another tool might, without the attributes that are None."""
    present = {name: value for name, value in item.items() if value is not None}
    shop.client.put_item(TableName=table, Item=to_attributes(present))


def write_reservation(shop: Shop, wrong: Item) -> None:
    """An active reservation that cannot be read, and whose hold ended long ago."""
    long_ago = iso(shop.now() - HOLD)
    base = {
        "reservation_id": "R-0",
        "status": "HELD",
        "phase": ACTIVE,
        "phase_at": long_ago,
        "created_at": long_ago,
        "held_until": long_ago,
        "hold_seconds": 1,
    }
    write(shop, shop.tables.reservations, base | wrong)


def write_level(shop: Shop, wrong: Item) -> None:
    """A level of P-1 in another warehouse that cannot be read."""
    level = shop.client.get_item(
        TableName=shop.tables.inventory, Key=to_attributes({"product_id": "P-1", "warehouse_id": "main"})
    )["Item"]
    changed = (
        level | {"warehouse_id": {"S": "north"}} | to_attributes({k: v for k, v in wrong.items() if v is not None})
    )
    present = {name: value for name, value in changed.items() if wrong.get(name, "present") is not None}
    shop.client.put_item(TableName=shop.tables.inventory, Item=present)


@each_reservation
def test_the_reconciliation_settles_every_other_hold(shop: Shop, wrong: Item) -> None:
    shop.stocks("P-1", on_hand=10)
    good = shop.holds(("P-1", 3), hold_seconds=600)
    write_reservation(shop, wrong)

    found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 2, "released": 1, "failed": 1}
    assert shop.reservation(good).status == "RELEASED"
    assert shop.reconciles(later=HOLD + timedelta(minutes=1)) == {"unnotified": 1, "signalled": 1}, "it is deferred"


@each_reservation
def test_the_comparison_of_counters_goes_on(shop: Shop, wrong: Item) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.holds(("P-2", 3))
    write_reservation(shop, wrong)

    found = shop.finds_drift()

    assert found.checked == 2
    assert "P-2" not in [drift.level.product_id for drift in found.drifts]


@each_reservation
def test_the_other_reservations_are_listed(shop: Shop, wrong: Item) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), reservation_id="R-1")
    write_reservation(shop, wrong)

    listed = ListStore(shop.client, shop.tables).reservations([ACTIVE], None, 10, ReadBudget())

    assert [reservation.reservation_id for _, reservation in listed.entries] == ["R-1"]


def test_a_movement_that_cannot_be_read_does_not_stop_the_comparison(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    write(shop, shop.tables.movements, {"product_id": "P-1", "movement_id": "x", "warehouse_id": "main"})

    found = shop.finds_drift()

    assert (found.drifts, found.checked) == ((), 2)


@each_level
def test_a_product_is_shown_with_its_other_levels(shop: Shop, wrong: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)
    write_level(shop, wrong)

    listed = storefront_of(shop, monkeypatch).get("/inventory", product_ids="P-1,P-2").content["items"]

    assert [(stock["product_id"], stock["available"]) for stock in listed] == [("P-1", 10), ("P-2", 5)]
    assert [warehouse["warehouse_id"] for warehouse in listed[0]["warehouses"]] == ["main"]


@pytest.mark.parametrize("name", [None, 7])
def test_a_sale_of_a_level_without_a_readable_name_is_committed(shop: Shop, name: object) -> None:
    shop.stocks("P-1", on_hand=10)
    write_level(shop, {"name": name})
    reservation = shop.reserves({"product_id": "P-1", "warehouse_id": "north", "quantity": 3})
    shop.pays(reservation)

    committed, alerts = shop.commits(reservation)

    assert (committed.status, alerts) == ("COMMITTED", [])
