"""The keys of an Event API: their limits, and until when they are accepted.

https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateApiKey.html
https://docs.aws.amazon.com/appsync/latest/APIReference/API_UpdateApiKey.html
A key ends 1 to 365 days from its creation or update, and is listed for 60 days after that.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tools.local.emulators.handlers import Handler, Response

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
DEFAULT_DAYS = 7
DAYS_MAX = 365
KEPT_DAYS = 60
KEYS_MAX = 50
OUT_OF_BOUNDS = (
    "The API key expiration must be set to a value between 1 and 365 days from creation (for CreateApiKey) or from update "
    "(for UpdateApiKey)."
)
PATH = re.compile(r"/v1/apis/(?P<api>[^/]+)/apikeys(/(?P<key>[^/]+))?/?")

Clock = Callable[[], float]
Key = dict[str, Any]


class KeyRefused(Exception):
    """AppSync refuses to create or change a key."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def end_of(requested: object, now: float) -> int:
    """When a key ends, in seconds: as requested or after 7 days, rounded down to the hour.

    Raises:
        KeyRefused: the end is less than 1 day or more than 365 days away.
    """
    end = int(now) + DEFAULT_DAYS * DAY_SECONDS if requested is None else int(str(requested))
    if not DAY_SECONDS <= end - int(now) <= DAYS_MAX * DAY_SECONDS:
        raise KeyRefused("ApiKeyValidityOutOfBoundsException", OUT_OF_BOUNDS)
    return end - end % HOUR_SECONDS


class ApiKeys:
    """The keys of the Event APIs, in ministack's store."""

    def __init__(self, keys: Any, clock: Clock = time.time) -> None:
        self._keys = keys  # by API and by key
        self._clock = clock

    def create(self, api_id: str, properties: Mapping[str, Any]) -> Key:
        """A new key with `description` and `expires`."""
        keys = self._keys.setdefault(api_id, {})
        self._forget_deleted(api_id)
        if len(keys) >= KEYS_MAX:
            raise KeyRefused("ApiKeyLimitExceededException", f"An API may have at most {KEYS_MAX} API keys.")
        key_id = f"da2-{uuid4().hex[:26]}"
        keys[key_id] = _key(
            key_id, properties.get("description") or "", end_of(properties.get("expires"), self._clock())
        )
        return dict(keys[key_id])

    def update(self, api_id: str, key_id: str, properties: Mapping[str, Any]) -> Key:
        """Change a key. A key whose end has passed is accepted again with a new end."""
        key = self.get(api_id, key_id)
        description = key["description"] if properties.get("description") is None else properties["description"]
        # AppSync keeps the end if none is sent.
        end = key["expires"] if properties.get("expires") is None else end_of(properties["expires"], self._clock())
        self._keys[api_id][key_id] = _key(key_id, description, end)
        return dict(self._keys[api_id][key_id])

    def get(self, api_id: str, key_id: str) -> Key:
        """A key, also one whose end has passed."""
        self._forget_deleted(api_id)
        if not (key := self._keys.get(api_id, {}).get(key_id)):
            raise KeyRefused("NotFoundException", f"API key {key_id} not found", 404)
        return dict(key)

    def all_of(self, api_id: str) -> list[Key]:
        """All keys of an API, also those whose end has passed."""
        self._forget_deleted(api_id)
        return [dict(key) for _, key in sorted(self._keys.get(api_id, {}).items())]

    def delete(self, api_id: str, key_id: str) -> None:
        """Delete a key."""
        self.get(api_id, key_id)
        del self._keys[api_id][key_id]

    def expire(self, api_id: str, key_id: str) -> Key:
        """Let a key end now, which AWS has no call for: a test of expiry cannot wait for a day."""
        key = self.get(api_id, key_id)
        self._keys[api_id][key_id] = _key(key_id, key["description"], int(self._clock()))
        return dict(self._keys[api_id][key_id])

    def accepts(self, api_id: str, key_id: object) -> bool:
        """Whether a caller with this key may use the API: the key exists, and its end has not passed."""
        key = self._keys.get(api_id, {}).get(key_id) if isinstance(key_id, str) else None
        return key is not None and self._clock() < key["expires"]

    def _forget_deleted(self, api_id: str) -> None:
        keys = self._keys.get(api_id, {})
        for key_id in [key_id for key_id, key in keys.items() if key["deletes"] <= self._clock()]:
            del keys[key_id]


def _key(key_id: str, description: str, end: int) -> Key:
    return {"id": key_id, "description": description, "expires": end, "deletes": end + KEPT_DAYS * DAY_SECONDS}


def serve_keys(ministack: Handler, keys: ApiKeys, is_event_api: Callable[[str], bool]) -> Handler:
    """Wrap ministack's AppSync: the keys of Event APIs have AWS's limits."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        named = PATH.fullmatch(path)
        if not named or not is_event_api(named["api"]):
            return await ministack(method, path, headers, body, query_params)
        try:
            return _answer(200, _result(keys, method, named, json.loads(body or b"{}"), query_params))
        except KeyRefused as error:
            status, answer = error.status, {"__type": error.code, "message": str(error)}
            return _answer(status, answer, {"x-amzn-errortype": error.code})

    return handle


def _result(
    keys: ApiKeys, method: str, named: re.Match[str], request: Mapping[str, Any], query_params: Mapping[str, Any]
) -> Mapping[str, Any]:
    api_id, key_id = named["api"], named["key"]
    match method, bool(key_id):
        case "POST", False:
            return {"apiKey": keys.create(api_id, request)}
        case "GET", False:
            return _page(keys.all_of(api_id), query_params)
        case "POST", True:
            return {"apiKey": keys.update(api_id, key_id, request)}
        case "DELETE", True:
            keys.delete(api_id, key_id)
            return {}
        case _:
            raise KeyRefused("BadRequestException", f"{method} is not supported here")


def _page(keys: list[Key], query_params: Mapping[str, Any]) -> Mapping[str, Any]:
    """A page of the list. The token is the place of its first key."""
    start = int(_first(query_params, "nextToken") or 0)
    size = int(_first(query_params, "maxResults") or 25)
    page = {"apiKeys": keys[start : start + size]}
    return page if start + size >= len(keys) else {**page, "nextToken": str(start + size)}


def _first(query_params: Mapping[str, Any], name: str) -> str | None:
    value = query_params.get(name)
    return value[0] if isinstance(value, list) else value


def _answer(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(content).encode()
