"""Fixtures of the integration tests."""

from collections.abc import Iterator

import pytest

from tests.support.handlers import Functions
from tests.support.shop.cases import NOW


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch, dynamodb_url: str) -> Iterator[Functions]:
    """The functions, at the time of the cases' calls."""
    functions = Functions(monkeypatch, dynamodb_url, NOW)
    yield functions
    functions.stop()
