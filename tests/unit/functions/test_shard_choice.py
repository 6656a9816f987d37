"""The shards that units are taken from: never more than they have, as few as possible, and a plan only of what existed."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import TransientError
from inventory.model import UNITS_MAX, Holding, Level, LevelKey, Line, Source, holdings_of
from inventory.stock.shards import settled
from inventory.stock.shards.choice import from_fullest, in_shards
from inventory.stock.shards.parts import Holdable, most_available, units_taken, units_taken_after_removal, whole
from inventory.stock.shards.settled import READINGS_MAX, settled_plan
from inventory.stock.sourcing import Plan, Sourcing, SourcingPolicy, place, place_partly

KEY = LevelKey("P-1", "main")
TIME = "2026-03-01T12:00:00.000Z"
POLICY = SourcingPolicy(("main",), Sourcing.ONE_WAREHOUSE)


def spread(
    *available: int, kept: int | None = None, taken: tuple[int, ...] = (), version: int = 1, removed: int = 0
) -> Level:
    """A level that is spread, by the units of its shards.

    Args:
        taken: what was ever taken from the shards behind the first.
        removed: more than was ever taken from any shard that was removed.
    """
    counted = (removed, *taken, *[0] * len(available))
    own, *others = (
        Level(
            "P-1", "main", "Mug", "kitchen", units, 0, units, 0, version, TIME, shard=shard, units_taken=counted[shard]
        )
        for shard, units in enumerate(available)
    )
    own = replace(own, shards=len(available), shards_wanted=kept)
    return whole(own, others)


def without(level: Level, shard: int) -> Level:
    """The level as it is read when the row of a shard is missing."""
    return whole(level.own, (part for part in level.parts[1:] if part.shard != shard))


def taken(lines: tuple[Line, ...]) -> dict[int, int]:
    return {holding.key.shard: holding.quantity for holding in holdings_of(lines)}


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=8), st.data())
def test_units_come_from_as_few_shards_as_have_them(available: list[int], data: st.DataObject) -> None:
    level = spread(*available)
    if not level.available:
        return
    quantity = data.draw(st.integers(1, level.available))

    lines = from_fullest([Line("P-1", "main", quantity)], {KEY: level})

    found = taken(lines)
    assert sum(found.values()) == quantity
    assert all(units <= available[shard] for shard, units in found.items())
    fewest = next(n for n, units in enumerate(accumulate(sorted(available, reverse=True)), 1) if units >= quantity)
    assert len(found) == fewest


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=5), st.lists(st.integers(0, 4), min_size=5, max_size=5), st.data()
)
def test_what_is_held_already_stays_where_it_is(available: list[int], held: list[int], data: st.DataObject) -> None:
    level = spread(*available)
    holdings = [Holding(KEY.of_shard(shard), units) for shard, units in enumerate(held[: len(available)]) if units]
    most = level.available + sum(holding.quantity for holding in holdings)
    if not most:
        return
    quantity = data.draw(st.integers(1, most))

    found = Counter(taken(from_fullest([Line("P-1", "main", quantity)], {KEY: level}, holdings)))

    had = Counter({holding.key.shard: holding.quantity for holding in holdings})
    assert found.total() == quantity
    assert all(units <= available[shard] + had[shard] for shard, units in found.items())
    assert (found & had).total() == min(quantity, had.total())


def test_of_what_is_held_already_the_larger_parts_stay() -> None:
    held = [Holding(KEY.of_shard(0), 1), Holding(KEY.of_shard(1), 3)]

    assert taken(from_fullest([Line("P-1", "main", 3)], {KEY: spread(9, 9)}, held)) == {1: 3}


def test_any_shard_that_has_all_units_may_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    choices: list[list[int]] = []

    def last(shards: list[int]) -> int:
        choices.append(shards)
        return shards[-1]

    monkeypatch.setattr(random, "choice", last)

    assert taken(from_fullest([Line("P-1", "main", 3)], {KEY: spread(9, 2, 3, 3)})) == {3: 3}
    assert choices == [[0, 2, 3]]


def test_a_shard_that_is_to_go_is_the_last_to_be_taken_from() -> None:
    level = spread(2, 1, 9, kept=2)

    assert taken(from_fullest([Line("P-1", "main", 2)], {KEY: spread(1, 1, 9, kept=2)})) == {0: 1, 1: 1}

    assert taken(from_fullest([Line("P-1", "main", 2)], {KEY: level})) == {0: 2}
    assert taken(from_fullest([Line("P-1", "main", 5)], {KEY: level})) == {0: 2, 1: 1, 2: 2}


def test_several_lines_of_one_level_share_its_shards() -> None:
    lines = [Line("P-1", "main", 3), Line("P-1", None, 4, (Source("main", 4),))]

    found = from_fullest(lines, {KEY: spread(4, 3)})

    assert sum(taken(found).values()) == 7
    assert taken(found) == {0: 4, 1: 3}


def test_a_line_gets_only_what_the_line_before_it_has_left_of_a_shard() -> None:
    lines = [Line("P-1", "main", 4), Line("P-1", None, 3, (Source("main", 3),))]

    assert taken(from_fullest(lines, {KEY: spread(4, 2, 1)})) == {0: 4, 1: 2, 2: 1}


def test_lines_of_other_levels_stay_as_they_are() -> None:
    lines = (Line("P-2", "main", 3), Line("P-3", None, 4, (Source("main", 4),)))

    assert from_fullest(lines, {KEY: spread(4, 3)}) == lines
    assert in_shards(lines, {KEY: 1}) == lines


def test_a_line_is_whole_in_the_shard_that_was_chosen() -> None:
    lines = (Line("P-1", "main", 3), Line("P-1", None, 4, (Source("main", 3), Source("north", 1))))

    [named, split] = in_shards(lines, {KEY: 5})

    assert named == Line("P-1", "main", 3, (Source("main", 3, 5),))
    assert split.sources == (Source("main", 3, 5), Source("north", 1))
    assert in_shards(lines, {KEY: 0}) == lines


# --- two readings


def test_of_two_findings_the_second_one_counts_for_a_level_that_is_in_both() -> None:
    other = LevelKey("P-2", "main")
    first = Holdable({KEY: 9, other: 4}, {KEY: spread(5, 4), other: spread(4)})
    second = Holdable({KEY: 3}, {KEY: spread(2, 1)})

    assert first.plus(second) == Holdable({KEY: 3, other: 4}, {KEY: spread(2, 1), other: spread(4)})
    assert second.plus(first) == first


def readings_of(*levels: Level) -> list[Holdable]:
    return [Holdable({KEY: level.available}, {KEY: level}) for level in levels]


def planned(readings: list[Holdable], quantity: int, make: Callable[..., Plan] = place) -> tuple[Plan, Holdable]:
    return settled_plan(
        lambda: readings.pop(0), lambda found: make([Line("P-1", "main", quantity)], found.units, POLICY)
    )


def test_a_plan_without_shortages_needs_one_reading() -> None:
    readings = readings_of(spread(1, 2), spread(0, 0))

    plan, _ = planned(readings, 3)

    assert not plan.shortages
    assert len(readings) == 1


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(spread(1, 1, taken=(1,)), id="one unit was taken meanwhile: there may have been three"),
        pytest.param(spread(1, 0, 1, taken=(2,)), id="a new shard, and two units were taken"),
        pytest.param(spread(1, 1, removed=3, taken=(4,)), id="a shard was removed and made again"),
    ],
)
def test_a_shortage_is_not_believed_if_there_may_have_been_enough_meanwhile(second: Level) -> None:
    readings = readings_of(spread(1, 1), second, second, spread(9, 9))

    plan, found = planned(readings, 3)

    assert [short.available for short in plan.shortages] == [2]
    assert found.spread == {KEY: second}
    assert len(readings) == 1


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(spread(2, 0), id="units came back, or moved"),
        pytest.param(spread(0, 0, taken=(2,)), id="units were taken, and there were too few before, too"),
        pytest.param(spread(1, 1, version=7), id="sales of what was held before"),
        pytest.param(spread(1, 1, 0), id="a new shard"),
        pytest.param(spread(1), id="a shard less"),
    ],
)
def test_a_shortage_that_was_one_at_some_moment_is_believed_of_two_readings(second: Level) -> None:
    readings = readings_of(spread(1, 1), second, spread(9, 9))

    plan, _ = planned(readings, 3)

    assert plan.shortages
    assert len(readings) == 1


def test_a_shortage_is_not_believed_because_another_line_is_short_too() -> None:
    lines = [Line("P-1", "main", 3), Line("P-2", "main", 5)]
    busy = spread(1, 1, taken=(1,))  # there may have been three
    readings = [Holdable({KEY: 2, LevelKey("P-2", "main"): 4}, {KEY: level}) for level in (spread(1, 1), busy, busy)]

    plan, _ = settled_plan(lambda: readings.pop(0), lambda found: place(lines, found.units, POLICY))

    assert [short.product_id for short in plan.shortages] == ["P-1", "P-2"]
    assert readings == []


def test_a_part_is_offered_only_if_it_was_all_there_was() -> None:
    busy, quiet = spread(1, 1, taken=(1,)), spread(1, 1, taken=(1,))
    readings = readings_of(spread(1, 1), busy, quiet, spread(9, 9))

    plan, _ = planned(readings, 9, place_partly)

    assert [line.quantity for line in plan.lines] == [2]
    assert len(readings) == 1


def test_nothing_is_offered_only_if_there_was_nothing_at_some_moment() -> None:
    readings = readings_of(spread(0, 1), spread(0, 0, taken=(1,)), spread(0, 0, taken=(1,)), spread(9, 9))

    plan, _ = planned(readings, 9, place_partly)

    assert not plan.lines
    assert len(readings) == 1


def test_a_shortage_of_a_level_that_is_not_spread_needs_one_reading() -> None:
    readings = [Holdable({KEY: 2}), Holdable({KEY: 9})]

    plan, _ = planned(readings, 3)

    assert plan.shortages
    assert len(readings) == 1


def test_a_retired_level_has_nothing_whatever_was_taken() -> None:
    retired = replace(spread(5, 5, taken=(1,)), active=False)
    readings = [*readings_of(spread(5, 4)), Holdable({KEY: 0}, {KEY: retired}), *readings_of(spread(9, 9))]

    plan, _ = planned(readings, 10)

    assert [short.available for short in plan.shortages] == [0]
    assert len(readings) == 1


def test_levels_that_never_rest_are_left_to_the_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []
    monkeypatch.setattr(settled, "pause", pauses.append)
    readings = readings_of(*(spread(1, 1, taken=(count,)) for count in range(READINGS_MAX + 1)))

    with pytest.raises(TransientError):
        planned(readings, 3)
    assert len(readings) == 1
    assert pauses == list(range(READINGS_MAX - 2))


@pytest.mark.parametrize(
    ("before", "after", "most"),
    [
        pytest.param(spread(1, 2), spread(3, 4), 7, id="nothing was taken"),
        pytest.param(spread(1, 2, taken=(5,)), spread(3, 0, taken=(7,)), 5, id="two were taken"),
        pytest.param(spread(1, 2, removed=9), spread(3, 4, 0, taken=(0, 11), removed=9), 9, id="a new shard"),
        pytest.param(spread(1, 2), without(spread(3, 4, 5), 1), UNITS_MAX, id="one was removed since it was read"),
        pytest.param(without(spread(1, 2), 1), spread(3, 4), UNITS_MAX, id="one was removed and made again"),
        pytest.param(spread(1, 2), without(spread(3, 4, 5), 2), UNITS_MAX, id="a new one was removed again"),
        pytest.param(
            without(spread(1, 2, 3), 1), without(spread(4, 5, 6), 1), 10, id="one was deleted by another tool"
        ),
        pytest.param(
            without(spread(1, 2, 3), 1),
            without(spread(4, 5, 6, removed=1), 1),
            UNITS_MAX,
            id="one that was deleted may have been removed and made again",
        ),
        pytest.param(spread(1, 2, taken=(5,)), spread(3, 4, taken=(4,)), UNITS_MAX, id="another tool wrote a counter"),
        pytest.param(spread(1, 2, 3), spread(4, 5, taken=(1,)), 10, id="one was removed before the second reading"),
        pytest.param(spread(1, 2, removed=9), spread(4), 4, id="the shards were joined"),
    ],
)
def test_what_a_level_may_have_had_follows_from_two_readings(before: Level, after: Level, most: int) -> None:
    assert most_available(before, after) == most


def test_a_new_shard_counts_on_from_where_the_removed_ones_ended() -> None:
    own, *_, last = spread(9, 4, 3, taken=(50, 6), removed=2).parts

    assert units_taken_after_removal(own, last) == 10
    assert units_taken_after_removal(replace(own, units_taken=20), last) == 21
    assert units_taken_after_removal(own, None) == 3
    assert units_taken_after_removal(replace(own, units_taken=0), None) == 1


@pytest.mark.parametrize(
    ("shard", "units", "counted"),
    [(1, 2, {"units_taken": 2}), (1, 0, {}), (1, -2, {}), (1, 1, {"units_taken": 1}), (0, 2, {})],
)
def test_only_units_that_are_taken_from_another_shard_are_counted(
    shard: int, units: int, counted: dict[str, int]
) -> None:
    assert units_taken(KEY.of_shard(shard), units) == counted


def test_what_could_be_held_at_most_is_any_number_of_a_level_that_was_spread_meanwhile() -> None:
    other, retired = LevelKey("P-2", "main"), LevelKey("P-3", "main")
    before = Holdable({KEY: 4, other: 3, retired: 0}, {other: spread(2, 1)})
    now = Holdable(
        {KEY: 2, other: 2, retired: 0},
        {KEY: spread(1, 1), other: spread(2, 0, taken=(1,)), retired: replace(spread(5, 5), active=False)},
    )

    assert now.at_most(before) == Holdable({KEY: UNITS_MAX, other: 3, retired: 0}, now.spread)


def test_what_could_be_held_at_most_of_a_level_that_is_not_spread_is_what_it_had() -> None:
    assert Holdable({KEY: 2}).at_most(Holdable({KEY: 9})) == Holdable({KEY: 2})


class Shelves:
    """Shards that others take units from and give units back to, that units move between, and that come and go."""

    def __init__(self, units: list[int], data: st.DataObject) -> None:
        self.parts = list(spread(*units).parts)
        self._data = data

    @property
    def available(self) -> int:
        return sum(part.available for part in self.parts)

    def read(self) -> Level:
        """Read the own row, and then one of its shards after the other, while others write."""
        own = replace(self.parts[0], shards=len(self.parts))
        read = []
        for shard in range(1, own.shards):
            self.are_written()
            read += self.parts[shard : shard + 1]
        return whole(own, read) if own.is_spread else own

    def are_written(self) -> None:
        shards = st.integers(0, len(self.parts) - 1)
        changes = st.sampled_from([self._add, self._remove]) | st.tuples(st.none() | shards, st.none() | shards)
        for change in self._data.draw(st.lists(changes, max_size=4)):
            if callable(change):
                change()
            else:
                self._move(*change)

    def _add(self) -> None:
        self.parts.append(replace(self.parts[-1], shard=len(self.parts), available=0, units_taken=self.own.units_taken))

    def _remove(self) -> None:
        if len(self.parts) > 1:
            last = self.parts.pop()
            self.parts[0] = replace(
                self.own,
                available=self.own.available + last.available,
                units_taken=units_taken_after_removal(self.own, last),
            )

    def _move(self, source: int | None, target: int | None) -> None:
        """A unit is taken from a shard, given back to another one, or both at once."""
        for shard, more in ((source, -1), (target, 1)):
            if shard is None or shard >= len(self.parts):
                continue
            part = self.parts[shard]
            if part.available + more < 0:
                return
            taken = units_taken(part.key, -more).get("units_taken", 0)
            self.parts[shard] = replace(part, available=part.available + more, units_taken=part.units_taken + taken)

    @property
    def own(self) -> Level:
        return self.parts[0]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.integers(0, 2), min_size=2, max_size=4), st.data())
def test_there_was_never_more_than_may_have_been_when_the_second_reading_began(
    units: list[int], data: st.DataObject
) -> None:
    shelves = Shelves(units, data)
    before = shelves.read()
    shelves.are_written()
    had = shelves.available
    after = shelves.read()

    # A level that is not spread is not read twice: each reading of it is of a moment.
    assert not before.parts or most_available(before, after) >= had
