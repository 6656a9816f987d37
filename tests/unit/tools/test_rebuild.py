"""The command that rebuilds the read model: it works the rebuild off, and never waits for ever."""

import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tools.deployed_stack import DeployedStack, NoStack
from tools.rebuild import __main__ as command
from tools.rebuild.rebuilding import Clock, RebuildFailed, rebuild

DONE = {"rebuild": None}


def running(step: str = "levels", rows: int = 0, *, busy: bool = False) -> dict[str, Any]:
    """The answer of the function while a rebuild goes on."""
    return {"rebuild": {"rebuild_id": "1", "started_at": "", "step": step, "rows": rows, "busy": busy}}


class FunctionOfStack:
    """MergeReadModel with answers that are given."""

    def __init__(self, answers: Iterator[Mapping[str, Any]]) -> None:
        self._answers = answers
        self.events: list[Any] = []

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.events.append(json.loads(Payload))
        answer = dict(next(self._answers))
        error = {"FunctionError": "Unhandled"} if "errorMessage" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **error}


@pytest.fixture
def stack_with() -> Callable[..., tuple[DeployedStack, FunctionOfStack]]:
    """Makes a stack whose function gives these answers."""

    def make(answers: Iterator[Mapping[str, Any]]) -> tuple[DeployedStack, FunctionOfStack]:
        function: Any = FunctionOfStack(answers)
        outputs = {"MergeReadModelFunctionName": "merge"}
        session: Any = None
        return DeployedStack(lambda service, config: function, session, outputs, "inventory", False), function

    return make


def clock() -> Clock:
    """A clock that goes on by ten seconds whenever it is read."""
    times = itertools.count(0, 10)
    return Clock(lambda: float(next(times)), lambda seconds: None)


def test_a_rebuild_is_asked_for_once_and_worked_off(stack_with: Any) -> None:
    stack, function = stack_with(iter([running(), running("reservations", 1_500), DONE]))
    said: list[str] = []

    rebuild(stack, said.append, clock())

    assert function.events == [{"rebuild": True}, {}, {}]
    assert said == ["reading levels, 0 rows read so far", "reading reservations, 1,500 rows read so far"]


def test_another_run_at_the_rebuild_is_waited_for(stack_with: Any) -> None:
    slept: list[float] = []
    stack, _ = stack_with(iter([running(busy=True), running(busy=True), DONE]))

    rebuild(stack, print, Clock(lambda: 0.0, slept.append))

    assert slept == [2.0, 2.0]


def test_a_rebuild_that_makes_no_progress_fails(stack_with: Any) -> None:
    stack, _ = stack_with(itertools.repeat(running(busy=True)))

    with pytest.raises(RebuildFailed, match="no progress for 15 minutes"):
        rebuild(stack, lambda sentence: None, clock())


@pytest.mark.parametrize("answer", [{"errorMessage": "out of memory"}, {}], ids=["error", "strange"])
def test_a_function_that_fails_is_reported(stack_with: Any, answer: Mapping[str, Any]) -> None:
    stack, _ = stack_with(iter([answer]))

    with pytest.raises(RebuildFailed, match="MergeReadModel failed"):
        rebuild(stack, print, clock())


def test_another_kind_of_stack_is_refused() -> None:
    nothing: Any = None

    with pytest.raises(NoStack, match="different kind of stack"):
        rebuild(DeployedStack(nothing, nothing, {}, "other", False), print, clock())


def test_the_command_ends_with_a_sentence(
    stack_with: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack, _ = stack_with(iter([running(), DONE]))
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: stack)

    assert command.main(["--local"]) == 0
    assert "The read model is rebuilt." in capsys.readouterr().out


def test_the_command_says_why_it_failed(
    stack_with: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack, _ = stack_with(iter([{"errorMessage": "out of memory"}]))
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: stack)

    assert command.main(["--local"]) == 1
    assert "out of memory" in capsys.readouterr().err
