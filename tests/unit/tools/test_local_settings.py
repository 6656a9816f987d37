"""The settings of a local AWS that come from the environment."""

import pytest

from tools.local.errors import LocalAwsError
from tools.local.settings import TRANSACTION_VARIABLE, LocalSettings


@pytest.mark.parametrize(("text", "milliseconds"), [(None, 0), ("", 0), ("0", 0), ("20", 20), ("10000", 10_000)])
def test_transactions_hold_their_items_for_as_long_as_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, text: str | None, milliseconds: int
) -> None:
    monkeypatch.delenv(TRANSACTION_VARIABLE, raising=False)
    if text is not None:
        monkeypatch.setenv(TRANSACTION_VARIABLE, text)

    assert LocalSettings.from_env().transaction_milliseconds == milliseconds


@pytest.mark.parametrize("text", ["-1", "20 ms", "0.5", "10001", "long"])
def test_a_variable_that_is_no_such_number_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(TRANSACTION_VARIABLE, text)

    with pytest.raises(LocalAwsError, match="LOCAL_TRANSACTION_MILLISECONDS must be a number from 0 to 10000"):
        LocalSettings.from_env()
