"""What the last comparison found: one row, beside the checkpoints of the ledger, for the people who watch the shop."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Condition, Item, to_attributes, to_item
from inventory.aws.dynamodb import Tables, conditional_put
from inventory.aws.retries import with_retries
from inventory.identifiers import of_our_own
from inventory.items import UNREADABLE
from inventory.model import iso
from inventory.observability import logger
from inventory.reconciliation.findings import Findings
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RESULT = {"partition": of_our_own("comparison", "result")}
FIRST_MAX = 10  # differences that are kept; the log has all of them
SENTENCE_LENGTH_MAX = 500  # a row of another tool may have a key and a value of any length
# No comparison begins later than the clock of any machine says. A later time was not written by one.
CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """A level or a customer that does not agree, or a row that cannot be read; what is wrong, a sentence each."""

    kind: str  # LEVEL, CUSTOMER or ROW
    what: tuple[str, ...]
    product_id: str | None = None
    warehouse_id: str | None = None
    customer_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "product_id": self.product_id,
            "warehouse_id": self.warehouse_id,
            "customer_id": self.customer_id,
            "what": list(self.what),
        }


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What a comparison found."""

    checked_at: str  # when it began: what changed since may not be in it
    differences: int
    unsure: int  # what changed during every reading: the next comparison reads it again
    is_complete: bool  # whether there was time for everything
    first: tuple[Difference, ...] = ()

    @classmethod
    def of(cls, findings: Findings, began: datetime) -> "ComparisonResult":
        return cls(
            iso(began),
            len(findings.drifts) + len(findings.customers) + len(findings.unreadable),
            len(findings.unsure) + len(findings.customers_unsure),
            findings.is_complete,
            tuple(islice(_differences(findings), FIRST_MAX)),
        )

    def to_item(self) -> Item:
        first = [difference.to_json() for difference in self.first]
        return {
            **RESULT,
            "checked_at": self.checked_at,
            "differences": self.differences,
            "unsure": self.unsure,
            "is_complete": self.is_complete,
            "first": json.dumps(first),
        }

    @classmethod
    def from_item(cls, item: Item) -> "ComparisonResult":
        """The result in an item. What is none raises an error of items.UNREADABLE."""
        return cls(
            iso(datetime.fromisoformat(item["checked_at"])),
            int(item["differences"]),
            int(item["unsure"]),
            bool(item["is_complete"]),
            tuple(
                Difference(
                    str(found["kind"]),
                    tuple(map(str, found["what"])),
                    found["product_id"],
                    found["warehouse_id"],
                    found["customer_id"],
                )
                for found in json.loads(item["first"])
            ),
        )


class ComparisonResults:
    """The row of the last result."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.ledger_checkpoints

    def read(self) -> ComparisonResult | None:
        """The last result; None if there was no comparison yet, or if its row cannot be read."""
        request: Any = {"TableName": self._table, "Key": to_attributes(RESULT)}
        answer = with_retries(lambda: self._client.get_item(**request))
        if "Item" not in answer:
            return None
        try:
            return ComparisonResult.from_item(to_item(answer["Item"]))
        except UNREADABLE as error:
            logger.warning("the result of the comparison cannot be read", wrong=repr(error))
            return None

    def write(self, result: ComparisonResult, now: datetime) -> None:
        """Keep a result, unless a comparison that began later has written its own."""
        is_first = Condition("attribute_not_exists(checked_at)")
        is_newer = Condition("checked_at < :checked_at", {"checked_at": result.checked_at})
        # Otherwise a row that another tool wrote would hide every result.
        is_no_time = Condition("NOT attribute_type(checked_at, :text)", {"text": "S"})
        is_of_no_comparison = Condition("checked_at > :latest", {"latest": iso(now + CLOCK_SKEW)})
        may_replace = is_first | is_newer | is_no_time | is_of_no_comparison
        conditional_put(self._client, self._table, result.to_item(), may_replace)


def _differences(findings: Findings) -> Iterable[Difference]:
    """Levels come first: shoppers see them."""
    levels = (
        Difference(
            "LEVEL",
            tuple(drift.differences()),
            product_id=drift.level.product_id,
            warehouse_id=drift.level.warehouse_id,
        )
        for drift in findings.drifts
    )
    customers = (
        Difference("CUSTOMER", (str(customer),), customer_id=customer.customer_id) for customer in findings.customers
    )
    rows = (Difference("ROW", (str(unreadable)[:SENTENCE_LENGTH_MAX],)) for unreadable in findings.unreadable)
    return chain(levels, customers, rows)
