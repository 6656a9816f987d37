"""Whether the tests of the workflow, in all processes of a run, took every path through the state machine."""

from pathlib import Path

import pytest

from tests.support.state_coverage import all_paths, recorded_count, recorded_paths
from tests.support.waiting import until

OTHER_PROCESSES_END_WITHIN_SECONDS = 240  # within the 300 s of a test


def test_every_path_through_the_state_machine_was_taken(request: pytest.FixtureRequest, paths_directory: Path) -> None:
    tests = [item for item in request.session.items if "checkouts" in getattr(item, "fixturenames", ())]

    until(
        lambda: recorded_count(paths_directory) >= len(tests),
        "the other tests of the workflow are over",
        within_seconds=OTHER_PROCESSES_END_WITHIN_SECONDS,
    )

    not_taken = all_paths().difference(*recorded_paths(paths_directory))
    assert not not_taken, f"none of {len(tests)} tests took these paths: {sorted(not_taken)}"
