"""The stack's Event API on a local AWS: its publishers and its subscribers."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from tools.local import Credentials, Stack
from tools.local.settings import HOST
from tools.realtime_client import RealtimeClient

TIMEOUT_SECONDS = 30


class DeployedEventApi:
    """The Event API of the stack, with the key of its pages."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.url = stack.outputs["LiveStockRealtimeUrl"]
        self.http_host = urlsplit(self.url).netloc.replace("-realtime-api.", "-api.")
        self.api_id = self.http_host.split(".")[0]
        self.key: str = self.control.list_api_keys(apiId=self.api_id)["apiKeys"][0]["id"]

    @property
    def control(self) -> Any:
        """AppSync's control plane, as the operator."""
        return self._stack.client("appsync")

    def publishes(self, channel: str, *events: object, credentials: Credentials | None = None) -> tuple[int, Any]:
        """Publish events, signed by the operator or by others: the status and the content of the answer."""
        signer = credentials or self._stack.operator
        body = json.dumps({"channel": channel, "events": [json.dumps(event) for event in events]})
        headers = {"content-type": "application/json"}
        request = AWSRequest("POST", f"http://{self.http_host}/event", data=body, headers=headers)
        keys = Signer(signer.access_key_id, signer.secret_access_key)
        SigV4Auth(keys, "appsync", self._stack.region).add_auth(request)
        return self._post(body, {**dict(request.headers.items()), "host": self.http_host})

    def publishes_with_key(self, channel: str, event: object) -> tuple[int, Any]:
        """Publish an event with the key of the pages."""
        body = json.dumps({"channel": channel, "events": [json.dumps(event)]})
        return self._post(body, {"host": self.http_host, "x-api-key": self.key})

    async def connects(self, key: str | None = None) -> RealtimeClient:
        """A client that has sent its first message, with the key of the pages or another one."""
        client = await RealtimeClient.connect(self.url, self.http_host, key or self.key)
        client.send({"type": "connection_init"})
        return client

    async def subscribes(self, channel: str) -> RealtimeClient:
        """A client with one subscription, whose id is 1."""
        client = await self.connects()
        assert (await client.receive())["type"] == "connection_ack"
        answer = await client.subscribe("1", channel, self.key, self.http_host)
        assert answer["type"] == "subscribe_success", answer
        return client

    def _post(self, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(HOST, urlsplit(self.url).port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/event", body, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()
