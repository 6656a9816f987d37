"""Who may connect to an Event API, subscribe to a channel and publish: by the API's modes, and those of the namespace."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from tools.local.event_api.api_keys import ApiKeys
from tools.local.event_api.channels import Channel
from tools.local.event_api.handlers import admits

API_KEY = "API_KEY"
AWS_IAM = "AWS_IAM"


class Operation(Enum):
    """What a caller wants, and the attribute of a namespace that names the modes for it."""

    PUBLISH = "publishAuthModes"
    SUBSCRIBE = "subscribeAuthModes"


class Authorization:
    """The modes of the Event APIs and namespaces in ministack's stores, and the keys."""

    def __init__(self, apis: Any, namespaces: Any, keys: ApiKeys) -> None:
        self._apis = apis
        self._namespaces = namespaces  # by API and by name
        self._keys = keys

    def is_api(self, api_id: str) -> bool:
        """Whether there is an Event API with this id."""
        return self._apis.get(api_id) is not None

    def may_connect(self, api_id: str, key: object) -> bool:
        """Whether a client with this key may open a connection."""
        config = (self._apis.get(api_id) or {}).get("eventConfig", {})
        return API_KEY in _types(config.get("connectionAuthModes")) and self._keys.accepts(api_id, key)

    def allows_key(self, api_id: str, channel: Channel, operation: Operation, key: object) -> bool:
        """Whether the channel's namespace allows keys for an operation, and this key is accepted."""
        return API_KEY in self.modes(api_id, channel, operation) and self._keys.accepts(api_id, key)

    def admits_subscription(self, api_id: str, channel: Channel) -> bool:
        """Whether the handlers of the channel's namespace admit a subscription to it."""
        namespace: Mapping[str, Any] = self._namespaces.get(api_id, {}).get(channel[0]) or {}
        return admits(namespace.get("codeHandlers"), channel)

    def modes(self, api_id: str, channel: Channel, operation: Operation) -> set[str]:
        """The modes of a channel's namespace for an operation; none if there is no such namespace."""
        namespace: Mapping[str, Any] = self._namespaces.get(api_id, {}).get(channel[0]) or {}
        return _types(namespace.get(operation.value))


def _types(modes: Any) -> set[str]:
    return {mode["authType"] for mode in modes or []}
