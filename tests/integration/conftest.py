"""What the store's tests can ask for besides a shop."""

from collections.abc import Iterator

import pytest

from tests.support.cases import NOW
from tests.support.handlers import Functions


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch, dynamodb_url: str) -> Iterator[Functions]:
    """The functions, at the time when the scenes' calls come."""
    functions = Functions(monkeypatch, dynamodb_url, NOW)
    yield functions
    functions.stop()
