"""Queues of SQS for what a target did not accept, and for what cannot be read."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import TransientError
from inventory.observability import logger

Entry = TypeVar("Entry")

# Of one call. EventBridge has the same limits.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
ENTRIES_MAX = 10
BYTES_MAX = 240_000  # of 256 KiB, as what surrounds an entry counts too


def chunks(entries: Iterable[Entry], size: Callable[[Entry], int]) -> Iterator[list[Entry]]:
    """The entries in their order, in lists that are small enough for one call; one that is too large is alone."""
    chunk: list[Entry] = []
    total = 0
    for entry in entries:
        if chunk and (len(chunk) == ENTRIES_MAX or total + size(entry) > BYTES_MAX):
            yield chunk
            chunk, total = [], 0
        chunk.append(entry)
        total += size(entry)
    if chunk:
        yield chunk


class Queue:
    """One queue.

    Args:
        client: makes the client at the first message.
        url: the URL of the queue.
    """

    def __init__(self, client: Callable[[], Any], url: str) -> None:
        self._client = client
        self._url = url

    def put(self, contents: Iterable[Any]) -> None:
        """Put a message into the queue for each content, as JSON in ASCII: SQS refuses some control characters.

        Raises:
            TransientError: SQS did not accept all of them, but perhaps some.
        """
        for chunk in chunks(map(json.dumps, contents), len):
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(chunk)]
            try:
                answer = self._client().send_message_batch(QueueUrl=self._url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise TransientError("SQS did not accept messages") from error
            if answer.get("Failed"):
                raise TransientError(f"SQS did not accept some messages: {answer['Failed'][0].get('Code')}")

    def accepts(self, contents: Sequence[Any]) -> bool:
        """Put messages into the queue; False, and a line in the log, if SQS did not accept all of them."""
        try:
            self.put(contents)
        except TransientError:
            logger.exception("a queue did not accept messages; their records must come again")
            return False
        return True
