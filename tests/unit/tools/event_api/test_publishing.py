"""Who may publish, and what."""

import json

import pytest

from tests.unit.tools.event_api.event_api import IAM_MODE, KEY_MODE, EventApi


def test_a_signed_caller_with_the_permission_publishes() -> None:
    status, answer = EventApi().publishes("/shop/p-1", '{"available": 3}', "4")

    assert (status, answer["failed"]) == (200, [])
    assert [event["index"] for event in answer["successful"]] == [0, 1]


def test_a_signed_caller_without_the_permission_is_denied() -> None:
    api = EventApi()
    api.allowed.clear()

    status, answer = api.publishes("/shop/p-1", "1")

    assert (status, answer["errors"][0]["errorType"]) == (403, "AccessDeniedException")


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "da2-wrong"}])
def test_a_caller_without_a_signature_or_the_key_is_refused(headers: dict[str, str]) -> None:
    status, answer = EventApi(KEY_MODE).publishes("/shop/p-1", "1", headers=headers)

    assert (status, answer["errors"][0]["errorType"]) == (401, "UnauthorizedException")


def test_a_key_publishes_only_if_the_namespace_allows_keys() -> None:
    for_all, for_publishers = EventApi(KEY_MODE), EventApi(IAM_MODE)

    assert for_all.publishes("/shop/p-1", "1", headers={"x-api-key": for_all.key})[0] == 200
    assert for_publishers.publishes("/shop/p-1", "1", headers={"x-api-key": for_publishers.key})[0] == 401
    assert for_all.publishes("/shop/p-1", "1")[0] == 401  # signed, which this namespace does not allow


def test_a_channel_of_an_unknown_namespace_is_refused() -> None:
    assert EventApi().publishes("/other/p-1", "1")[0] == 401


@pytest.mark.parametrize(
    ("channel", "events", "message"),
    [
        ("/shop/a_b", ["1"], "Invalid Channel Format"),
        (None, ["1"], "Invalid Channel Format"),
        ("/shop/*", ["1"], "Invalid Channel Format"),
        ("/shop/a", [], "Missing events"),
        ("/shop/a", ["1"] * 6, "Input exceeded 5 event limit"),
        ("/shop/a", ["{"], "Each event must be a string that is valid JSON"),
        ("/shop/a", [{"available": 1}], "Each event must be a string that is valid JSON"),
        ("/shop/a", [json.dumps("x" * 250_000)], "An event exceeds 245760 bytes"),
    ],
)
def test_bad_input_is_refused(channel: object, events: list[object], message: str) -> None:
    status, answer = EventApi().publishes(channel, *events)

    assert (status, answer["errors"]) == (400, [{"errorType": "BadRequestException", "message": message}])


def test_what_is_not_json_is_refused() -> None:
    status, _, answer = EventApi().publishing.publish("live", {}, b"{")

    assert (status, json.loads(answer)["errors"][0]["errorType"]) == (400, "SerializationException")


def test_an_unknown_api_is_not_found() -> None:
    assert EventApi().publishing.publish("other", {}, b"{}")[0] == 404
