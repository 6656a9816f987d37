"""A batch is retried, split and given up as Lambda does it."""

from typing import Any

import pytest

from tests.unit.tools.streams.records import WRITTEN_AT, Function, a_mapping, failures, some_records
from tools.local.streams.delivery import Delivery, Invocation, first_failed

PARTIAL = a_mapping(takes_partial_answers=True)
SPLITTING = a_mapping(takes_partial_answers=True, splits=True)
EXHAUSTED = "RetryAttemptsExhausted"


def test_a_batch_that_is_processed_is_delivered_once() -> None:
    function = Function()

    assert function.delivery().deliver(PARTIAL, some_records("a", "b"))

    assert (function.calls, function.lost) == (["ab"], [])


def test_a_failed_batch_is_retried_as_a_whole_and_then_given_up() -> None:
    function = Function(raises_for="b")

    assert function.delivery().deliver(a_mapping(), some_records("a", "b", "c"))

    assert function.calls == ["abc"] * 3
    assert function.lost == [("abc", 3, EXHAUSTED)]
    assert function.waited == sorted(function.waited)  # longer each time


def test_a_batch_is_retried_from_the_record_that_failed() -> None:
    function = Function(fails="b", times=1)

    function.delivery().deliver(PARTIAL, some_records("a", "b", "c"))

    assert (function.calls, function.lost) == (["abc", "bc"], [])


def test_without_splitting_what_is_behind_a_poisonous_record_is_given_up_with_it() -> None:
    function = Function(fails="b")

    function.delivery().deliver(PARTIAL, some_records("a", "b", "c"))

    assert function.calls == ["abc", "bc", "bc"]
    assert function.lost == [("bc", 3, EXHAUSTED)]


@pytest.mark.parametrize("poison", [{"fails": "c"}, {"raises_for": "c"}])
def test_with_splitting_only_the_poisonous_record_is_given_up(poison: Any) -> None:
    function = Function(**poison)

    function.delivery().deliver(SPLITTING, some_records("a", "b", "c", "d", "e"))

    assert function.lost == [("c", 3, EXHAUSTED)]
    assert function.calls.count("c") == 3  # a split is no retry
    assert "".join(function.calls).endswith("cde")  # what comes later is processed
    assert all(list(call) == sorted(call) for call in function.calls)  # the order of the stream


def test_what_comes_later_waits_for_the_record_that_is_retried() -> None:
    function = Function(raises_for="a", times=2)

    function.delivery().deliver(SPLITTING, some_records("a", "b"))

    assert function.calls == ["ab", "a", "a", "b"]


def test_without_a_limit_a_batch_is_retried_until_it_is_processed() -> None:
    function = Function(raises_for="a", times=20)

    function.delivery().deliver(a_mapping(retries_max=None), some_records("a"))

    assert (len(function.calls), function.lost) == (21, [])
    assert max(function.waited) == 5.0


def test_records_that_are_too_old_are_not_retried() -> None:
    function = Function(raises_for="a")

    function.delivery(now=WRITTEN_AT + 61).deliver(a_mapping(age_seconds_max=60), some_records("a"))

    assert function.lost == [("a", 1, "RecordAgeExceeded")]


def test_a_throttled_call_is_no_retry() -> None:
    answers = [Invocation(is_throttled=True)] * 9 + [Invocation()]
    lost: list[Any] = []
    delivery = Delivery(lambda _: answers.pop(0), lost.append, lambda _: True)

    assert delivery.deliver(a_mapping(retries_max=0), some_records("a"))

    assert (answers, lost) == ([], [])


def test_a_mapping_that_is_deleted_stops_to_retry() -> None:
    delivery = Delivery(Function(raises_for="a").invoke, lambda _: None, lambda _: False)

    assert not delivery.deliver(a_mapping(retries_max=None), some_records("a"))


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}, failures(), "done"])
def test_an_answer_without_failures_is_a_success(answer: object) -> None:
    assert first_failed(PARTIAL, some_records("a", "b"), Invocation(answer)) is None


@pytest.mark.parametrize(
    "answer",
    [
        failures(""),
        failures(None),
        failures("unknown"),
        failures("b", "unknown"),
        {"batchItemFailures": [{"name": "b"}]},
    ],
)
def test_an_answer_with_an_unknown_name_is_a_failure_of_the_whole_batch(answer: object) -> None:
    assert first_failed(PARTIAL, some_records("a", "b"), Invocation(answer)) == 0


def test_the_first_of_the_failed_records_counts() -> None:
    assert first_failed(PARTIAL, some_records("a", "b", "c"), Invocation(failures("c", "b"))) == 1


def test_a_mapping_without_partial_answers_ignores_them() -> None:
    assert first_failed(a_mapping(), some_records("a"), Invocation(failures("a"))) is None
