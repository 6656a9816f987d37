"""The settings of one event source mapping.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_BATCH_SIZE = 100
UNLIMITED = -1


@dataclass(frozen=True)
class StreamMapping:
    """How a stream is delivered to a function. Without a limit of retries or age, until the record leaves the stream."""

    id: str
    stream_arn: str
    function_arn: str
    batch_size: int = DEFAULT_BATCH_SIZE
    window_seconds: float = 0
    splits: bool = False
    takes_partial_answers: bool = False
    retries_max: int | None = None
    age_seconds_max: int | None = None
    failure_destination_arn: str | None = None
    is_enabled: bool = True

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "StreamMapping":
        """The settings in ministack's record of a mapping. A template's numbers may be texts."""
        destination = (record.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            id=record["UUID"],
            stream_arn=record["EventSourceArn"],
            function_arn=record["FunctionArn"],
            batch_size=int(record.get("BatchSize") or DEFAULT_BATCH_SIZE),
            window_seconds=float(record.get("MaximumBatchingWindowInSeconds") or 0),
            splits=_is_true(record.get("BisectBatchOnFunctionError")),
            takes_partial_answers="ReportBatchItemFailures" in (record.get("FunctionResponseTypes") or []),
            retries_max=_limit(record.get("MaximumRetryAttempts")),
            age_seconds_max=_limit(record.get("MaximumRecordAgeInSeconds")),
            failure_destination_arn=destination.get("Destination"),
            is_enabled=_is_true(record.get("Enabled", True)),
        )

    @property
    def table_name(self) -> str:
        """The table whose stream it is."""
        return self.stream_arn.split(":table/", 1)[1].split("/stream/", 1)[0]


def _limit(value: Any) -> int | None:
    return None if value is None or int(value) == UNLIMITED else int(value)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
