"""A crowd is answered rightly: nobody gets a 503 because others ask at the same time."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.handlers import cached_getters
from tests.support.http.crowd import Crowd, customers
from tools.local.refusals.throttling import Quota

FIFTEEN_A_SECOND = {"DescribeExecution": Quota(bucket=15, refill_per_second=15)}


@pytest.fixture(autouse=True)
def fresh_container() -> Iterator[None]:
    """What this container keeps is not for other tests."""
    yield
    for getter in cached_getters():
        getter.cache_clear()


def test_200_checkouts_at_once_that_are_decided_in_3_seconds_are_all_created(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=3.0, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=200)

    answers = crowd.arrive(*customers(200))

    assert [answer.status for answer in answers] == [201] * 200
    assert crowd.calls_of("DescribeExecution") == []
    assert len(crowd.calls_of("StartExecution")) == 200
    assert 3.0 < max(crowd.seconds) < 4.0
    assert crowd.shop.level("P-1").available == 0
    crowd.shop.adds_up()


def test_200_checkouts_at_once_that_are_decided_late_are_all_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=7.0, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=200)

    answers = crowd.arrive(*customers(200))

    assert [answer.status for answer in answers] == [202] * 200
    assert crowd.refused["DescribeExecution"] > 100, "descriptions were throttled"
    described = Counter(request["executionArn"] for request in crowd.calls_of("DescribeExecution"))
    assert max(described.values()) == 1, "an attempt of the SDK is a call, too"
    assert max(crowd.seconds) < 6.0
    crowd.shop.adds_up()


def test_a_key_that_200_callers_send_at_once_is_one_reservation(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=3.0, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=10)
    [request] = customers(1, quantity=2)

    answers = crowd.arrive(*[request] * 200)
    repeated = crowd.arrive(request)

    assert {answer.status for answer in answers} == {201}
    assert [answer.status for answer in repeated] == [200]
    assert {answer.content["reservation_id"] for answer in answers} == {"order-0"}
    assert crowd.shop.level("P-1").available == 8
    crowd.shop.adds_up()


def test_a_key_that_is_repeated_200_times_while_it_is_pending_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=None, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=10)
    [request] = customers(1)

    answers = crowd.arrive(*[request] * 200, pause=0.02)

    assert [answer.status for answer in answers] == [202] * 200
    assert len(crowd.calls_of("DescribeExecution")) <= 200
    assert len(crowd.executions) == 1


def test_a_key_that_is_pending_with_other_content_is_a_conflict_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=None)
    crowd.shop.stocks("P-1", on_hand=10)
    key, content = customers(1)[0]
    other = {"lines": [{"product_id": "P-1", "quantity": 2}]}

    first, second = crowd.arrive((key, content), (key, other), pause=1.0)

    assert (first.status, second.status, second.code) == (202, 409, "IDEMPOTENCY_CONFLICT")
    assert min(crowd.seconds) < 1.0


def test_a_start_that_is_throttled_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    few_starts = {"StartExecution": Quota(bucket=20, refill_per_second=100)}
    crowd = Crowd(monkeypatch, decides_after=1.0, quotas=FIFTEEN_A_SECOND | few_starts)
    crowd.shop.stocks("P-1", on_hand=200)

    answers = crowd.arrive(*customers(100))

    assert crowd.refused["StartExecution"] > 50, "starts were throttled"
    assert {answer.status for answer in answers} == {201}
    assert len(crowd.executions) == 100
    crowd.shop.adds_up()


def test_a_start_that_is_throttled_for_long_says_when_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, quotas={"StartExecution": Quota(bucket=0, refill_per_second=0)})
    crowd.shop.stocks("P-1", on_hand=1)

    [answer] = crowd.arrive(*customers(1))

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "BUSY", "1")
    assert crowd.executions == {}
    assert max(crowd.seconds) < 6.0


def test_a_table_that_is_throttled_during_the_wait_leaves_the_checkout_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=3.0, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=200)
    crowd.scheduler.after(0.5, lambda: crowd.throttled.add("GetItem"))

    answers = crowd.arrive(*customers(50))

    assert {answer.status for answer in answers} == {202}
    crowd.shop.adds_up()


def test_a_table_that_is_throttled_for_a_moment_costs_nobody_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=3.0, quotas=FIFTEEN_A_SECOND)
    crowd.shop.stocks("P-1", on_hand=200)
    crowd.throttled |= {"GetItem", "BatchGetItem"}
    crowd.scheduler.after(0.3, crowd.throttled.clear)

    answers = crowd.arrive(*customers(50))

    assert {answer.status for answer in answers} == {201}
    crowd.shop.adds_up()


def test_an_unknown_product_is_answered_at_once_and_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch)
    crowd.shop.stocks("P-1", on_hand=1)
    cart = {"lines": [{"product_id": product_id, "quantity": 1} for product_id in ("P-1", "GONE", "ALSO-GONE")]}

    [answer] = crowd.arrive(("order-1", cart))

    assert answer.invalid_fields == ["lines[1].product_id", "lines[2].product_id"]
    assert [operation for operation, _ in crowd.calls] == ["GetItem", "BatchGetItem", "Query", "Query"]
    assert max(crowd.seconds) < 0.1


def test_a_key_that_is_mapped_to_a_name_is_described_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch, decides_after=None)
    crowd.shop.stocks("P-1", on_hand=1)
    _, content = customers(1)[0]

    first, second = crowd.arrive(("#1001", content), ("#1001", content), pause=1.0)

    assert (first.status, second.status) == (202, 202)
    [name] = crowd.executions
    assert name.startswith("k-")
    assert all(request["executionArn"].endswith(f":{name}") for request in crowd.calls_of("DescribeExecution"))


def test_a_key_whose_request_the_settings_refuse_since_is_followed_with_one_description(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd = Crowd(monkeypatch, decides_after=4.0)
    crowd.shop.stocks("P-1", on_hand=1)
    _, content = customers(1)[0]

    def lower_the_longest_hold() -> None:
        monkeypatch.setenv("LONGEST_HOLD_SECONDS", "100")
        for getter in cached_getters():
            getter.cache_clear()

    crowd.scheduler.after(0.5, lower_the_longest_hold)
    request = ("#1001", content | {"hold_seconds": 600})

    answers = crowd.arrive(request, request, pause=1.0)

    assert [answer.status for answer in answers] == [201, 200]
    assert len(crowd.calls_of("DescribeExecution")) == 1
