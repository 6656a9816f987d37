"""A consumer reads a stream in its order, and gathers records as long as its window says."""

import threading
from collections.abc import Mapping
from typing import Any

from tests.support.waiting import until
from tests.unit.tools.streams.records import Function, a_mapping, names_of, some_records
from tools.local.streams.consumer import Consumer
from tools.local.streams.delivery import Batch
from tools.local.streams.mapping import StreamMapping


class MemoryStream:
    """A stream in memory; records in capital letters do not pass the filter."""

    def __init__(self, *names: str, trimmed: int = 0) -> None:
        self.records = some_records(*names)
        self._trimmed = trimmed

    def read(self, _: StreamMapping, position: int, limit: int) -> tuple[int, Batch]:
        """Records from a position on."""
        start = max(position, self._trimmed)
        return start, self.records[start : start + limit]

    def matching(self, _: StreamMapping, records: Batch) -> Batch:
        """The records in small letters."""
        return [record for record in records if names_of([record]).islower()]


def consumer_of(stream: MemoryStream, function: Function, mapping: StreamMapping | None = None) -> Consumer:
    """A consumer that delivers to a function."""
    return Consumer(stream, function.delivery(), lambda: mapping or a_mapping())


def test_batches_follow_each_other_in_the_order_of_the_stream() -> None:
    function = Function()
    consumer = consumer_of(MemoryStream("a", "b", "c", "d", "e"), function)

    while consumer.consume(a_mapping(batch_size=2)):
        pass

    assert function.calls == ["ab", "cd", "e"]


def test_records_that_do_not_match_never_reach_the_function() -> None:
    function = Function()
    consumer = consumer_of(MemoryStream("A", "B", "c", "D"), function)

    while consumer.consume(a_mapping(batch_size=2)):
        pass

    assert function.calls == ["c"]


def test_what_has_left_the_stream_is_skipped() -> None:
    function = Function()
    consumer = consumer_of(MemoryStream("a", "b", "c", trimmed=2), function)

    consumer.consume(a_mapping())
    consumer.consume(a_mapping())

    assert function.calls == ["c"]


def test_a_consumer_starts_where_it_is_told_to() -> None:
    function = Function()
    consumer = consumer_of(MemoryStream("a", "b", "c"), function)

    consumer.start_at(1)
    consumer.consume(a_mapping())

    assert function.calls == ["bc"]


def test_a_full_batch_does_not_wait_for_the_window() -> None:
    function = Function()
    consumer = consumer_of(MemoryStream("a", "b"), function)

    assert consumer.consume(a_mapping(batch_size=2, window_seconds=600))

    assert function.calls == ["ab"]


def test_a_window_gathers_what_is_written_meanwhile() -> None:
    function, stream = Function(), MemoryStream("a")
    consumer = consumer_of(stream, function)
    gathering = threading.Thread(target=consumer.consume, args=(a_mapping(batch_size=2, window_seconds=600),))
    gathering.start()

    stream.records += some_records("b")
    consumer.wake()

    gathering.join(10)
    assert function.calls == ["ab"]


def test_a_consumer_runs_until_its_mapping_is_deleted() -> None:
    function, stream = Function(), MemoryStream("a")
    mappings: dict[str, StreamMapping] = {"mapping": a_mapping()}
    consumer = Consumer(stream, function.delivery(), lambda: mappings.get("mapping"))
    running = threading.Thread(target=consumer.run)
    running.start()
    until(lambda: function.calls == ["a"], "the first record", within_seconds=10)

    mappings["mapping"] = a_mapping(is_enabled=False)
    stream.records += some_records("b")
    mappings["mapping"] = a_mapping()
    consumer.wake()

    until(lambda: function.calls == ["a", "b"], "the second record", within_seconds=10)
    del mappings["mapping"]
    consumer.wake()
    running.join(10)
    assert not running.is_alive()


def test_the_settings_are_those_of_the_event_source_mapping() -> None:
    record: Mapping[str, Any] = {
        "UUID": "mapping",
        "EventSourceArn": a_mapping().stream_arn,
        "FunctionArn": a_mapping().function_arn,
        "BatchSize": "10",
        "MaximumBatchingWindowInSeconds": 1,
        "BisectBatchOnFunctionError": "true",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRetryAttempts": "5",
        "MaximumRecordAgeInSeconds": -1,
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:failed"}},
        "Enabled": False,
    }

    assert StreamMapping.of(record) == a_mapping(
        batch_size=10,
        window_seconds=1.0,
        splits=True,
        takes_partial_answers=True,
        retries_max=5,
        failure_destination_arn="arn:aws:sqs:us-east-1:000000000000:failed",
        is_enabled=False,
    )
    assert StreamMapping.of(record).table_name == "stock"
