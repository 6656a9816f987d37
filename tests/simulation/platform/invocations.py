"""Lambda: invokes the real handlers, each invocation as a process in virtual time."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.simulation.platform.runtime import Runtime
from tests.simulation.platform.scheduler import Process, Stopped
from tests.simulation.platform.stage import Stage

OnEnd = Callable[[Any, "InvocationFailed | None"], None]

LATE_SECONDS = (0.05, 30.0, 600.0, 1800.0)  # how much later an invocation may happen once more


class InvocationFailed(Exception):
    """A function ended with an error."""

    def __init__(self, error_type: str, message: str = "") -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type, self.message = error_type, message


class Context:
    """What Lambda passes to a handler."""

    function_name = function_version = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "request"

    def __init__(self, process: Process) -> None:
        self._process = process

    def get_remaining_time_in_millis(self) -> int:
        return int((self._process.deadline - self._process.scheduler.now) * 1000)


class Invocations:
    """Invokes functions by the names of their files."""

    def __init__(self, stage: Stage, runtime: Runtime, timeouts: dict[str, float]) -> None:
        self.counted = 0
        self.errors: Counter[str] = Counter()
        self._scheduler = stage.scheduler
        self._faults = stage.faults
        self._story = stage.story
        self._runtime = runtime
        self._timeouts = timeouts

    def invoke(self, function: str, event: Any, on_end: OnEnd) -> None:
        """Invoke a function; sometimes it happens twice, at the same time or much later."""
        if self._faults.happens(self._faults.weather.repeat_rate):
            latest = LATE_SECONDS[self._faults.pick(len(LATE_SECONDS))]
            self._scheduler.after(
                self._faults.pause(latest), lambda: self._run(function, event, lambda answer, error: None, "once more ")
            )
        self._scheduler.after(self._faults.latency(), lambda: self._run(function, event, on_end))

    def _run(self, function: str, event: Any, on_end: OnEnd, why: str = "") -> None:
        self.counted += 1
        process = Process(
            self._scheduler,
            deadline=self._scheduler.now + self._timeouts[function],
            clock_error=self._faults.clock_error(),
        )
        process.name = f"{function} {self.counted}"
        if self._story.is_recorded:
            self._story.add(f"{why}{process.name} begins: {json.dumps(_short(event))}")

        def end(answer: Any, error: BaseException | None) -> None:
            failure: InvocationFailed | None = None
            if isinstance(error, Stopped):
                is_late = self._scheduler.now >= process.deadline
                failure = InvocationFailed("Sandbox.Timedout" if is_late else "Runtime.ExitError")
            elif error is not None:
                if not isinstance(error, Exception):
                    raise error
                failure = InvocationFailed(type(error).__name__, str(error))
                self.errors[f"{function} ended with {failure}"] += 1
            if self._story.is_recorded:
                self._story.add(f"{process.name} ends: {failure or json.dumps(_short(answer))}")
            on_end(answer, failure)

        handler = self._runtime.handler(function)
        # Bodies pass as JSON, so that no object is shared.
        process.start(lambda: json.loads(json.dumps(handler(json.loads(json.dumps(event)), Context(process)))), end)


def _short(content: Any) -> Any:
    """An event or an answer without what nobody reads."""
    if isinstance(content, dict) and "requestContext" in content:
        return [content["httpMethod"], content["path"], content["pathParameters"], content["headers"], content["body"]]
    if isinstance(content, dict) and "multiValueHeaders" in content:
        return [content["statusCode"], content["body"]]
    return content
