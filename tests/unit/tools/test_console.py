"""What commands print while they work: what takes long shows its progress, and what is quick prints nothing."""

from collections.abc import Iterator

import pytest

from tools.console import Progress
from tools.load.progress import LoadProgress


def clock(*seconds: float) -> Iterator[float]:
    """Moments of a clock."""
    return iter(seconds)


def test_what_takes_long_shows_its_progress_every_two_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    times = clock(0.0, 1.0, 2.5, 3.0, 4.5)
    progress = Progress(lambda: next(times))

    for rows in (1_000, 2_000, 3_000, 4_000):
        progress(f"{rows:,} movements read")

    assert capsys.readouterr().out == "  2,000 movements read …\n  4,000 movements read …\n"


def test_a_load_says_how_long_the_other_levels_may_take(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = LoadProgress(lambda: now)

    now = 10.0
    progress(500, 2_000)

    assert capsys.readouterr().out == "  500 of 2,000 levels, about 30 s left …\n"
