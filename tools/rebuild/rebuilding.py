"""A rebuild of the read model: asks for it, and works it off by calling its function again and again."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.config import Config

from tools.deployed_stack import DeployedStack

# A run begins nothing more after 45 s, and what it has begun may take some minutes at a million rows.
CONFIG = Config(read_timeout=900, retries={"total_max_attempts": 1})
BUSY_SECONDS = 2.0
# A run that crashed keeps what it has claimed for ten minutes.
STUCK_SECONDS = 15 * 60

STEPS = {
    "levels": "reading levels",
    "reservations": "reading reservations",
    "refunds": "reading refunds",
    "executions": "reading failed executions",
    "figures": "reading the ledger",
    "write": "writing the snapshot",
    "finish": "merging what changed meanwhile",
}

Answer = Mapping[str, Any]
Progress = Callable[[str], object]


class RebuildFailed(Exception):
    """The rebuild did not end well; the message says why."""


@dataclass(frozen=True)
class Clock:
    """Time, as a test replaces it."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


def rebuild(stack: DeployedStack, progress: Progress, clock: Clock = Clock()) -> None:
    """Rebuild the read model of a stack, or wait for the rebuild that is running.

    Args:
        progress: gets a sentence after each run of the function.

    Raises:
        RebuildFailed: the function failed, or nothing went on for 15 minutes.
        NoStack: it is a different kind of stack.
    """
    function = stack.output("MergeReadModelFunctionName")
    client = stack.client("lambda", config=CONFIG)
    answer = _invoke(client, function, {"rebuild": True})
    state, changed_at = _state(answer), clock.now()
    while running := answer["rebuild"]:
        progress(f"{STEPS.get(running['step'], running['step'])}, {running['rows']:,} rows read so far")
        if clock.now() - changed_at > STUCK_SECONDS:
            raise RebuildFailed("The rebuild made no progress for 15 minutes. The logs of MergeReadModel say why.")
        if running["busy"]:
            clock.sleep(BUSY_SECONDS)
        answer = _invoke(client, function, {})
        if _state(answer) != state:
            state, changed_at = _state(answer), clock.now()


def _state(answer: Answer) -> tuple[Any, ...]:
    """What changes while a rebuild goes on."""
    running = answer["rebuild"] or {}
    return tuple(running.get(name) for name in ("rebuild_id", "step", "rows"))


def _invoke(client: Any, function: str, event: Mapping[str, Any]) -> Answer:
    """One run of the function.

    Raises:
        RebuildFailed: it failed.
    """
    response = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    answer: Any = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response or not isinstance(answer, dict) or "rebuild" not in answer:
        wrong = answer.get("errorMessage", "no reason given") if isinstance(answer, dict) else "no answer"
        raise RebuildFailed(f"MergeReadModel failed: {wrong}. What was read so far is kept: run this again.")
    return answer
