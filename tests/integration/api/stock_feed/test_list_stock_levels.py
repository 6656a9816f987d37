"""GET /stock/levels: every level once, page by page."""

from typing import Any

import pytest

from tests.integration.api.stock_feed.conftest import Machine
from tests.support.shop import Shop


def pages(machine: Machine, **query: str) -> list[list[dict[str, Any]]]:
    """The items of each page."""
    found = []
    cursor: dict[str, str] = {}
    while True:
        answer = machine.caller.get("/stock/levels", **query, **cursor)
        assert answer.status == 200, answer
        found.append(answer.content["items"])
        if answer.content["cursor"] is None:
            return found
        cursor = {"cursor": answer.content["cursor"]}


def test_all_levels_are_listed_page_by_page(shop: Shop, machine: Machine) -> None:
    levels = [shop.stocks(f"P-{number}", on_hand=number) for number in range(7)]

    found = pages(machine, limit="3")

    assert [len(items) for items in found][:2] == [3, 3]
    assert sorted((item for items in found for item in items), key=lambda item: str(item["product_id"])) == [
        level.to_json() for level in levels
    ]


def test_the_levels_of_one_warehouse_are_listed(shop: Shop, machine: Machine) -> None:
    for warehouse_id in ("main", "outlet"):
        for product_id in ("P-1", "P-2"):
            shop.stocks(product_id, on_hand=1, warehouse_id=warehouse_id)

    [found] = pages(machine, warehouse_id="outlet")

    assert {(item["product_id"], item["warehouse_id"]) for item in found} == {("P-1", "outlet"), ("P-2", "outlet")}


def test_a_page_of_long_texts_ends_before_its_limit(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.admin.pagination.PARTS_MAX", 10)
    for number in range(4):
        shop.stocks(f"{number}" + "\U0001f6d2" * 127, on_hand=1, name="\U0001f6d2" * 200)

    found = pages(machine)

    assert sum(len(items) for items in found) == 4
    assert max(len(items) for items in found) <= 3


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"cursor": "none"}, "cursor"),
        ({"warehouse_id": " "}, "warehouse_id"),
        ({"category": "mugs"}, "category"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_named(query: dict[str, str], wrong: str, machine: Machine) -> None:
    assert machine.caller.get("/stock/levels", **query).invalid_fields == [wrong]
