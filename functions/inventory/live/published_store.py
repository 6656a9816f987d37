"""What was published of products and reservations, in DynamoDB."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables, batch_get
from inventory.identifiers import of_our_own
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def product_key(product_id: str) -> dict[str, str]:
    """The key of a product's row."""
    return {"subject": of_our_own("product", product_id)}


class PublishedStore:
    """The rows of the publisher, one for each product and reservation."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.published

    def sequence(self, product_id: str) -> int:
        """The sequence of a product, strongly consistent; 0 before anything of it was published.

        Read it before the levels that are shown with it: they are then never older than it.
        """
        return self.sequences([product_id])[product_id]

    def sequences(self, product_ids: Sequence[str]) -> dict[str, int]:
        """The sequence of each product, strongly consistent, by its id."""
        subjects = {product_key(product_id)["subject"]: product_id for product_id in product_ids}
        items = batch_get(self._client, self._table, [{"subject": subject} for subject in subjects])
        return dict.fromkeys(product_ids, 0) | {subjects[item["subject"]]: _sequence(item) for item in items}


def _sequence(item: Item) -> int:
    """The sequence in a product's row; 0 if another tool wrote it in another form."""
    sequence = item.get("sequence")
    if isinstance(sequence, Decimal) and sequence >= 0 and sequence == int(sequence):
        return int(sequence)
    logger.error("a sequence cannot be read", subject=item["subject"])
    return 0
