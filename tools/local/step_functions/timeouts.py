"""Evaluates a task's timeout even when its execution was stopped in this moment.

moto skips the evaluation then, takes whatever lies on its stack as the seconds, and records it in the history. From then
on GetExecutionHistory fails for this execution.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout


def install() -> None:
    """Patch moto so that a timeout always has a value."""
    Timeout.eval = evaluate
    Heartbeat.eval = evaluate


def evaluate(component: Any, env: Any) -> None:
    """Put the seconds on the stack, whatever the state of the execution is."""
    component._eval_body(env)
