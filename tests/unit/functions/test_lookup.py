"""A product as a shopper sees it, over plain levels."""

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from inventory.errors import ProductNotFound
from inventory.model import Level
from inventory.stock.lookup import Stock, get_stock, list_stock
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from inventory.stock.store import StockStore

ANY = SourcingPolicy(("main",), Sourcing.NAMED)


def level(warehouse_id: str, available: int, *, product_id: str = "P-1", active: bool = True) -> Level:
    """A level with two reserved units, which is low at three; it was updated at the time of its warehouse's name."""
    return Level(
        product_id,
        warehouse_id,
        f"Mug of {warehouse_id}",
        "kitchen",
        on_hand=available + 2,
        reserved=2,
        available=available,
        low_stock_threshold=3,
        version=1,
        updated_at=f"2026-03-01T12:00:00.000Z {warehouse_id}",
        active=active,
    )


class FakeStore:
    """Levels by product."""

    def __init__(self, levels: Mapping[str, Sequence[Level]]) -> None:
        self.levels = levels

    def levels_of(self, product_id: str) -> list[Level]:
        return list(self.levels.get(product_id, ()))


def store(**levels: Sequence[Level]) -> StockStore:
    return cast(StockStore, FakeStore(levels))


def test_a_product_is_the_warehouses_of_the_shop_under_the_name_in_the_first_of_them() -> None:
    levels = (level("west", 9), level("main", 4), level("north", 2), level("south", 0))
    stock = Stock(levels, SourcingPolicy(("main", "south", "north"), Sourcing.SPLIT))

    assert stock.to_json(sequence=7, channel="/stock/p-1", cap=0) == {
        "product_id": "P-1",
        "name": "Mug of main",
        "available": 6,
        "status": "IN_STOCK",
        "warehouses": [
            {"warehouse_id": "main", "available": 4, "status": "IN_STOCK"},
            {"warehouse_id": "south", "available": 0, "status": "OUT_OF_STOCK"},
            {"warehouse_id": "north", "available": 2, "status": "LOW_STOCK"},
        ],
        "updated_at": "2026-03-01T12:00:00.000Z south",
        "sequence": 7,
        "channel": "/stock/p-1",
    }


@pytest.mark.parametrize("sourcing", Sourcing)
@pytest.mark.parametrize(("cap", "capped"), [(0, False), (1, True), (4, True), (6, True), (9, True), (15, False)])
def test_no_number_above_the_cap_is_shown_and_none_is_cut_without_a_word(
    sourcing: Sourcing, cap: int, capped: bool
) -> None:
    units = {"main": 4, "north": -1, "south": 9}
    stock = Stock(
        tuple(level(name, available) for name, available in units.items()), SourcingPolicy(tuple(units), sourcing)
    )

    shown = stock.to_json(sequence=0, channel="/stock/p-1", cap=cap)

    numbers = [shown["available"], *(warehouse["available"] for warehouse in shown["warehouses"])]
    assert shown["available"] == stock.shown_available(cap) == min(stock.available, cap or stock.available)
    assert not cap or max(numbers) <= cap
    real = [stock.available, *units.values()]
    assert shown.get("capped", False) == (numbers != real)
    if sourcing is Sourcing.SPLIT:
        assert shown.get("capped", False) == capped


@pytest.mark.parametrize(
    ("available", "status"), [((0, 3), "LOW_STOCK"), ((0, 0), "OUT_OF_STOCK"), ((0, 2, 4), "IN_STOCK")]
)
def test_a_product_has_the_best_status_of_its_warehouses(available: tuple[int, ...], status: str) -> None:
    assert Stock(tuple(level(f"W-{units}", units) for units in available), ANY).status == status


def test_a_product_that_is_only_elsewhere_is_out_of_stock_and_has_its_name() -> None:
    shown = Stock((level("elsewhere", 9),), SourcingPolicy(("main",), Sourcing.SPLIT)).to_json(
        sequence=0, channel="/stock/p-1", cap=0
    )

    assert (shown["name"], shown["available"], shown["status"], shown["warehouses"]) == (
        "Mug of elsewhere",
        0,
        "OUT_OF_STOCK",
        [],
    )
    assert shown["updated_at"] == "2026-03-01T12:00:00.000Z elsewhere"


def test_a_retired_level_is_not_shown() -> None:
    active, retired = level("main", 4), level("north", 9, active=False)

    assert get_stock("P1", stock=store(P1=[active, retired]), policy=ANY) == Stock((active,), ANY)
    for levels in ([], [retired]):
        with pytest.raises(ProductNotFound, match="there is no product P1"):
            get_stock("P1", stock=store(P1=levels), policy=ANY)


def test_products_are_listed_in_the_requested_order_without_those_that_are_not_shown() -> None:
    first, second = level("main", 4), level("main", 5, product_id="P-2")
    stock = store(P1=[first], P2=[second], P3=[level("main", 1, active=False)])

    found = list_stock(["P2", "P3", "P4", "P1"], stock=stock, policy=ANY)

    assert found == [Stock((second,), ANY), Stock((first,), ANY)]
