"""The indexes of reservations and refunds, as figures are counted from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import Tables, batch_get, items_of, pages
from inventory.aws.retries import with_retries
from inventory.index_partitions import ACTIVE, index_partitions
from inventory.items import parse_or_none, to_reservation
from inventory.model import RefundStatus, Status, iso
from inventory.read_model.entries import ReservationEntry
from inventory.read_model.figures.outcomes import OUTCOMES, bounds_of
from inventory.read_model.figures.times import beginning_of, cell_of, first_cell_kept, moment_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READERS = 8
# So many times are read and sorted into cells; if there are more, each cell is counted, without what is in it.
TIMES_MAX = 2_000
ROWS_A_READ = 1_000
MILLISECOND = timedelta(milliseconds=1)


class DecisionIndex:
    """Reads the index by_phase. Eventually consistent, as every index."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def count(self, cells: Mapping[Status, Sequence[int]], now: datetime) -> dict[Status, dict[int, int]]:
        """How many reservations were decided in each of these cells, in the order of time; each cell has a number."""
        partitions = [
            (status, partition) for status, wanted in cells.items() if wanted for partition in index_partitions(status)
        ]
        counts = {status: dict.fromkeys(wanted, 0) for status, wanted in cells.items()}
        with ThreadPoolExecutor(READERS) as pool:
            found = pool.map(lambda one: self._count_in(one[1], cells[one[0]], now), partitions)
            for (status, _), numbers in zip(partitions, found, strict=True):
                for cell, number in numbers.items():
                    if cell in counts[status]:
                        counts[status][cell] += number
        return counts

    def active(self) -> Iterator[ReservationEntry]:
        """Every active reservation."""
        return self._entries(index_partitions(ACTIVE))

    def decided_since(self, since: datetime) -> Iterator[ReservationEntry]:
        """Every reservation that was decided from a moment on."""
        return self._entries([part for status in OUTCOMES for part in index_partitions(status)], since)

    def rejected(self, now: datetime) -> Iterator[ReservationEntry]:
        """Every reservation that was rejected within a day."""
        return self._entries(index_partitions(Status.REJECTED), beginning_of(first_cell_kept(now)))

    def open_refunds(self) -> Iterator[tuple[str, str]]:
        """The key of every open refund."""
        request = {
            "TableName": self._tables.refunds,
            "IndexName": "by_status",
            "KeyConditionExpression": "#status = :open",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_attributes({":open": RefundStatus.OPEN.value}),
        }
        for item in items_of(self._client.query, request):
            yield item["reservation_id"], item["payment_reference"]

    def _count_in(self, partition: str, cells: Sequence[int], now: datetime) -> Mapping[int, int]:
        request = self._between(partition, bounds_of(cells[0], now)[0], bounds_of(cells[-1], now)[1])
        page = with_retries(lambda: self._client.query(**request, ProjectionExpression="phase_at", Limit=TIMES_MAX))
        if "LastEvaluatedKey" not in page:
            return Counter(cell for item in page["Items"] if (cell := _cell_or_none(item["phase_at"]["S"])) is not None)
        return {cell: self._count_between(partition, *bounds_of(cell, now)) for cell in cells}

    def _count_between(self, partition: str, since: datetime, until: datetime) -> int:
        request = self._between(partition, since, until) | {"Select": "COUNT"}
        return sum(page["Count"] for page in pages(self._client.query, request))

    def _between(self, partition: str, since: datetime, until: datetime) -> dict[str, Any]:
        return self._phase(partition) | {
            "KeyConditionExpression": "phase = :phase AND phase_at BETWEEN :since AND :last",
            "ExpressionAttributeValues": to_attributes(
                {":phase": partition, ":since": iso(since), ":last": iso(max(since, until - MILLISECOND))}
            ),
        }

    def _phase(self, partition: str) -> dict[str, Any]:
        return {
            "TableName": self._tables.reservations,
            "IndexName": "by_phase",
            "KeyConditionExpression": "phase = :phase",
            "ExpressionAttributeValues": to_attributes({":phase": partition}),
        }

    def _names(self, partitions: Iterable[str], since: datetime | None) -> Iterator[str]:
        for partition in partitions:
            request = self._phase(partition)
            if since:
                request["KeyConditionExpression"] += " AND phase_at >= :since"
                request["ExpressionAttributeValues"] |= to_attributes({":since": iso(since)})
            for item in items_of(self._client.query, request | {"ProjectionExpression": "reservation_id"}):
                yield item["reservation_id"]

    def _entries(self, partitions: Iterable[str], since: datetime | None = None) -> Iterator[ReservationEntry]:
        """The reservations in these partitions, as their rows are now."""
        names = iter(dict.fromkeys(self._names(partitions, since)))
        while batch := list(islice(names, ROWS_A_READ)):
            rows = batch_get(self._client, self._tables.reservations, [{"reservation_id": name} for name in batch])
            for row in rows:
                if reservation := parse_or_none(to_reservation, row):
                    yield ReservationEntry.of(reservation)


def _cell_or_none(time: str) -> int | None:
    """The cell of a time; None if another tool wrote it in another form."""
    try:
        return cell_of(moment_of(time))
    except ValueError:
        return None
