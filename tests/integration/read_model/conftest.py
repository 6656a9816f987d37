"""A player of cases in memory, as each is played dozens of times."""

from collections.abc import Iterator

import pytest

from tests.support.followings import Player


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """Plays what the follower is handed over."""
    yield from Player.installed(monkeypatch)
