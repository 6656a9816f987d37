"""Lists as the calls of AWS take them: so many entries, and so many bytes together."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Entry = TypeVar("Entry")

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
ENTRIES_MAX = 10
BYTES_MAX = 240_000  # of 256 KiB, as what surrounds an entry counts too


def chunks(entries: Iterable[Entry], size: Callable[[Entry], int]) -> Iterator[list[Entry]]:
    """The entries in their order, in lists that are small enough; one that is too large is alone."""
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
