"""Which shards of a level a change of its units is made to."""

from dataclasses import replace

import pytest

from inventory.model import Level
from inventory.stock.shards.parts import shares, versions_raised, whole


def level(*available: int, wanted: int | None = None) -> Level:
    """A level with so many available units in each of its shards, of which so many are wanted."""
    own = Level("P-1", "main", "Mug", "kitchen", 0, 0, 0, 0, version=1, updated_at="")
    own = replace(own, shards=len(available), shards_wanted=wanted)
    parts = [replace(own, shard=shard, on_hand=units, available=units) for shard, units in enumerate(available)]
    return whole(parts[0], parts[1:])


@pytest.mark.parametrize(
    ("available", "delta", "expected"),
    [
        ((4, 0, 6), 5, {1: 5}),
        ((4, 0, 6), 1, {1: 1}),
        ((4, 0, 6), 0, {}),
        ((4, 0, 6), -6, {2: -6}),
        ((4, 0, 6), -7, {2: -6, 0: -1}),
        ((4, 3, 6), -13, {2: -6, 0: -4, 1: -3}),
        ((4, -2, 6), -10, {2: -6, 0: -4}),  # after a drift
        ((4, 0, 6), -11, {2: -7, 0: -4}),  # more than there is: the condition of its write fails
        ((0, 0), -1, {0: -1}),
    ],
)
def test_one_shard_is_changed_and_others_only_if_it_has_too_few(
    available: tuple[int, ...], delta: int, expected: dict[int, int]
) -> None:
    assert {part.shard: units for part, units in shares(level(*available), delta)} == expected


def test_units_are_added_to_no_shard_that_is_about_to_be_removed() -> None:
    assert [(part.shard, units) for part, units in shares(level(9, 0, wanted=1), 5)] == [(0, 5)]


def test_a_level_that_is_not_spread_is_changed_itself() -> None:
    alone = replace(level(4), parts=())

    assert shares(alone, -2) == [(alone, -2)]
    assert versions_raised(alone, -2, by_hand=False) == versions_raised(alone, 0, by_hand=True) == 1


@pytest.mark.parametrize(
    ("delta", "by_hand", "raised"),
    [(5, False, 2), (1, False, 2), (0, False, 0), (0, True, 1), (-6, False, 1), (-7, False, 2), (-6, True, 2)],
)
def test_the_version_rises_once_for_each_row_that_is_written(delta: int, by_hand: bool, raised: int) -> None:
    assert versions_raised(level(4, 0, 6), delta, by_hand=by_hand) == raised
