"""Repairs: on_hand and what is held are right, the rest follows, and the operator reads what will be written."""

from dataclasses import replace

import pytest

from inventory.model import Level, LevelKey
from inventory.reconciliation.findings import Drift, absent_level
from inventory.reconciliation.repairs import Repair

LEVEL = Level("P-1", "main", "Mug", "kitchen", 10, 3, 7, 2, 1, "2026-03-01T12:00:00.000Z")
AGREES = Drift(LEVEL, held=3, moved=10)
ABSENT = Drift(absent_level(LevelKey("P-1", "main")), held=0, moved=0, exists=False)
COUNT_THE_SHELF = "11 are held of 10 on hand: count the shelf, or release reservations"


@pytest.mark.parametrize(
    ("drift", "figures", "sentence"),
    [
        (replace(AGREES, held=4), (10, 4, 6, 0), "reserved 3 -> 4, available 7 -> 6, movement +0"),
        (replace(AGREES, held=0), (10, 0, 10, 0), "reserved 3 -> 0, available 7 -> 10, movement +0"),
        (replace(AGREES, held=10), (10, 10, 0, 0), "reserved 3 -> 10, available 7 -> 0, movement +0"),
        (replace(AGREES, moved=12), (10, 3, 7, -2), "reserved 3 -> 3, available 7 -> 7, movement -2"),
        (replace(AGREES, held=11), (10, 11, -1, 0), COUNT_THE_SHELF),
        (
            replace(AGREES, allocated=5),
            (10, 3, 2, 0),
            "reserved 3 -> 3, available 7 -> 2, allocated 0 -> 5, movement +0",
        ),
        (
            replace(AGREES, level=replace(LEVEL, allocated=2, available=5)),
            (10, 3, 7, 0),
            "reserved 3 -> 3, available 5 -> 7, allocated 2 -> 0, movement +0",
        ),
        (replace(AGREES, allocated=-1), (10, 3, 7, 0), "reserved 3 -> 3, available 7 -> 7, movement +0"),
        (
            replace(AGREES, allocated=8),
            (10, 3, -1, 0),
            "3 are held and 8 allocated of 10 on hand: count the shelf, or release reservations",
        ),
        (replace(ABSENT, moved=12), (0, 0, 0, -12), "movement -12"),
        (
            replace(ABSENT, held=3, moved=10, allocated=2),
            (10, 3, 5, 0),
            "create it again, retired, with on hand 10, reserved 3, available 5, allocated 2, movement +0",
        ),
        (
            replace(ABSENT, held=3, moved=10),
            (10, 3, 7, 0),
            "create it again, retired, with on hand 10, reserved 3, available 7, movement +0",
        ),
        (
            replace(ABSENT, held=1, moved=-2),
            (1, 1, 0, 3),
            "create it again, retired, with on hand 1, reserved 1, available 0, movement +3",
        ),
    ],
)
def test_a_repair_follows_from_what_is_on_hand_and_what_is_held(
    drift: Drift, figures: tuple[int, int, int, int], sentence: str
) -> None:
    repair = Repair.of(drift)

    assert (repair.on_hand, repair.reserved, repair.available, repair.delta) == figures
    assert str(repair) == sentence


def test_a_repair_is_possible_while_the_units_on_hand_cover_what_is_held() -> None:
    repairs = [Repair.of(replace(AGREES, held=held)) for held in (9, 10, 11)]

    assert [repair.is_possible for repair in repairs] == [True, True, False]


@pytest.mark.parametrize(
    ("drift", "recreates"),
    [
        (replace(AGREES, held=4), False),
        (replace(ABSENT, moved=12), False),
        (replace(ABSENT, held=1, moved=12), True),
        (replace(ABSENT, allocated=1, moved=12), True),
    ],
)
def test_only_a_deleted_level_of_which_units_are_held_is_created_again(drift: Drift, recreates: bool) -> None:
    assert Repair.of(drift).recreates is recreates


@pytest.mark.parametrize(
    ("is_counted", "sentence"),
    [
        (True, "reserved 3 -> 3, available 7 -> 7, movement +0"),
        (False, "reserved 3 -> 3, available 7 -> 7, movement +0, count it again as a shard of its level"),
    ],
)
def test_a_repair_says_whether_a_shard_is_counted_again(is_counted: bool, sentence: str) -> None:
    assert str(Repair.of(replace(AGREES, is_counted=is_counted))) == sentence
