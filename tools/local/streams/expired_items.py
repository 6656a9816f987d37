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

    remove, build = dynamodb._remove_item, dynamodb._build_change_record

    def remove_and_record(table: Any, partition_key: Any, sort_key: Any) -> Any:
        item = remove(table, partition_key, sort_key)
        if item is not None and _is_reaper():
            dynamodb._emit_stream_event(table["TableName"], "REMOVE", item, None)
        return item

    def build_with_author(*change: Any) -> Any:
        record = build(*change)
        return {**record, "userIdentity": DELETED_BY_DYNAMODB} if _is_reaper() else record

    dynamodb._remove_item = remove_and_record
    dynamodb._build_change_record = build_with_author


def _is_reaper() -> bool:
    return threading.current_thread().name == REAPER
