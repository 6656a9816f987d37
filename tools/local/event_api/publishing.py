"""Publishing over HTTP: `POST /event` at the API's HTTP host.

https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html
A signed call needs the IAM action appsync:EventPublish on the channel's namespace.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from tools.local.emulators.handlers import Response
from tools.local.event_api.authorization import AWS_IAM, Authorization, Operation
from tools.local.event_api.channels import Channel, parse_channel
from tools.local.event_api.subscriptions import Subscriptions

EVENTS_MAX = 5
EVENT_BYTES_MAX = 240 * 1024
NOT_AUTHORIZED = "You are not authorized to make this call."

# Why IAM denies a signed caller an action on a resource; None if it allows it.
Denial = Callable[[Mapping[str, str], str, str], str | None]


class Refusal(Exception):
    """AppSync refuses a publish."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Publishing:
    """Takes the events of publishers and delivers them to the subscriptions of their channels."""

    def __init__(self, authorization: Authorization, subscriptions: Subscriptions, denial: Denial) -> None:
        self._authorization = authorization
        self._subscriptions = subscriptions
        self._denial = denial

    def publish(self, api_id: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer `POST /event`."""
        try:
            if not self._authorization.is_api(api_id):
                raise Refusal(404, "ResourceNotFoundException", "Unable to find the Api.")
            channel, events = parse_events(_json(body))
            self._authorize(api_id, channel, headers)
        except Refusal as error:
            return _answer(
                error.status,
                {"errors": [{"errorType": error.code, "message": error.message}]},
                {"x-amzn-errortype": error.code},
            )
        return _answer(200, deliver(self._subscriptions, api_id, channel, events))

    def _authorize(self, api_id: str, channel: Channel, headers: Mapping[str, str]) -> None:
        is_signed = headers.get("authorization", "").startswith("AWS4-HMAC-SHA256")
        if not is_signed:
            if not self._authorization.allows_key(api_id, channel, Operation.PUBLISH, headers.get("x-api-key")):
                raise Refusal(401, "UnauthorizedException", NOT_AUTHORIZED)
            return
        if AWS_IAM not in self._authorization.modes(api_id, channel, Operation.PUBLISH):
            raise Refusal(401, "UnauthorizedException", NOT_AUTHORIZED)
        if reason := self._denial(headers, api_id, channel[0]):
            raise Refusal(403, "AccessDeniedException", reason)


def parse_events(request: object) -> tuple[Channel, list[str]]:
    """The channel and the events of a publish.

    Raises:
        Refusal: AppSync refuses it.
    """
    content = request if isinstance(request, dict) else {}
    channel, events = parse_channel(content.get("channel")), content.get("events")
    if channel is None:
        raise Refusal(400, "BadRequestException", "Invalid Channel Format")
    if not isinstance(events, list) or not events:
        raise Refusal(400, "BadRequestException", "Missing events")
    if len(events) > EVENTS_MAX:
        raise Refusal(400, "BadRequestException", f"Input exceeded {EVENTS_MAX} event limit")
    if not all(isinstance(event, str) and _is_json(event) for event in events):
        raise Refusal(400, "BadRequestException", "Each event must be a string that is valid JSON")
    if any(len(event.encode()) > EVENT_BYTES_MAX for event in events):
        raise Refusal(400, "BadRequestException", f"An event exceeds {EVENT_BYTES_MAX} bytes")
    return channel, events


def deliver(subscriptions: Subscriptions, api_id: str, channel: Channel, events: list[str]) -> dict[str, Any]:
    """Send events to the subscriptions of a channel; the answer to the publisher."""
    for event in events:
        subscriptions.publish(api_id, channel, event)
    return {"successful": [{"identifier": str(uuid4()), "index": index} for index in range(len(events))], "failed": []}


def serve_publishing(
    publishing: Publishing, api_of_host: Callable[[str], str | None], before: Callable[[], Awaitable[Response | None]]
) -> Callable[..., Awaitable[Response]]:
    """A handler of the HTTP hosts of Event APIs. What `before` answers replaces the answer."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        if fault := await before():
            return fault
        api_id = api_of_host(headers.get("host", ""))
        if api_id is None or method != "POST" or path != "/event":
            error = {"errorType": "UnknownOperationException", "message": "Unknown Operation Request."}
            return _answer(404, {"errors": [error]}, {"x-amzn-errortype": "UnknownOperationException"})
        return publishing.publish(api_id, headers, body)

    return handle


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refusal(400, "SerializationException", "Unable to parse request body") from error


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _answer(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(content).encode()
