"""The publisher's rows in DynamoDB: each is written whole, if it is still as it was read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from inventory.aws.changes import Condition, Item
from inventory.aws.dynamodb import Tables, batch_get, conditional_put
from inventory.items import Unreadable, parse_or_report
from inventory.live.published import (
    PublishedProduct,
    PublishedReservation,
    product_subject,
)
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RowType = TypeVar("RowType", PublishedProduct, PublishedReservation)

NOT_WRITTEN_BEFORE = Condition("attribute_not_exists(subject)")


def product_key(product_id: str) -> dict[str, str]:
    """The key of a product's row."""
    return {"subject": product_subject(product_id)}


class PublishedStore:
    """The rows of the publisher, one for each product and reservation."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.published

    # --- what storefronts need

    def sequence(self, product_id: str) -> int:
        """The sequence of a product, strongly consistent; 0 before anything of it was published.

        Read it before the levels that are shown with it: they are then never older than it.
        """
        return self.sequences([product_id])[product_id]

    def sequences(self, product_ids: Sequence[str]) -> dict[str, int]:
        """The sequence of each product, strongly consistent, by its id."""
        subjects = {product_subject(product_id): product_id for product_id in product_ids}
        items = self._items(subjects)
        return dict.fromkeys(product_ids, 0) | {subjects[item["subject"]]: _sequence(item) for item in items}

    # --- what the publisher needs

    def products(self, product_ids: Iterable[str]) -> dict[str, PublishedProduct | Unreadable]:
        """The rows of products, strongly consistent; an empty one of a product of which nothing was published."""
        return self._rows({product_id: PublishedProduct(product_id) for product_id in product_ids})

    def reservations(self, names: Iterable[str]) -> dict[str, PublishedReservation | Unreadable]:
        """The rows of reservations, strongly consistent; an empty one if nothing was published."""
        return self._rows({name: PublishedReservation(name) for name in names})

    def write(self, row: RowType) -> tuple[RowType, bool]:
        """Write a changed row if nobody else has written it since it was read.

        Returns:
            The row as it is now, and whether it is the one of this write.
        """
        written = replace(row, revision=row.revision + 1)
        # A row that was deleted meanwhile is written again: its sequence goes on.
        still_as_read = NOT_WRITTEN_BEFORE | Condition("revision = :revision", {"revision": row.revision})
        condition = still_as_read if row.revision else NOT_WRITTEN_BEFORE
        existing = conditional_put(self._client, self._table, written.to_item(), condition)
        if existing is None:
            return written, True
        found = type(row).from_item(existing)
        return found, found == written  # the answer to the first attempt was lost

    def _rows(self, empty: Mapping[str, RowType]) -> dict[str, RowType | Unreadable]:
        by_subject = {row.subject: (key, type(row)) for key, row in empty.items()}
        rows: dict[str, RowType | Unreadable] = dict(empty)
        for item in self._items(by_subject):
            key, kind = by_subject[item["subject"]]
            rows[key] = parse_or_report(kind.from_item, item)
        return rows

    def _items(self, subjects: Iterable[str]) -> list[Item]:
        return batch_get(self._client, self._table, [{"subject": subject} for subject in subjects])


def _sequence(item: Item) -> int:
    """The sequence in a product's row; 0 if another tool wrote it in another form."""
    sequence = item.get("sequence")
    if isinstance(sequence, Decimal) and sequence >= 0 and sequence == int(sequence):
        return int(sequence)
    logger.error("a sequence cannot be read", subject=item["subject"])
    return 0
