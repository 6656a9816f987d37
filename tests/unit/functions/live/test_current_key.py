"""A container remembers the key of live stock for a minute, and never gives one that has ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from inventory.errors import LiveStockUnavailable
from inventory.live.current_key import READ_AGAIN_AFTER, CurrentKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


class FakeAppSync:
    """AppSync with keys, by the time until their end; or one that fails."""

    def __init__(self, **keys: timedelta) -> None:
        self.keys = keys
        self.error: Exception | None = None
        self.calls = 0

    def list_api_keys(self, **request: Any) -> dict[str, Any]:
        assert request == {"apiId": "api-1"}
        self.calls += 1
        if self.error:
            raise self.error
        return {"apiKeys": [{"id": name, "expires": int((NOW + left).timestamp())} for name, left in self.keys.items()]}


def current(appsync: FakeAppSync) -> CurrentKey:
    return CurrentKey(lambda: appsync, "api-1")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "ListApiKeys")


NOT_NOW: list[Callable[[], Exception]] = [
    lambda: refused("TooManyRequestsException"),
    lambda: refused("InternalFailureException"),
    lambda: ConnectTimeoutError(endpoint_url="https://appsync.example"),
]


def test_the_key_with_the_latest_end_is_given() -> None:
    appsync = FakeAppSync(soon=timedelta(days=3), late=timedelta(days=80), ended=-MOMENT)

    assert current(appsync).at(NOW).value == "late"


def test_appsync_is_asked_once_a_minute() -> None:
    appsync = FakeAppSync(key=timedelta(days=80))
    key = current(appsync)

    for moment in (timedelta(), READ_AGAIN_AFTER - MOMENT):
        key.at(NOW + moment)
    appsync.keys = {"renewed": timedelta(days=90)}

    assert appsync.calls == 1
    assert key.at(NOW + READ_AGAIN_AFTER).value == "renewed"


@pytest.mark.parametrize("keys", [{}, {"ended": -MOMENT}, {"ends-now": timedelta()}])
def test_without_a_key_that_works_pages_are_answered_and_appsync_is_asked_once_a_minute(
    keys: dict[str, timedelta],
) -> None:
    appsync = FakeAppSync(**keys)
    key = current(appsync)

    for _ in range(3):
        with pytest.raises(LiveStockUnavailable):
            key.at(NOW)
    appsync.keys = {"new": timedelta(days=90)}

    assert appsync.calls == 1
    assert key.at(NOW + READ_AGAIN_AFTER).value == "new"


def test_a_key_that_ends_while_it_is_remembered_is_not_given() -> None:
    key = current(FakeAppSync(key=MOMENT))
    key.at(NOW)

    with pytest.raises(LiveStockUnavailable):
        key.at(NOW + MOMENT)


@pytest.mark.parametrize("not_now", NOT_NOW)
def test_while_appsync_does_not_answer_the_last_key_is_given_until_its_end(not_now: Callable[[], Exception]) -> None:
    appsync = FakeAppSync(key=timedelta(days=1))
    key = current(appsync)
    key.at(NOW)
    appsync.error = not_now()

    assert key.at(NOW + timedelta(hours=23)).value == "key"
    with pytest.raises(LiveStockUnavailable):
        key.at(NOW + timedelta(days=1))


@pytest.mark.parametrize("not_now", NOT_NOW)
def test_a_container_that_never_reached_appsync_has_no_key_and_tries_again_after_a_minute(
    not_now: Callable[[], Exception],
) -> None:
    appsync = FakeAppSync(key=timedelta(days=80))
    appsync.error = not_now()
    key = current(appsync)

    with pytest.raises(LiveStockUnavailable):
        key.at(NOW)
    appsync.error = None

    assert key.at(NOW + READ_AGAIN_AFTER).value == "key"


def test_a_right_that_is_missing_is_a_defect() -> None:
    appsync = FakeAppSync()
    appsync.error = refused("AccessDeniedException")

    with pytest.raises(ClientError):
        current(appsync).at(NOW)
