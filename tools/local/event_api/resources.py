"""The CloudFormation resources of an Event API: AWS::AppSync::Api, ChannelNamespace and ApiKey.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AppSync.html
ministack has only the key, for GraphQL APIs.
"""

import json
from collections.abc import Mapping
from typing import Any

from tools.local.event_api.api_keys import ApiKeys
from tools.local.event_api.handlers import require_known

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]  # the physical id and the attributes


def install(keys: ApiKeys) -> None:
    """Patch ministack's CloudFormation."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::AppSync::Api"] = {"create": _create_api, "update": _update_api, "delete": _delete_api}
    handlers["AWS::AppSync::ChannelNamespace"] = {
        "create": _create_namespace,
        "update": _update_namespace,
        "delete": _delete_namespace,
    }
    provisioners._REPLACING_PROPERTIES["AWS::AppSync::ChannelNamespace"] = ("ApiId", "Name")
    handlers["AWS::AppSync::ApiKey"] = _key_handlers(keys, handlers["AWS::AppSync::ApiKey"])


def _create_api(logical_id: str, properties: Properties, stack_name: str) -> Created:
    from ministack.services import appsync_events

    created = _content(appsync_events._create_api(_request(properties)))["api"]
    return created["apiArn"], _api_attributes(created)


def _update_api(arn: str, old: Properties, new: Properties, stack_name: str) -> Created:
    from ministack.services import appsync_events

    updated = _content(appsync_events._update_api(_last(arn), _request(new)))["api"]
    return arn, _api_attributes(updated)


def _delete_api(arn: str, properties: Properties) -> None:
    from ministack.services import appsync_events

    appsync_events._delete_api(_last(arn))


def _api_attributes(api: Mapping[str, Any]) -> dict[str, Any]:
    hosts = {"Http": api["dns"]["HTTP"], "Realtime": api["dns"]["REALTIME"]}
    return {
        "ApiId": api["apiId"],
        "ApiArn": api["apiArn"],
        "Dns": hosts,
        "Dns.Http": hosts["Http"],
        "Dns.Realtime": hosts["Realtime"],
    }


def _create_namespace(logical_id: str, properties: Properties, stack_name: str) -> Created:
    from ministack.services import appsync_events

    require_known(properties.get("CodeHandlers"))
    api_id = properties["ApiId"]
    created = _content(appsync_events._create_channel_namespace(api_id, _request(_with_modes(api_id, properties))))
    arn = created["channelNamespace"]["channelNamespaceArn"]
    return arn, {"ChannelNamespaceArn": arn}


def _update_namespace(arn: str, old: Properties, new: Properties, stack_name: str) -> Created:
    from ministack.services import appsync_events

    require_known(new.get("CodeHandlers"))
    api_id = new["ApiId"]
    _content(appsync_events._update_channel_namespace(api_id, new["Name"], _request(_with_modes(api_id, new))))
    return arn, {"ChannelNamespaceArn": arn}


def _with_modes(api_id: str, properties: Properties) -> Properties:
    """The properties with the modes of the API for what the namespace does not name; ministack takes those of publishing."""
    from ministack.services import appsync_events

    config = (appsync_events._apis.get(api_id) or {}).get("eventConfig", {})
    return {
        **properties,
        "PublishAuthModes": properties.get("PublishAuthModes") or config.get("defaultPublishAuthModes"),
        "SubscribeAuthModes": properties.get("SubscribeAuthModes") or config.get("defaultSubscribeAuthModes"),
    }


def _delete_namespace(arn: str, properties: Properties) -> None:
    from ministack.services import appsync_events

    appsync_events._delete_channel_namespace(arn.split("/")[1], _last(arn))


def _key_handlers(keys: ApiKeys, of_graphql: Mapping[str, Any]) -> dict[str, Any]:
    """The key of an Event API or of a GraphQL API, which is ministack's."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        if not _is_event_api(properties["ApiId"]):
            created: Created = of_graphql["create"](logical_id, properties, stack_name)
            return created
        return _key_attributes(properties["ApiId"], keys.create(properties["ApiId"], _key_request(properties)))

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        if not _is_event_api(new["ApiId"]):
            updated: Created = of_graphql["update"](physical_id, old, new, stack_name, logical_id)
            return updated
        if old["ApiId"] != new["ApiId"]:  # a replacement: CloudFormation deletes the old one later
            return create(logical_id or physical_id, new, stack_name)
        return _key_attributes(new["ApiId"], keys.update(new["ApiId"], _last(physical_id), _key_request(new)))

    def delete(physical_id: str, properties: Properties) -> None:
        if not _is_event_api(properties["ApiId"]):
            of_graphql["delete"](physical_id, properties)
        elif any(key["id"] == _last(physical_id) for key in keys.all_of(properties["ApiId"])):
            keys.delete(properties["ApiId"], _last(physical_id))

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _key_request(properties: Properties) -> dict[str, Any]:
    return {"description": properties.get("Description"), "expires": properties.get("Expires")}


def _key_attributes(api_id: str, key: Mapping[str, Any]) -> Created:
    from ministack.services import appsync_events

    arn = f"{appsync_events._api_arn(api_id)}/apikeys/{key['id']}"
    return arn, {"ApiKey": key["id"], "ApiKeyId": key["id"], "Arn": arn}


def _is_event_api(api_id: str) -> bool:
    from ministack.services import appsync_events

    return appsync_events._apis.get(api_id) is not None


def _request(properties: Properties) -> bytes:
    """The body of AppSync's call: the names of properties begin with a small letter there."""
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
    content = {name: value for name, value in properties.items() if name not in {"ApiId", "Tags"} and value is not None}
    return json.dumps({**_with_small_names(content), "tags": tags}).encode()


def _with_small_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _with_small_names(content) for name, content in value.items()}
    return [_with_small_names(content) for content in value] if isinstance(value, list) else value


def _content(response: tuple[int, Any, bytes]) -> Any:
    status, _, body = response
    content = json.loads(body)
    if status != 200:
        raise ValueError(f"{content.get('message')} (Service: AppSync, Status Code: {status})")
    return content


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
