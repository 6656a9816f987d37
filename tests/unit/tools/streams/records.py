"""Records of a stream, and functions that process them."""

from collections.abc import Sequence
from typing import Any

from tools.local.streams.delivery import Batch, Delivery, Discarded, Invocation
from tools.local.streams.mapping import StreamMapping

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/stock"
WRITTEN_AT = 1_800_000_000


def a_mapping(**settings: Any) -> StreamMapping:
    """A mapping that retries twice."""
    return StreamMapping(
        **{
            "id": "mapping",
            "stream_arn": f"{TABLE}/stream/2026-11-26T00:00:00.000",
            "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:publish:live",
            "retries_max": 2,
            **settings,
        }
    )


def some_records(*names: str) -> list[dict[str, Any]]:
    """Records of a KEYS_ONLY stream; the name of a row is also the record's sequence number."""
    return [
        {
            "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"id": {"S": name}},
                "SequenceNumber": name,
                "ApproximateCreationDateTime": WRITTEN_AT,
            },
        }
        for name in names
    ]


def names_of(records: Batch) -> str:
    """The names of records, in one text."""
    return "".join(record["dynamodb"]["SequenceNumber"] for record in records)


class Function:
    """A function that raises for some records, and answers that others failed; the calls it got."""

    def __init__(self, *, raises_for: str = "", fails: str = "", times: int | None = None) -> None:
        self.calls: list[str] = []
        self.discarded: list[Discarded] = []
        self.waited: list[float] = []
        self._raises_for = raises_for
        self._fails = fails
        self._times_left = times

    def delivery(self, now: float = WRITTEN_AT) -> Delivery:
        """Deliveries to this function."""
        return Delivery(self.invoke, self.discarded.append, self._wait, lambda: now)

    def invoke(self, records: Batch) -> Invocation:
        """Process records."""
        self.calls.append(names_of(records))
        found = [name for name in self.calls[-1] if name in self._raises_for + self._fails]
        if not found or self._times_left == 0:
            return Invocation({"batchItemFailures": []})
        if self._times_left is not None:
            self._times_left -= 1
        if found[0] in self._raises_for:
            return Invocation({"errorMessage": "defect"}, is_error=True)
        return Invocation(failures(*found))

    @property
    def lost(self) -> Sequence[tuple[str, int, str]]:
        """The records that were given up, with the number of invocations and the reason."""
        return [(names_of(lost.records), lost.invocations, lost.condition) for lost in self.discarded]

    def _wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return True


def failures(*names: object) -> dict[str, Any]:
    """A partial answer."""
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}
