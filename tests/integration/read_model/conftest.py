"""Days of a shop that its read model follows, in memory, as each is played dozens of times."""

from collections.abc import Iterator

import pytest

from tests.support.read_model.following.cases import Player


@pytest.fixture(autouse=True)
def _is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries do not wait."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """Plays what the follower is handed over."""
    yield from Player.installed(monkeypatch)
