"""What is announced over SNS: low stock to whoever subscribed, and payments to return to ops."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from inventory.model import LevelKey
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: printable ASCII, shorter than 100 characters
SUBJECT_LENGTH_MAX = 99


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message as SNS takes it; `attributes` are for subscription filters."""

    subject: str
    message: str
    attributes: dict[str, str]

    @classmethod
    def of(cls, subject: str, content: dict[str, Any], attributes: dict[str, str]) -> "Announcement":
        printable = "".join(character if " " <= character <= "~" else "?" for character in subject)
        # SNS refuses an empty attribute value.
        return cls(
            printable[:SUBJECT_LENGTH_MAX].rstrip(),
            json.dumps(content, ensure_ascii=False),
            {name: value or "-" for name, value in attributes.items()},
        )


@dataclass(frozen=True, slots=True)
class LowStockAlert:
    """The alert of one crossing, claimed by `claimant`, to be settled once it is out."""

    key: LevelKey
    claimant: str
    announcement: Announcement

    def to_json(self) -> dict[str, Any]:
        """As the state machine's SNS task takes it."""
        return {
            "product_id": self.key.product_id,
            "warehouse_id": self.key.warehouse_id,
            "claimant": self.claimant,
            "subject": self.announcement.subject,
            "message": self.announcement.message,
            "category": self.announcement.attributes["category"],
        }


class Topics:
    """The two topics, and whether they took a message."""

    def __init__(self, client: "SNSClient", *, low_stock: str, operations: str) -> None:
        self._client = client
        self._low_stock = low_stock
        self._operations = operations

    def announce_low_stock(self, announcement: Announcement) -> bool:
        """Tell whoever subscribed to low stock; False when SNS did not take it."""
        return self._publish(self._low_stock, announcement)

    def announce_to_operations(self, announcement: Announcement) -> bool:
        """Tell ops; False when SNS did not take it."""
        return self._publish(self._operations, announcement)

    def _publish(self, topic: str, announcement: Announcement) -> bool:
        try:
            self._client.publish(
                TopicArn=topic,
                Subject=announcement.subject,
                Message=announcement.message,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in announcement.attributes.items()
                },
            )
        except (ClientError, BotoCoreError):
            logger.exception("SNS did not take a message; it stays owed", topic=topic)
            return False
        return True
