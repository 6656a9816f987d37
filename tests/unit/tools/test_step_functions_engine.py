"""What the local workflow engine does better than the emulator that it is made of."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint, CallbackOutcomeSuccess

from tools.local.step_functions import engine as workflow_engine

LONGEST_WAIT_SECONDS = 5


@pytest.fixture(autouse=True)
def hearing_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine with its ears; the emulator is left as it was."""
    monkeypatch.setattr(CallbackEndpoint, "setup_heartbeat_endpoint", CallbackEndpoint.setup_heartbeat_endpoint)
    workflow_engine._hear_early_signals()
    yield


def test_a_signal_that_comes_before_the_wait_is_heard_at_once() -> None:
    task: Any = CallbackEndpoint("token")
    task.notify(CallbackOutcomeSuccess("token", "{}"))

    assert task.setup_heartbeat_endpoint(LONGEST_WAIT_SECONDS).clear_and_wait()


def test_nothing_is_heard_where_nothing_was_signalled() -> None:
    task: Any = CallbackEndpoint("token")

    assert not task.setup_heartbeat_endpoint(0).clear_and_wait()
