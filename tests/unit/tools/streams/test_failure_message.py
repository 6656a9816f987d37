"""The on-failure message says where the records are, and contains none of them."""

import json
from datetime import UTC, datetime

from tests.unit.tools.streams.records import a_mapping, failures, some_records
from tools.local.streams.delivery import RETRIES_EXHAUSTED, Discarded, Invocation
from tools.local.streams.failure_message import failure_message

NOW = datetime(2027, 1, 15, 8, 0, 1, 250_000, UTC)


def test_the_message_is_that_of_lambda() -> None:
    discarded = Discarded(some_records("first", "last"), RETRIES_EXHAUSTED, 3, Invocation(is_error=True))

    message = json.loads(failure_message(a_mapping(), discarded, "7", NOW))

    assert message.pop("requestContext").keys() == {"requestId", "functionArn", "condition", "approximateInvokeCount"}
    assert message == {
        "responseContext": {"statusCode": 200, "executedVersion": "7", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2027-01-15T08:00:01.250Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000000000000000000-00000000",
            "startSequenceNumber": "first",
            "endSequenceNumber": "last",
            "approximateArrivalOfFirstRecord": "2027-01-15T08:00:00Z",
            "approximateArrivalOfLastRecord": "2027-01-15T08:00:00Z",
            "batchSize": 2,
            "streamArn": a_mapping().stream_arn,
        },
    }


def test_a_partial_answer_is_no_error_of_the_function() -> None:
    discarded = Discarded(some_records("a"), RETRIES_EXHAUSTED, 3, Invocation(failures("a")))

    message = json.loads(failure_message(a_mapping(), discarded, "7", NOW))

    assert "functionError" not in message["responseContext"]
