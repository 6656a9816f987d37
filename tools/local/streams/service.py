"""Installs the consumers of DynamoDB streams in ministack."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tools.local.root_user import root_session
from tools.local.settings import LocalSettings
from tools.local.streams import expired_items, queues
from tools.local.streams.consumer import Consumer
from tools.local.streams.delivery import Batch, Delivery, Discarded, Invocation
from tools.local.streams.failure_message import failure_message
from tools.local.streams.mapping import StreamMapping

Scope = tuple[str, str]  # account and region


class Consumers:
    """The consumers of all mappings whose source is a DynamoDB stream."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._consumers: dict[str, Consumer] = {}
        self._lock = threading.Lock()

    def start_missing(self) -> bool:
        """Start the consumers of new mappings. The result is for ministack's loop: nothing was consumed here."""
        from ministack.services import lambda_svc

        for account, region, record in lambda_svc._iter_all_esms():
            if ":dynamodb:" in record["EventSourceArn"]:
                with self._lock:
                    if record["UUID"] not in self._consumers:
                        self._start((account, region), record["UUID"])
        return False

    def wake(self) -> None:
        """Let all consumers read: a record was written."""
        for consumer in list(self._consumers.values()):
            consumer.wake()

    def _start(self, scope: Scope, mapping_id: str) -> None:
        delivery = Delivery(
            lambda records: _invoke(mapping_id, records),
            lambda discarded: self._discard(mapping_id, discarded),
            lambda seconds: _waited(mapping_id, seconds),
        )
        consumer = Consumer(MinistackStream(), delivery, lambda: _settings(mapping_id))

        def run() -> None:
            _enter(scope)
            consumer.start_at(_first_position(mapping_id))
            consumer.run()
            with self._lock:
                del self._consumers[mapping_id]

        self._consumers[mapping_id] = consumer
        threading.Thread(target=run, daemon=True, name=f"stream-{mapping_id}").start()

    def _discard(self, mapping_id: str, discarded: Discarded) -> None:
        """Send what will not be tried again to the on-failure queue of the mapping."""
        mapping = _settings(mapping_id)
        if mapping is None or mapping.failure_destination_arn is None:
            return
        queue = mapping.failure_destination_arn.rpartition(":")[2]
        sqs = root_session().client("sqs", endpoint_url=self._endpoint_url)
        message = failure_message(mapping, discarded, _version(mapping_id), datetime.now(UTC))
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=message)


class MinistackStream:
    """The records that ministack keeps, with its filters."""

    def read(self, mapping: StreamMapping, position: int, limit: int) -> tuple[int, Batch]:
        """Records from a position on, if the stream is still the table's."""
        from ministack.services import dynamodb

        table = dynamodb._tables.get(mapping.table_name) or {}
        if table.get("LatestStreamArn") != mapping.stream_arn:
            return position, []
        start = max(position, dynamodb.stream_start_position(mapping.table_name))
        return start, dynamodb.stream_records_since(mapping.table_name, start, limit)

    def matching(self, mapping: StreamMapping, records: Batch) -> Batch:
        """The records that the filters let through."""
        from ministack.services import lambda_svc

        matching: Batch = lambda_svc._apply_filter_criteria(list(records), _record(mapping.id) or {})
        return matching


def install(settings: LocalSettings) -> None:
    """Patch ministack: its own poller no longer reads DynamoDB streams, and takes the answers for queues as Lambda does."""
    from ministack.core.concurrency import esm_wake
    from ministack.services import dynamodb, lambda_svc

    consumers = Consumers(settings.endpoint_url)
    emit, init = dynamodb._emit_stream_event, lambda_svc._init_stream_position

    def emit_and_wake(*change: Any, **options: Any) -> None:
        emit(*change, **options)
        consumers.wake()

    def init_and_start(*mapping: Any) -> None:
        init(*mapping)
        esm_wake.set()  # ministack's loop then starts the consumer

    dynamodb._emit_stream_event = emit_and_wake
    lambda_svc._init_stream_position = init_and_start
    lambda_svc._poll_dynamodb_streams = consumers.start_missing
    queues.install()
    expired_items.install()


def _enter(scope: Scope) -> None:
    """Let this thread read the stores of an account and a region."""
    from ministack.core import responses

    account, region = scope
    responses._request_account_id.set(account)
    responses._request_region.set(region)


def _first_position(mapping_id: str) -> int:
    """Where the mapping starts to read, which ministack noted when it was created."""
    from ministack.services import lambda_svc

    return int(lambda_svc._dynamodb_stream_positions.get(mapping_id, 0))


def _record(mapping_id: str) -> Mapping[str, Any] | None:
    from ministack.services import lambda_svc

    record: Mapping[str, Any] | None = lambda_svc._esms.get(mapping_id)
    return record


def _settings(mapping_id: str) -> StreamMapping | None:
    record = _record(mapping_id)
    return StreamMapping.of(record) if record else None


def _waited(mapping_id: str, seconds: float) -> bool:
    """Wait before a retry. The result is False if the mapping was deleted."""
    time.sleep(seconds)
    return _record(mapping_id) is not None


def _function(mapping_id: str) -> tuple[Any, Any]:
    """The function, version or alias of a mapping, with its configuration."""
    from ministack.services import lambda_svc

    record = _record(mapping_id) or {}
    function: tuple[Any, Any] = lambda_svc._get_func_record_for_qualifier(
        record.get("FunctionName", ""), record.get("Qualifier")
    )
    return function


def _version(mapping_id: str) -> str:
    _, config = _function(mapping_id)
    return str((config or {}).get("Version", "$LATEST"))


def _invoke(mapping_id: str, records: Batch) -> Invocation:
    """Call the function with records. A function that does not exist yet is treated as a throttled one."""
    from ministack.services import lambda_svc

    function, _ = _function(mapping_id)
    if function is None:
        return Invocation(is_throttled=True)
    result = lambda_svc._execute_function(function, {"Records": list(records)})
    return Invocation(_parsed(result.get("body")), bool(result.get("error")), bool(result.get("throttle")))


def _parsed(answer: Any) -> Any:
    """A function's answer, which ministack may keep as a text."""
    try:
        return json.loads(answer) if isinstance(answer, str) else answer
    except ValueError:
        return answer
