"""Whether the tests of the workflow, in whatever processes they ran, went every way through the state machine."""

from pathlib import Path

import pytest

from tests.support.state_coverage import every_way, left, number_left
from tests.support.waiting import until

OTHER_PROCESSES_END_WITHIN_SECONDS = 240  # within the 300 s of a test


def test_every_way_through_the_state_machine_was_taken(request: pytest.FixtureRequest, ways_directory: Path) -> None:
    tests = [item for item in request.session.items if "checkouts" in getattr(item, "fixturenames", ())]

    until(
        lambda: number_left(ways_directory) >= len(tests),
        "the other tests of the workflow are over",
        within_seconds=OTHER_PROCESSES_END_WITHIN_SECONDS,
    )

    not_taken = every_way().difference(*left(ways_directory))
    assert not not_taken, f"none of {len(tests)} tests went these ways: {sorted(not_taken)}"
