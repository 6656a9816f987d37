"""Writes a stream record for each row that DynamoDB deletes because its time to live has ended.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
ministack deletes such rows without a record. On AWS the record names DynamoDB as the one who deleted the row.
"""

import threading
from typing import Any

REAPER = "dynamodb-ttl-reaper"  # the name of ministack's thread
DELETED_BY_DYNAMODB = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def install() -> None:
    """Patch ministack's DynamoDB."""
    from ministack.services import dynamodb

    remove = dynamodb._remove_item

    def remove_and_record(table: Any, partition_key: Any, sort_key: Any) -> Any:
        item = remove(table, partition_key, sort_key)
        if item is not None and threading.current_thread().name == REAPER:
            record_expiry(table, item)
        return item

    dynamodb._remove_item = remove_and_record


def record_expiry(table: Any, item: Any) -> None:
    """Write the record of a row that has expired, if its table has a stream."""
    from ministack.services import dynamodb

    name = table["TableName"]
    before = dynamodb.stream_end_position(name)
    dynamodb._emit_stream_event(name, "REMOVE", item, None)
    for record in dynamodb.stream_records_since(name, before, 1):
        record["userIdentity"] = DELETED_BY_DYNAMODB
