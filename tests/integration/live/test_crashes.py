"""Crashes of the publisher at any of its calls: what failed comes again, and nothing is lost, changed or counted twice."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.handlers import MOMENTS, Cut
from tests.support.live.publications import CASES, Case
from tests.support.live.replayed_publication import ReplayedPublication


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_publisher_that_crashes_anywhere_publishes_what_one_run_does(
    case: Case, replayed: Callable[[Case], ReplayedPublication]
) -> None:
    publication = replayed(case)
    complete, calls = publication.play()
    assert complete.unsettled == []
    assert complete.events or complete.pushes, "nothing is published"

    for cut in every_crash(len(calls)):
        left, _ = publication.play(cut)

        where = f"{cut.moment} {calls[cut.call]}, call {cut.call}"
        assert left.events == complete.events, where
        assert all(len(ids) == 1 for ids in left.ids.values()), f"an event has two ids: {where}"
        assert left.pushes == complete.pushes, where
        assert left.sequences == complete.sequences, where
        assert left.unsettled == [], where


def every_crash(calls: int) -> Iterator[Cut]:
    """A crash before the first call, a crash after each, and each lost answer. A crash before a call is that after the last."""
    for number in range(calls):
        for moment in MOMENTS:
            if moment != "stopped before" or number == 0:
                yield Cut(number, moment)
