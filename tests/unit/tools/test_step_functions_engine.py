"""The patches of the local Step Functions engine."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout, TimeoutSeconds
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint, CallbackOutcomeSuccess

from tools.local.step_functions import engine, timeouts

LONGEST_WAIT_SECONDS = 5


@pytest.fixture(autouse=True)
def patched_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Apply the patches, and undo them after the test."""
    monkeypatch.setattr(CallbackEndpoint, "setup_heartbeat_endpoint", CallbackEndpoint.setup_heartbeat_endpoint)
    monkeypatch.setattr(Timeout, "eval", Timeout.eval)
    monkeypatch.setattr(Heartbeat, "eval", Heartbeat.eval)
    engine._keep_early_signals()
    timeouts.install()
    yield


def test_a_signal_before_the_wait_ends_the_wait_at_once() -> None:
    task: Any = CallbackEndpoint("token")
    task.notify(CallbackOutcomeSuccess("token", "{}"))

    assert task.setup_heartbeat_endpoint(LONGEST_WAIT_SECONDS).clear_and_wait()


def test_without_a_signal_the_wait_times_out() -> None:
    task: Any = CallbackEndpoint("token")

    assert not task.setup_heartbeat_endpoint(0).clear_and_wait()


def test_the_timeout_of_a_stopped_execution_is_a_number() -> None:
    stopped: Any = SimpleNamespace(is_running=lambda: False, stack=[{"FunctionName": "a parameter"}])

    TimeoutSeconds(20).eval(stopped)

    assert stopped.stack.pop() == 20
