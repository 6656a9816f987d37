"""Fixtures of the integration tests."""

from collections.abc import Iterator

import pytest

from tests.support.cases import NOW
from tests.support.handlers import Functions


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch, dynamodb_url: str) -> Iterator[Functions]:
    """The functions, at the time of the cases' calls."""
    functions = Functions(monkeypatch, dynamodb_url, NOW)
    yield functions
    functions.stop()
