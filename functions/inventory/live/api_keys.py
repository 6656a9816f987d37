"""The key with which browsers subscribe to live stock, and its end.

AppSync gives a key an end, and deletes it 60 days later. Until then its end can be moved, so one key serves for years and a
page that has it stays connected. https://docs.aws.amazon.com/appsync/latest/APIReference/API_ApiKey.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.aws.retries import transient_errors_translated
from inventory.errors import LiveStockKeyMissing
from inventory.values import dataclass

LIFETIME = timedelta(days=90)  # AppSync takes 1 to 365 days
# The renewal may fail for a month before the alarm of the key's end, and for two before the key ends.
RENEWED_BEFORE_END = timedelta(days=60)
DESCRIPTION = "Subscribes to live stock. Pages contain it, so it is no secret."


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key; AppSync calls its value an id."""

    value: str
    expires_at: datetime

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "ApiKey":
        return cls(answer["id"], datetime.fromtimestamp(int(answer["expires"]), UTC))


def latest_key(client: Any, api_id: str) -> ApiKey:
    """The key with the latest end.

    Args:
        client: of AppSync; it makes the attempts.

    Raises:
        LiveStockKeyMissing: there is no key; the daily renewal creates one.
        TransientError: AppSync did not answer, or throttled.
    """
    with transient_errors_translated():
        keys = list(_keys(client, api_id))
    if not keys:
        raise LiveStockKeyMissing("there is no key for live stock at the moment")
    return max(keys, key=lambda key: key.expires_at)


def renew_key(client: Any, api_id: str, now: datetime) -> ApiKey:
    """Move the key's end when it is near, or create a key if there is none; the key as it is now.

    Two renewals at once may create two keys. The one that ends later serves, and the other one ends.
    """
    # In seconds; AppSync drops the part of an hour.
    end = int((now + LIFETIME).timestamp())
    try:
        key = latest_key(client, api_id)
    except LiveStockKeyMissing:
        with transient_errors_translated():
            return ApiKey.of(client.create_api_key(apiId=api_id, description=DESCRIPTION, expires=end)["apiKey"])
    if key.expires_at - now >= RENEWED_BEFORE_END:
        return key
    with transient_errors_translated():
        return ApiKey.of(client.update_api_key(apiId=api_id, id=key.value, expires=end)["apiKey"])


def _keys(client: Any, api_id: str) -> Iterator[ApiKey]:
    """Every key of the API, ended ones included."""
    request = {"apiId": api_id}
    while True:
        answer = client.list_api_keys(**request)
        yield from map(ApiKey.of, answer["apiKeys"])
        if not answer.get("nextToken"):
            return
        request["nextToken"] = answer["nextToken"]
