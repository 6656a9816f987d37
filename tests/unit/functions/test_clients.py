"""Clients of AWS services: they leave out what the SDK does in each call and nobody needs."""

from collections.abc import Iterator

import pytest
from botocore.config import Config
from botocore.session import get_session

from inventory.aws import clients

SETTINGS = Config(region_name="us-east-1")


@pytest.fixture(autouse=True)
def own_session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session with the credentials of an account that is known."""
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("ACCOUNT_ID", "123456789012")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients.forget_session()
    yield
    clients.forget_session()


def endpoint_of(client: object, **request: object) -> str:
    """The URL to which a transaction would be sent."""
    urls: list[str] = []

    class NotSent(Exception):
        pass

    def note(request: object, **_: object) -> None:
        urls.append(request.url)  # type: ignore[attr-defined]
        raise NotSent

    client.meta.events.register("before-send", note)  # type: ignore[attr-defined]
    with pytest.raises(NotSent):
        client.transact_write_items(**request)  # type: ignore[attr-defined]
    return urls[0]


def test_no_request_is_searched_for_the_arn_of_a_table() -> None:
    operation = clients.new_client("dynamodb", SETTINGS).meta.service_model.operation_model("TransactWriteItems")

    assert not operation.operation_context_parameters


def test_requests_go_where_the_sdk_would_send_them() -> None:
    key = {"product_id": {"S": "P-1"}}
    request = {"TransactItems": [{"Delete": {"TableName": "inventory", "Key": key}}]}
    bare = get_session().create_client("dynamodb", config=SETTINGS)

    assert endpoint_of(clients.new_client("dynamodb", SETTINGS), **request) == endpoint_of(bare, **request)


@pytest.mark.parametrize("service", ["stepfunctions", "sns", "s3"])
def test_other_services_have_clients_too(service: str) -> None:
    assert clients.new_client(service, SETTINGS).meta.service_model.service_name == service
