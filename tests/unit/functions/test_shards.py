"""A level that is spread over shards is one level: in its keys, in the rows of reservations, and in its figures."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.identifiers import IDENTIFIER, SEPARATOR
from inventory.items import (
    is_of_shard,
    level_item,
    level_key,
    movement_item,
    reservation_item,
    to_level,
    to_level_key,
    to_movement,
    to_reservation,
)
from inventory.model import (
    SHARDS_MAX,
    Level,
    LevelKey,
    Line,
    Movement,
    MovementKind,
    Reservation,
    Source,
    Status,
    holdings_of,
)
from inventory.stock.shards.parts import other_shards, whole

TIME = "2026-03-01T12:00:00.000Z"
OWN = LevelKey("P-1", "main")
IDENTIFIERS = st.text(min_size=1, max_size=128).filter(lambda text: IDENTIFIER.read(text) is not None)


def part(shard: int, *, available: int = 0, reserved: int = 0, version: int = 1, **content: Any) -> Level:
    """A row of a level that is spread over four shards."""
    name, category = ("", "") if shard else ("Mug", "kitchen")
    found = Level("P-1", "main", name, category, available + reserved, reserved, available, 3, version, TIME)
    return replace(found, shard=shard, shards=1 if shard else 4, shards_max=1 if shard else 4, **content)


def held(*lines: Line) -> Reservation:
    return Reservation("R-1", Status.HELD, lines, 900, TIME)


@given(IDENTIFIERS, IDENTIFIERS, st.integers(0, SHARDS_MAX - 1))
def test_the_key_of_every_shard_is_read_as_it_was_written(product_id: str, warehouse_id: str, shard: int) -> None:
    key = LevelKey(product_id, warehouse_id, shard)

    assert to_level_key(level_key(key)) == key
    assert is_of_shard(level_key(key)) == (shard > 0)


def test_the_key_of_a_level_is_that_of_its_own_row_which_no_caller_can_confuse_with_a_shard() -> None:
    assert level_key(OWN) == {"product_id": "P-1", "warehouse_id": "main"}
    keys = {level_key(OWN.of_shard(shard))["product_id"] for shard in range(SHARDS_MAX)}
    assert len(keys) == SHARDS_MAX
    assert [key for key in keys if IDENTIFIER.read(key)] == ["P-1"]
    assert {OWN.of_shard(shard).level for shard in range(SHARDS_MAX)} == {OWN}


@pytest.mark.parametrize("shard", ["0", "32", "-1", "x", ""])
def test_the_key_of_a_shard_that_cannot_exist_is_refused(shard: str) -> None:
    product_id = SEPARATOR.join(("", "shard", shard, "P-1"))

    with pytest.raises(ValueError, match="no shard"):
        to_level_key({"product_id": product_id, "warehouse_id": "main"})


@pytest.mark.parametrize(
    "line",
    [
        Line("P-1", "main", 3, (Source("main", 3, 2),)),
        Line("P-1", "main", 3, (Source("main", 2, 0), Source("main", 1, 7))),
        Line("P-1", None, 3, (Source("main", 3, 2),)),
        Line("P-1", None, 4, (Source("main", 2, 2), Source("main", 1), Source("north", 1))),
    ],
)
def test_a_line_keeps_the_shards_of_its_units_and_shows_none(line: Line) -> None:
    reservation = held(line)

    assert to_reservation(reservation_item(reservation)) == reservation
    assert "shard" not in json.dumps(reservation.to_json())
    assert sum(source["quantity"] for source in line.to_json()["sources"]) == line.quantity
    assert len(line.to_json()["sources"]) == len({source.warehouse_id for source in line.placed_at})
    assert {holding.key.shard for holding in holdings_of([line])} == {source.shard for source in line.placed_at}
    assert reservation.keys() == tuple(dict.fromkeys(LevelKey("P-1", found.warehouse_id) for found in line.placed_at))


def test_a_line_of_a_level_that_is_not_spread_is_stored_as_before() -> None:
    [named, unplaced] = reservation_item(held(Line("P-1", "main", 3), Line("P-2", None, 1, (Source("main", 1),))))[
        "lines"
    ]

    assert named == {"product_id": "P-1", "warehouse_id": "main", "quantity": 3, "any": False}
    assert unplaced == {"product_id": "P-2", "warehouse_id": "main", "quantity": 1, "any": True}


def test_the_sources_of_a_line_with_a_warehouse_are_all_in_it() -> None:
    item = reservation_item(held(Line("P-1", "main", 3, (Source("main", 2, 1), Source("main", 1, 2)))))
    item["lines"][0]["sources"][1]["warehouse_id"] = "north"

    with pytest.raises(ValueError, match="too many values"):
        to_reservation(item)


def test_the_row_of_a_shard_has_its_figures_and_no_description() -> None:
    item = level_item(part(2, available=5, reserved=1, units_taken=4, active=False))

    assert to_level(item) == part(2, available=5, reserved=1, units_taken=4, active=False)
    assert not {"name", "category", "low_stock_alerted", "shard", "shards", "parts"} & item.keys()


def test_a_level_that_is_not_spread_has_the_row_that_it_always_had() -> None:
    item = level_item(Level("P-1", "main", "Mug", "kitchen", 10, 0, 10, 3, version=1, updated_at=TIME))

    assert not {"shard", "shards", "shards_max", "shards_wanted", "units_taken", "parts"} & item.keys()


def test_a_movement_of_a_shard_is_in_a_partition_of_its_own_and_shown_as_one_of_the_product() -> None:
    movement = Movement("P-1", "main", "M-1", TIME, MovementKind.SOLD, -2, "checkout", "sold", shard=3)

    item = movement_item(movement)

    assert to_level_key(item) == OWN.of_shard(3)
    assert to_movement(item) == movement
    assert movement.to_json()["product_id"] == "P-1"
    assert "shard" not in movement.to_json()


def test_a_spread_level_has_the_sums_of_its_parts_and_the_description_of_its_own_row() -> None:
    own = part(0, available=5, reserved=2, version=7, units_taken=1, low_stock_alerted=True)
    others = [
        part(3, available=1, version=2, units_taken=9, updated_at="2026-03-02T12:00:00.000Z"),
        part(1, available=4, reserved=1, version=5, allocated=2, on_hand=7),
    ]

    level = whole(own, others)

    assert (level.on_hand, level.available, level.reserved, level.allocated) == (15, 10, 3, 2)
    assert (level.version, level.units_taken, level.updated_at) == (14, 1, "2026-03-02T12:00:00.000Z")
    assert (level.name, level.category, level.low_stock_alerted, level.key) == ("Mug", "kitchen", True, OWN)
    assert [found.shard for found in level.parts] == [0, 1, 3]


def test_the_other_shards_of_a_level_are_numbered_from_one() -> None:
    assert other_shards(part(0)) == [OWN.of_shard(1), OWN.of_shard(2), OWN.of_shard(3)]
    assert other_shards(replace(part(0), shards=1)) == []
