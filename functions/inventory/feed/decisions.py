"""What was decided of the changes of a list, in the Idempotency table: one row a change, under the key of the list.

They are not beside the movements, as those of a file are: machines send so many that a scan of the ledger would take
several times as long. No two rows are in one partition, so a list has no partition that is hot.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables, Write, batch_get, conditional_put, put
from inventory.identifiers import of_our_own
from inventory.items import parse_or_none
from inventory.stock.batch import Batch, BatchRow, Decision, decision_item, to_decision
from inventory.stock.repeated_calls import NOT_DECIDED_BEFORE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OPERATION = "changeStock"


class FeedDecisions:
    """The decisions of lists, by their keys and the places of the changes."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.idempotency

    def decisions(self, batch: Batch, numbers: Iterable[int]) -> dict[int, Decision]:
        """The decisions of a list so far, by the numbers of its changes."""
        keys = {_request_key(BatchRow(batch, number)): number for number in numbers}
        items = batch_get(self._client, self._table, [{"request_key": key} for key in keys])
        found = ((keys[item["request_key"]], parse_or_none(to_decision, item)) for item in items)
        return {number: decision for number, decision in found if decision}

    def decision(self, row: BatchRow) -> Decision | None:
        """The decision of one change, if there is one."""
        return self.decisions(row.batch, [row.number]).get(row.number)

    def decide(self, row: BatchRow, decision: Decision, now: datetime) -> Decision:
        """Store the decision of a change that changes no level; the first decision of a change is the only one.

        Returns:
            The change's decision: an earlier one, if there is one.
        """
        existing = conditional_put(self._client, self._table, _item(row, decision, now), NOT_DECIDED_BEFORE)
        return to_decision(existing) if existing else decision

    def write_of(self, row: BatchRow, decision: Decision, now: datetime) -> Write:
        """The write of a decision, for the transaction of its change; it fails when it was decided before."""
        return put(self._table, _item(row, decision, now), NOT_DECIDED_BEFORE, about=row)


def _request_key(row: BatchRow) -> str:
    return of_our_own(OPERATION, row.batch.batch_id, str(row.number))


def _item(row: BatchRow, decision: Decision, now: datetime) -> Item:
    return {"request_key": _request_key(row)} | decision_item(row.batch, decision, now)
