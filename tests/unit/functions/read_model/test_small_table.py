"""The levels of a small shop are read from its table."""

from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.identifiers import of_our_own
from inventory.items import LEVEL_HEARTBEAT_KEY, level_item, partition_of
from inventory.model import Level, LevelKey, iso
from inventory.read_model.entries import LevelEntry
from inventory.read_model.levels import small_table
from inventory.read_model.levels.small_table import SmallTable
from tests.support.shop.in_memory import MemoryShop
from tests.support.shop.spread import has_shards
from tools.local.emulators.metering import Consistency, item_bytes, read_units


@pytest.fixture
def shop() -> MemoryShop:
    return MemoryShop()


def table_of(shop: MemoryShop) -> SmallTable:
    return SmallTable(shop.client, shop.tables)


def writes(shop: MemoryShop, **row: Any) -> None:
    """Another tool writes a row of the Inventory table."""
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row))


def has_levels(shop: MemoryShop, number: int, name: str = "Mug") -> None:
    for at in range(number):
        level = Level(f"P-{at:05}", "main", name, "kitchen", 5, 0, 5, 1, 1, iso(shop.now()))
        writes(shop, **level_item(level))


def test_a_table_without_rows_has_no_levels(shop: MemoryShop) -> None:
    assert table_of(shop).entries() == []


def test_every_level_is_read(shop: MemoryShop) -> None:
    levels = [shop.stocks("P-1", 3), shop.stocks("P-1", 4, warehouse_id="outlet"), shop.stocks("P-2")]

    entries = table_of(shop).entries()

    assert entries is not None
    assert sorted(entries, key=lambda entry: entry.key) == list(map(LevelEntry.of, levels))


def test_a_spread_level_is_one_level_with_the_sums_of_its_rows(shop: MemoryShop) -> None:
    shop.stocks("P-1", 10)
    level = has_shards(shop, 5, 3, 2)

    assert table_of(shop).entries() == [LevelEntry.of(level)]


def test_a_row_that_cannot_be_read_leaves_the_others(shop: MemoryShop) -> None:
    shop.stocks("P-1")
    writes(shop, product_id="P-2", warehouse_id="main", name=7)
    shop.stocks("P-3")
    has_shards(shop, 5, 5, product_id="P-3")
    writes(shop, product_id=partition_of(LevelKey("P-3", "main", 1)), warehouse_id="main", on_hand="many")

    entries = table_of(shop).entries()

    assert entries is not None
    assert [entry.product_id for entry in entries] == ["P-1"]


def test_rows_of_our_own_that_are_no_levels_are_left_out(shop: MemoryShop) -> None:
    shop.stocks("P-1")
    writes(shop, **LEVEL_HEARTBEAT_KEY, beat_at="2026-11-27T10:00:00.000Z")
    writes(shop, product_id=of_our_own("shard", "changes"), warehouse_id="P-1")
    writes(shop, product_id=of_our_own("another", "row"), warehouse_id="main")

    entries = table_of(shop).entries()

    assert entries is not None
    assert [entry.product_id for entry in entries] == ["P-1"]


@pytest.mark.parametrize(("number", "name"), [(2_500, "Mug"), (1_500, "ä" * 200), (400, "日" * 20_000)])
def test_a_large_table_is_given_up_within_its_units(
    shop: MemoryShop, monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    """A page is as long as its rows. The first is read before anything is known of them, so it may be dear."""
    has_levels(shop, number, name)
    units = metered(shop, monkeypatch)

    assert table_of(shop).entries() is None
    assert sum(units[1:]) <= small_table.UNITS_MAX


def test_a_table_that_is_known_to_be_large_is_given_up_after_its_first_page(
    shop: MemoryShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_levels(shop, 900, "ä" * 200)
    units = metered(shop, monkeypatch)

    assert table_of(shop).levels(at_least=900) is None
    assert len(units) == 1 and units[0] < 20


def test_figures_are_read_for_half_the_units(shop: MemoryShop, monkeypatch: pytest.MonkeyPatch) -> None:
    has_levels(shop, 300)
    units = metered(shop, monkeypatch)

    found = table_of(shop).levels(at_least=300, consistent=False)
    in_figures = sum(units)
    units.clear()

    assert found == table_of(shop).levels(at_least=300)
    assert in_figures * 2 == sum(units)


def metered(shop: MemoryShop, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The units of each page that is read from now on."""
    units: list[float] = []
    scan = shop.client.scan

    def read(**request: Any) -> Any:
        answer = scan(**request)
        kind = Consistency.STRONG if request["ConsistentRead"] else Consistency.EVENTUAL
        units.append(read_units(sum(map(item_bytes, answer["Items"])), kind))
        return answer

    monkeypatch.setattr(shop.client, "scan", read)
    return units


def test_a_table_is_read_to_its_end_if_its_units_suffice(shop: MemoryShop) -> None:
    has_levels(shop, 1_000)

    entries = table_of(shop).entries()

    assert entries is not None and len(entries) == 1_000
