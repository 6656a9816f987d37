"""Messages on SNS: low stock to its subscribers, and payments to return to operations."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from inventory.model import LevelKey
from inventory.observability import logger
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: printable ASCII, shorter than 100 characters
SUBJECT_LENGTH_MAX = 99
# What a message and its attributes cannot contain, once they are in a queue; another tool may write it into a level.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
            NOT_ALLOWED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(content, ensure_ascii=False)),
            {name: NOT_ALLOWED.sub("?", value) or "-" for name, value in attributes.items()},
        )


@dataclass(frozen=True, slots=True)
class LowStockAlert:
    """The alert of one threshold crossing, claimed by `claimant` and not yet sent."""

    key: LevelKey
    claimant: str
    announcement: Announcement

    def to_json(self) -> dict[str, Any]:
        """The input of the state machine's SNS task."""
        return {
            "product_id": self.key.product_id,
            "warehouse_id": self.key.warehouse_id,
            "claimant": self.claimant,
            "subject": self.announcement.subject,
            "message": self.announcement.message,
            "category": self.announcement.attributes["category"],
        }


class Topics:
    """The two topics of the component.

    Args:
        client: makes the client at the first message, so that a function that never publishes does not pay for it.
        low_stock: the ARN of the topic for low stock.
        operations: the ARN of the topic for operations.
    """

    def __init__(self, client: Callable[[], "SNSClient"], *, low_stock: str, operations: str) -> None:
        self._client = client
        self._low_stock = low_stock
        self._operations = operations

    def announce_low_stock(self, announcement: Announcement) -> bool:
        """Publish to the subscribers of low stock; False when SNS did not accept it."""
        return self._publish(self._low_stock, announcement)

    def announce_to_operations(self, announcement: Announcement) -> bool:
        """Publish to operations; False when SNS did not accept it."""
        return self._publish(self._operations, announcement)

    def _publish(self, topic: str, announcement: Announcement) -> bool:
        try:
            self._client().publish(
                TopicArn=topic,
                Subject=announcement.subject,
                Message=announcement.message,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in announcement.attributes.items()
                },
            )
        except (ClientError, BotoCoreError):
            logger.exception("SNS did not accept a message; it stays pending", topic=topic)
            return False
        return True
