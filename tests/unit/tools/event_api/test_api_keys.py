"""The keys of an Event API have AWS's limits, and end."""

from typing import Any

import pytest
from ministack.services import appsync, appsync_events

from tests.unit.tools.refusals.fake_clock import FakeClock
from tests.unit.tools.refusals.in_process import client_of, error_of
from tools.local.event_api.api_keys import DAY_SECONDS, HOUR_SECONDS, KEYS_MAX, ApiKeys, KeyRefused, end_of, serve_keys

NOW = 1_800_000_000
OUT_OF_BOUNDS = "ApiKeyValidityOutOfBoundsException"


@pytest.fixture
def clock() -> FakeClock:
    """A clock of 2027."""
    clock = FakeClock()
    clock.seconds = NOW
    return clock


@pytest.fixture
def keys(clock: FakeClock) -> ApiKeys:
    """No keys yet."""
    return ApiKeys({}, clock)


def in_days(days: float) -> int:
    """A time from now on, in seconds."""
    return NOW + round(days * DAY_SECONDS)


@pytest.mark.parametrize("days", [1, 90, 365])
def test_a_key_ends_1_to_365_days_from_now_rounded_down_to_the_hour(days: int) -> None:
    end = end_of(in_days(days), NOW)

    assert end % HOUR_SECONDS == 0
    assert 0 <= in_days(days) - end < HOUR_SECONDS


@pytest.mark.parametrize("days", [-1, 0, 0.99, 365.01])
def test_any_other_end_is_refused(days: float) -> None:
    with pytest.raises(KeyRefused) as refused:
        end_of(in_days(days), NOW)

    assert (refused.value.code, refused.value.status) == (OUT_OF_BOUNDS, 400)


def test_a_key_ends_after_7_days_by_default_and_is_listed_for_60_more(keys: ApiKeys, clock: FakeClock) -> None:
    key = keys.create("api", {})

    assert keys.accepts("api", key["id"])
    clock.seconds = key["expires"]
    assert not keys.accepts("api", key["id"])
    assert keys.all_of("api") == [key]
    clock.seconds = key["deletes"]
    assert keys.all_of("api") == []
    assert key["deletes"] - key["expires"] == 60 * DAY_SECONDS
    assert 6.9 < (key["expires"] - NOW) / DAY_SECONDS <= 7


def test_a_key_whose_end_has_passed_is_accepted_again_with_a_new_end(keys: ApiKeys, clock: FakeClock) -> None:
    key = keys.create("api", {"description": "pages"})
    keys.expire("api", key["id"])
    assert not keys.accepts("api", key["id"])

    updated = keys.update("api", key["id"], {"expires": in_days(90)})

    assert keys.accepts("api", key["id"])
    assert updated["description"] == "pages"


def test_a_key_belongs_to_its_api(keys: ApiKeys) -> None:
    key = keys.create("api", {})

    assert not keys.accepts("other", key["id"])
    assert not keys.accepts("api", "da2-unknown")
    assert not keys.accepts("api", None)


def test_an_api_has_at_most_50_keys(keys: ApiKeys) -> None:
    for _ in range(KEYS_MAX):
        keys.create("api", {})

    with pytest.raises(KeyRefused) as refused:
        keys.create("api", {})

    assert refused.value.code == "ApiKeyLimitExceededException"


def test_the_calls_for_keys_of_an_event_api_are_those_of_aws(keys: ApiKeys) -> None:
    client: Any = client_of("appsync", serve_keys(appsync.handle_request, keys, lambda api_id: api_id == "api"))
    created = client.create_api_key(apiId="api", description="pages", expires=in_days(90))["apiKey"]
    others = [client.create_api_key(apiId="api")["apiKey"]["id"] for _ in range(2)]

    first = client.list_api_keys(apiId="api", maxResults=2)
    second = client.list_api_keys(apiId="api", maxResults=2, nextToken=first["nextToken"])
    updated = client.update_api_key(apiId="api", id=created["id"], expires=in_days(30))["apiKey"]
    client.delete_api_key(apiId="api", id=others[0])

    assert "nextToken" not in second
    assert {key["id"] for key in first["apiKeys"] + second["apiKeys"]} == {created["id"], *others}
    assert (updated["id"], updated["description"]) == (created["id"], "pages")
    assert updated["expires"] < created["expires"]
    assert error_of(client.update_api_key, apiId="api", id=created["id"], expires=NOW)[::2] == (OUT_OF_BOUNDS, 400)
    assert error_of(client.delete_api_key, apiId="api", id=others[0])[::2] == ("NotFoundException", 404)


def test_keys_of_graphql_apis_stay_as_they_are(keys: ApiKeys) -> None:
    client: Any = client_of("appsync", serve_keys(appsync.handle_request, keys, lambda _: False))
    api = client.create_graphql_api(name="graphql", authenticationType="API_KEY")["graphqlApi"]["apiId"]

    client.create_api_key(apiId=api)

    assert keys.all_of(api) == []
    assert appsync_events._apis.get(api) is None
