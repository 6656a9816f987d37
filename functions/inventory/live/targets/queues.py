"""Queues of SQS for what a target did not accept, and for what cannot be read."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import TransientError
from inventory.live.targets.chunks import chunks


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
