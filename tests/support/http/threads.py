"""Lets threads call one handler at once, as calls in several Lambda environments would be.

Lambda makes one call at a time in one environment, so Powertools keeps the current call in its router. With threads, a
call would read the body or the parameters of another one.
"""

from threading import local
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

_calls = local()


def keep_one_call_per_thread() -> None:
    """Give every thread its own current event and context of every router, in this process."""
    router: Any = APIGatewayRestResolver
    if "context" in vars(router):
        return
    to_event = router._to_proxy_event

    def remember(self: APIGatewayRestResolver, event: dict[str, Any]) -> Any:
        _calls.event = to_event(self, event)
        return _calls.event

    router._to_proxy_event = remember
    router.current_event = property(lambda self: _calls.event)
    router.context = property(_context, lambda self, value: None)


def _context(router: APIGatewayRestResolver) -> dict[str, Any]:
    contexts = vars(_calls).setdefault("contexts", {})
    context: dict[str, Any] = contexts.setdefault(id(router), {})
    return context
