"""Two followers at once: the second one runs completely between any two calls of the first one."""

from collections.abc import Callable, Sequence

import pytest

from tests.support.handlers import Meanwhile
from tests.support.live import Record, level_record
from tests.support.read_model.following import cases as followings
from tests.support.read_model.following.cases import CASES, Case, Disturbance, Player
from tests.support.read_model.following.shop import FollowedShop, numbered
from tests.support.shop.spread import sells_from

Action = Callable[[FollowedShop, Sequence[Record]], object]

OF_A_LEVEL = [Case(followings.a_first_level), Case(followings.a_level_that_was_followed_before)]


def before(call: int, *actions: Action) -> Disturbance:
    """Something that others do right before a call of the first follower."""

    def disturbance(followed: FollowedShop, records: Sequence[Record]) -> Meanwhile:
        def act() -> None:
            for action in actions:
                action(followed, records)

        return Meanwhile(call, act)

    return disturbance


def follows_the_same(followed: FollowedShop, records: Sequence[Record]) -> None:
    assert followed.follows(*records) == []


def closes(followed: FollowedShop, _: Sequence[Record]) -> None:
    followed.closes()


def changes_and_follows(followed: FollowedShop, _: Sequence[Record]) -> None:
    followed.shop.adjusts(4)
    assert followed.follows(level_record(followed.shop)) == []


def sells_from_shard_and_follows(followed: FollowedShop, _: Sequence[Record]) -> None:
    """The record of the shard has a lower number than that of the level's own row, which the first follower has."""
    sells_from(followed.shop, 1, 1)
    assert followed.follows(numbered(5, level_record(followed.shop, shard=1))) == []


def sells_from_own_row_and_follows(followed: FollowedShop, _: Sequence[Record]) -> None:
    sells_from(followed.shop, 0, 1)
    assert followed.follows(numbered(3, level_record(followed.shop))) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_another_follower_of_the_same_records_changes_nothing(case: Case, player: Player) -> None:
    for number, call in enumerate(player.calls(case)):
        with player.plays(case, disturbances=[before(number, follows_the_same)]) as followed:
            assert followed.state() == followed.tables(), f"before {call}, call {number}"


@pytest.mark.parametrize("case", OF_A_LEVEL, ids=str)
def test_a_later_change_that_another_follower_has_counts(case: Case, player: Player) -> None:
    for number, call in enumerate(player.calls(case)):
        with player.plays(case, disturbances=[before(number, changes_and_follows)]) as followed:
            assert followed.state() == followed.tables(), f"before {call}, call {number}"


@pytest.mark.parametrize("case", OF_A_LEVEL, ids=str)
def test_a_later_change_in_a_generation_that_is_merged_meanwhile_counts(case: Case, player: Player) -> None:
    calls = len(player.calls(case))
    for changed in range(calls):
        for closed in range(calls):
            disturbances = [before(changed, changes_and_follows), before(closed, closes)]
            with player.plays(case, disturbances=disturbances) as followed:
                assert followed.state() == followed.tables(), f"changed before {changed}, closed before {closed}"


@pytest.mark.parametrize(
    ("case", "action"),
    [
        (Case(followings.the_own_row_of_a_spread_level), sells_from_shard_and_follows),
        (Case(followings.a_shard_of_a_spread_level), sells_from_own_row_and_follows),
        (Case(followings.a_shard_of_a_spread_level), sells_from_shard_and_follows),
    ],
    ids=["a shard meanwhile", "the own row meanwhile", "the same shard meanwhile"],
)
def test_a_spread_level_has_the_sums_that_were_read_last(case: Case, action: Action, player: Player) -> None:
    calls = len(player.calls(case))
    for changed in range(calls):
        with player.plays(case, disturbances=[before(changed, action)]) as followed:
            assert followed.state() == followed.tables(), f"changed before {changed}"
        for closed in range(calls):
            with player.plays(case, disturbances=[before(changed, action), before(closed, closes)]) as followed:
                assert followed.state() == followed.tables(), f"changed before {changed}, closed before {closed}"
