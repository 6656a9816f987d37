"""Days of a shop that its read model follows."""

import pytest


@pytest.fixture(autouse=True)
def _is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries do not wait."""
    monkeypatch.setattr("time.sleep", lambda _: None)
