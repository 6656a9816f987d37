"""Which messages stay in a queue after a partial answer."""

import pytest

from tests.unit.tools.streams.records import failures
from tools.local.streams.queues import failed_messages

BATCH = [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": None}, set()),
        (failures(), set()),
        (failures("b"), {"b"}),
        (failures("a", "b"), {"a", "b"}),
        (failures("unknown"), {"a", "b"}),
        (failures("b", ""), {"a", "b"}),
        ({"batchItemFailures": [{"id": "b"}]}, {"a", "b"}),
    ],
)
def test_the_named_messages_stay_or_all_if_one_is_unknown(answer: object, failed: set[str]) -> None:
    assert failed_messages(BATCH, answer) == failed
