"""The message that Lambda sends to the on-failure destination of a stream: where the records are, not the records.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tools.local.streams.delivery import Discarded
from tools.local.streams.mapping import StreamMapping

SHARD_ID = "shardId-00000000000000000000-00000000"  # ministack has one shard in each stream


def failure_message(mapping: StreamMapping, discarded: Discarded, version: str, now: datetime) -> str:
    """The body of the message."""
    first, last = discarded.records[0]["dynamodb"], discarded.records[-1]["dynamodb"]
    response: dict[str, Any] = {"statusCode": 200, "executedVersion": version}
    if discarded.last.is_error:  # a partial answer is no error of the function
        response["functionError"] = "Unhandled"
    content = {
        "requestContext": {
            "requestId": str(uuid4()),
            "functionArn": mapping.function_arn,
            "condition": discarded.condition,
            "approximateInvokeCount": discarded.invocations,
        },
        "responseContext": response,
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "DDBStreamBatchInfo": {
            "shardId": SHARD_ID,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _time(first),
            "approximateArrivalOfLastRecord": _time(last),
            "batchSize": len(discarded.records),
            "streamArn": mapping.stream_arn,
        },
    }
    return json.dumps(content)


def _time(change: Any) -> str:
    return datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
