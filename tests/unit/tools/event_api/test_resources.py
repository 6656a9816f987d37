"""CloudFormation deploys, changes and deletes an Event API."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import appsync_events, cloudformation
from ministack.services.cloudformation import provisioners

from tests.support.waiting import until
from tests.unit.tools.refusals.in_process import client_of
from tools.local.event_api import resources
from tools.local.event_api.api_keys import ApiKeys

TYPES = ("AWS::AppSync::Api", "AWS::AppSync::ChannelNamespace", "AWS::AppSync::ApiKey")
KEY, IAM = [{"AuthType": "API_KEY"}], [{"AuthType": "AWS_IAM"}]


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiKeys]:
    """The resources, for one test."""
    monkeypatch.setattr(provisioners, "_RESOURCE_HANDLERS", dict(provisioners._RESOURCE_HANDLERS))
    monkeypatch.setattr(provisioners, "_REPLACING_PROPERTIES", dict(provisioners._REPLACING_PROPERTIES))
    keys = ApiKeys(appsync_events._api_keys)
    resources.install(keys)
    yield keys


def template(name: str = "stock", **of_namespace: Any) -> str:
    """An Event API with a namespace and a key."""
    config = {
        "AuthProviders": KEY + IAM,
        "ConnectionAuthModes": KEY,
        "DefaultPublishAuthModes": IAM,
        "DefaultSubscribeAuthModes": KEY,
    }
    api = {"Fn::GetAtt": ["Api", "ApiId"]}
    attributes = (
        "Api.ApiArn",
        "Api.ApiId",
        "Api.Dns.Http",
        "Api.Dns.Realtime",
        "Key.ApiKey",
        "Key.ApiKeyId",
        "Key.Arn",
    )
    outputs = {name.replace(".", ""): {"Value": {"Fn::GetAtt": name.split(".", 1)}} for name in attributes}
    described = {
        "Resources": {
            "Api": {"Type": TYPES[0], "Properties": {"Name": "live", "EventConfig": config}},
            "Namespace": {"Type": TYPES[1], "Properties": {"ApiId": api, "Name": name, **of_namespace}},
            "Key": {"Type": TYPES[2], "Properties": {"ApiId": api, "Description": "pages"}},
        },
        "Outputs": {
            **outputs,
            **{f"{name}Ref": {"Value": {"Ref": name}} for name in ("Api", "Namespace", "Key")},
            "NamespaceArn": {"Value": {"Fn::GetAtt": ["Namespace", "ChannelNamespaceArn"]}},
        },
    }
    return json.dumps(described)


class Stacks:
    """One stack."""

    def __init__(self) -> None:
        self._client = client_of("cloudformation", cloudformation.handle_request)
        self._name = f"s-{uuid4().hex}"

    def creates(self, body: str) -> dict[str, str]:
        """The outputs of the new stack."""
        self._client.create_stack(StackName=self._name, TemplateBody=body)
        return self._outputs("CREATE_COMPLETE")

    def updates(self, body: str) -> dict[str, str]:
        """The outputs after an update."""
        self._client.update_stack(StackName=self._name, TemplateBody=body)
        return self._outputs("UPDATE_COMPLETE")

    def deletes(self) -> None:
        """Delete the stack."""
        self._client.delete_stack(StackName=self._name)

    def _outputs(self, status: str) -> dict[str, str]:
        def described() -> Any:
            return self._client.describe_stacks(StackName=self._name)["Stacks"][0]

        until(lambda: not described()["StackStatus"].endswith("PROGRESS"), "the deployment", within_seconds=10)
        assert described()["StackStatus"] == status
        return {output["OutputKey"]: output["OutputValue"] for output in described()["Outputs"]}


def test_the_resources_return_what_they_return_on_aws() -> None:
    outputs = Stacks().creates(template())

    arn = f"arn:aws:appsync:us-east-1:000000000000:apis/{outputs['ApiApiId']}"
    assert outputs["ApiRef"] == outputs["ApiApiArn"] == arn
    assert outputs["NamespaceRef"] == outputs["NamespaceArn"] == f"{arn}/channelNamespace/stock"
    assert outputs["KeyRef"] == outputs["KeyArn"] == f"{arn}/apikeys/{outputs['KeyApiKeyId']}"
    assert outputs["KeyApiKey"].startswith("da2-")
    assert outputs["ApiDnsHttp"].startswith(f"{outputs['ApiApiId']}.appsync-api.us-east-1.localhost:")
    assert outputs["ApiDnsRealtime"].startswith(f"{outputs['ApiApiId']}.appsync-realtime-api.us-east-1.localhost:")


def test_a_namespace_takes_the_modes_of_its_api_where_it_has_none() -> None:
    outputs = Stacks().creates(template())

    namespace = appsync_events._channel_namespaces[outputs["ApiApiId"]]["stock"]
    assert namespace["publishAuthModes"] == [{"authType": "AWS_IAM"}]
    assert namespace["subscribeAuthModes"] == [{"authType": "API_KEY"}]


def test_an_update_keeps_the_api_and_its_key(installed: ApiKeys) -> None:
    stacks = Stacks()
    before = stacks.creates(template())

    after = stacks.updates(template(SubscribeAuthModes=IAM))

    assert after == before
    namespace = appsync_events._channel_namespaces[after["ApiApiId"]]["stock"]
    assert namespace["subscribeAuthModes"] == [{"authType": "AWS_IAM"}]
    assert installed.accepts(after["ApiApiId"], after["KeyApiKey"])


def test_a_namespace_with_another_name_replaces_the_old_one() -> None:
    stacks = Stacks()
    stacks.creates(template())

    outputs = stacks.updates(template("prices"))

    assert set(appsync_events._channel_namespaces[outputs["ApiApiId"]]) == {"prices"}


def test_a_deleted_stack_leaves_nothing() -> None:
    stacks = Stacks()
    api_id = stacks.creates(template())["ApiApiId"]

    stacks.deletes()

    until(lambda: appsync_events._apis.get(api_id) is None, "the deletion", within_seconds=10)
    assert not appsync_events._channel_namespaces.get(api_id)
    assert not appsync_events._api_keys.get(api_id)
