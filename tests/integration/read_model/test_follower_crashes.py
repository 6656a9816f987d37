"""Crashes of the follower at any of its calls, and merges meanwhile: what failed comes again, and nothing is lost."""

from collections.abc import Sequence

import pytest

from inventory.read_model.entries import Kind
from tests.support.handlers import MOMENTS, Cut, Meanwhile
from tests.support.live import Record
from tests.support.read_model.following.cases import CASES, Case, Disturbance, Player, heartbeats
from tests.support.read_model.following.shop import FollowedShop
from tests.support.shop.cases import BEFORE


def closed_before(call: int) -> Disturbance:
    """A merge closes the open generation right before a call, and reads it."""

    def disturbance(followed: FollowedShop, _: Sequence[Record]) -> Meanwhile:
        return Meanwhile(call, followed.closes)

    return disturbance


def ended(followed: FollowedShop, case: Case, where: str) -> None:
    """What must be true at the end, whatever happened."""
    assert followed.state() == followed.tables(), where
    if case == Case(heartbeats):
        assert followed.manifests.progress() == {Kind.LEVELS: BEFORE, Kind.RESERVATIONS: BEFORE}, where


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_follower_that_crashes_anywhere_leaves_what_one_run_does(case: Case, player: Player) -> None:
    for number, call in enumerate(player.calls(case)):
        for moment in MOMENTS:
            with player.plays(case, Cut(number, moment)) as followed:
                ended(followed, case, f"{moment} {call}, call {number}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_generation_that_is_closed_at_any_moment_loses_no_change(case: Case, player: Player) -> None:
    for number, call in enumerate(player.calls(case)):
        with player.plays(case, disturbances=[closed_before(number)]) as followed:
            ended(followed, case, f"closed before {call}, call {number}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_follower_that_crashes_after_its_generation_was_closed_loses_no_change(case: Case, player: Player) -> None:
    calls = player.calls(case)
    for closed in range(len(calls)):
        for number in range(closed, len(calls)):
            with player.plays(case, Cut(number, "stopped after"), [closed_before(closed)]) as followed:
                ended(followed, case, f"closed before call {closed}, stopped after {calls[number]}, call {number}")


def test_a_journal_whose_generations_are_closed_too_quickly_lets_the_records_come_again(player: Player) -> None:
    case = CASES[0]
    always = [closed_before(number) for number in range(60)]

    with player.plays(case, disturbances=always) as followed:
        ended(followed, case, "closed before every call")
