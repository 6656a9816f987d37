"""How services outside call the functions: they repeat a call until it is answered."""

import base64
import json
import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tests.simulation.platform.invocations import InvocationFailed, Invocations
from tests.simulation.platform.scheduler import Continuation, Script, Wait, sleep
from tests.simulation.platform.stage import Stage
from tests.support.http.gateway import ApiRequest

ATTEMPTS = 40  # of a call that is important, such as a payment
ADMIN_ATTEMPTS = 12
CALLER_WAITS_SECONDS = 35.0
MANAGER = {"sub": "1b2c", "cognito:username": "ada", "cognito:groups": "inventory-managers"}


@dataclass
class Calls:
    """Calls of the outside world."""

    stage: Stage
    invocations: Invocations
    draw: random.Random

    def sleep(self, seconds: float) -> Wait:
        return sleep(self.stage.scheduler, seconds)

    def start(self, script: Script) -> None:
        """Run a script beside the others."""
        self.stage.scheduler.start(script)

    def direct(self, function: str, event: Any, *, attempts: int = ATTEMPTS) -> Generator[Wait, Any, Any]:
        """Invoke a function directly; None if it never answered."""
        for attempt in range(attempts):
            answer = yield self._invoke(function, event)
            if answer is not None:
                return answer
            yield self.sleep(self.draw.uniform(0, min(60, 2**attempt)))
        return None

    def checkout(
        self, method: str, path: str, content: Any, *, key: str | None = None, attempts: int = ATTEMPTS
    ) -> Generator[Wait, Any, Any]:
        """Call the API of checkout services: `{"status", "content"}`, None if it never answered or only with a 5xx."""
        headers = {"Idempotency-Key": key} if key else {}
        request = ApiRequest(method, path, json.dumps(content), headers=headers)
        return (yield from self._http("checkout_api", request, attempts))

    def machine(self, content: Any, *, key: str) -> Generator[Wait, Any, Any]:
        """Send a list of changes of stock."""
        request = ApiRequest("POST", "/stock/changes", json.dumps(content), headers={"Idempotency-Key": key})
        return (yield from self._http("stock_feed_api", request, ADMIN_ATTEMPTS))

    def admin(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Generator[Wait, Any, Any]:
        """Call the API of administrators."""
        body = content if content is None or isinstance(content, bytes | str) else json.dumps(content)
        request = ApiRequest(method, path, body, headers=headers or {}, query=query or {}, claims=MANAGER)
        return (yield from self._http("admin_api", request, ADMIN_ATTEMPTS))

    def _http(self, function: str, request: ApiRequest, attempts: int) -> Generator[Wait, Any, Any]:
        event = request.event()
        for attempt in range(attempts):
            answer = yield self._invoke(function, event)
            if answer is not None and answer["statusCode"] < 500:
                body = answer.get("body") or "null"
                text = base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body
                is_json = "json" in str(answer["multiValueHeaders"].get("Content-Type"))
                return {"status": answer["statusCode"], "content": json.loads(text) if is_json else text}
            yield self.sleep(self.draw.uniform(0, min(60, 2**attempt)))
        return None

    def _invoke(self, function: str, event: Any) -> Wait:
        """Invoke a function; the result is None when it failed, or its answer did not arrive."""

        def begin(continuation: Continuation) -> None:
            is_lost = self.stage.faults.happens(self.stage.faults.weather.lost_rate)
            self.stage.scheduler.after(CALLER_WAITS_SECONDS, continuation.send)

            def end(answer: Any, error: InvocationFailed | None) -> None:
                if not is_lost:
                    continuation.send(None if error else answer)

            self.invocations.invoke(function, event, end)

        return begin
