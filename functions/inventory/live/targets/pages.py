"""The pages of shoppers, which AppSync Events pushes a product's stock to.

https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ConnectionClosedError, HTTPClientError

from inventory.live.targets.breaker import Breaker
from inventory.observability import logger
from inventory.values import dataclass

SERVICE = "appsync"
OK = 200


class HttpSession(Protocol):
    """What sends a signed request: a URLLib3Session of botocore."""

    def send(self, request: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """How AppSync is reached, with the rights of the function."""

    http: HttpSession
    credentials: Callable[[], Credentials]
    region: str


class Pages:
    """The pages that subscribe to channels of an Event API.

    Args:
        connection: makes the connection at the first push.
        host: the API's host for publishing.
        endpoint_url: another place at which the host is reached, such as an AWS on this machine; None: at the host itself.
    """

    def __init__(self, connection: Callable[[], Connection], host: str, endpoint_url: str | None = None) -> None:
        self._connection = connection
        self._host = host
        self._url = f"{endpoint_url.rstrip('/')}/event" if endpoint_url else f"https://{host}/event"
        self._breaker = Breaker()

    def push(self, channel: str, content: Mapping[str, Any], now: datetime) -> bool:
        """Push a content to every page that subscribes to the channel; False when AppSync did not accept it."""
        if not self._breaker.may_try(now):
            return False
        body = json.dumps({"channel": channel, "events": [_text(content)]}).encode()
        try:
            is_accepted = self._post(body)
        except (HTTPClientError, BotoCoreError, ValueError):
            logger.exception("AppSync did not answer a push", channel=channel)
            is_accepted = False
        if is_accepted:
            self._breaker.worked()
        else:
            self._breaker.failed(now)
        return is_accepted

    def _post(self, body: bytes) -> bool:
        connection = self._connection()
        try:
            answer = connection.http.send(self._signed(body, connection))
        except ConnectionClosedError:  # it was kept open since an earlier push, and AppSync has closed it meanwhile
            answer = connection.http.send(self._signed(body, connection))
        if answer.status_code != OK:
            logger.error("AppSync did not accept a push", status=answer.status_code, answer=answer.text[:500])
            return False
        content = json.loads(answer.content)
        if not isinstance(content, dict) or content.get("failed"):
            logger.error("AppSync did not accept a push", answer=answer.text[:500])
            return False
        return True

    def _signed(self, body: bytes, connection: Connection) -> Any:
        headers = {"Content-Type": "application/json", "Host": self._host}
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        SigV4Auth(connection.credentials(), SERVICE, connection.region).add_auth(request)
        return request.prepare()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
