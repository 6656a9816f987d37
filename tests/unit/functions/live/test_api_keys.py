"""The key of live stock: pages get the one that ends last, and its end is moved before it is near."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from inventory.errors import LiveStockKeyMissing, TransientError
from inventory.live.api_keys import DESCRIPTION, ApiKey, latest_key, renew_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
API = {"apiId": "api-1"}


@pytest.fixture
def client() -> Any:
    """A client of AppSync without a connection."""
    return boto3.client("appsync", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


@pytest.fixture
def appsync(client: Any) -> Iterator[Stubber]:
    """The stubbed responses of AppSync; each is asked for."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def key(value: str, days: int) -> dict[str, Any]:
    """A key as AppSync answers it, with the days until its end."""
    return {"id": value, "expires": seconds(days)}


def seconds(days: int) -> int:
    return int((NOW + timedelta(days=days)).timestamp())


def test_a_page_gets_the_key_that_ends_last(client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-a", 10), key("da2-b", 80), key("da2-c", -5)]}, API)

    assert latest_key(client, "api-1") == ApiKey("da2-b", NOW + timedelta(days=80))


def test_the_keys_of_all_pages_are_compared(client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-a", 10)], "nextToken": "more"}, API)
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-b", 80)]}, API | {"nextToken": "more"})

    assert latest_key(client, "api-1").value == "da2-b"


def test_an_api_without_a_key_has_none_until_the_renewal_creates_one(client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": []}, API)

    with pytest.raises(LiveStockKeyMissing):
        latest_key(client, "api-1")


def test_throttling_of_appsync_is_transient(client: Any, appsync: Stubber) -> None:
    appsync.add_client_error("list_api_keys", "TooManyRequestsException")

    with pytest.raises(TransientError):
        latest_key(client, "api-1")


@pytest.mark.parametrize("days", [59, 7, -30])
def test_a_key_whose_end_is_near_or_over_gets_a_later_end(days: int, client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-a", days)]}, API)
    appsync.add_response(
        "update_api_key", {"apiKey": key("da2-a", 90)}, API | {"id": "da2-a", "expires": seconds(days=90)}
    )

    assert renew_key(client, "api-1", NOW) == ApiKey("da2-a", NOW + timedelta(days=90))


@pytest.mark.parametrize("days", [60, 365])
def test_a_key_whose_end_is_far_stays_as_it_is(days: int, client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-a", days)]}, API)

    assert renew_key(client, "api-1", NOW) == ApiKey("da2-a", NOW + timedelta(days=days))


def test_a_key_is_created_where_somebody_deleted_it(client: Any, appsync: Stubber) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": []}, API)
    appsync.add_response(
        "create_api_key",
        {"apiKey": key("da2-new", 90)},
        API | {"description": DESCRIPTION, "expires": seconds(days=90)},
    )

    assert renew_key(client, "api-1", NOW) == ApiKey("da2-new", NOW + timedelta(days=90))
