"""Installs AppSync Events in ministack."""

from collections.abc import Mapping
from typing import Any

from tools.local.event_api import resources
from tools.local.event_api.addresses import api_of_host
from tools.local.event_api.api_keys import ApiKeys, serve_keys
from tools.local.event_api.authorization import Authorization
from tools.local.event_api.publishing import Publishing, serve_publishing
from tools.local.event_api.realtime import Realtime
from tools.local.event_api.subscriptions import Subscriptions
from tools.local.faults.switches import EVENT_API, Switches


def install(handlers: dict[str, Any], switches: Switches) -> ApiKeys:
    """Patch ministack, and return the store of the keys."""
    from ministack.services import appsync_events

    keys = ApiKeys(appsync_events._api_keys)
    authorization = Authorization(appsync_events._apis, appsync_events._channel_namespaces, keys)
    subscriptions = Subscriptions()
    switches.on_down(EVENT_API, subscriptions.close_all)
    publishing = Publishing(authorization, subscriptions, publish_denial)
    resources.install(keys)
    handlers["appsync"] = serve_keys(handlers["appsync"], keys, authorization.is_api)
    handlers["appsync-events"] = serve_publishing(publishing, api_of_host, lambda: switches.before(EVENT_API))
    realtime = Realtime(authorization, subscriptions, lambda: switches.is_down(EVENT_API))
    appsync_events.handle_websocket = realtime.handle
    return keys


def publish_denial(headers: Mapping[str, str], api_id: str, namespace: str) -> str | None:
    """Why the caller's policies do not allow to publish to a namespace; ministack has checked the signature."""
    from ministack.core.iam_actions import identity_denial_message
    from ministack.core.iam_evaluator import EvalResult, enforce
    from ministack.core.responses import get_region
    from ministack.core.router import extract_access_key_id
    from ministack.services.appsync_events import _channel_namespace_arn

    action, resource = "appsync:EventPublish", _channel_namespace_arn(api_id, namespace)
    denied = enforce(extract_access_key_id(headers, {}), action, "appsync", get_region(), resource_arn=resource)
    if denied is None:
        return None
    if not isinstance(denied, EvalResult):
        return str(denied.message)
    return str(identity_denial_message(action, denied.principal_arn, resource, denied.decision == "Deny"))
