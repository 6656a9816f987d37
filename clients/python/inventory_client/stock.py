"""The client for machines that know the shelf: an ERP, tills, a warehouse system."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from inventory_client.authentication import sigv4
from inventory_client.model import ChangeResult, ChangeStatus, FeedProgress, Level, LevelList, StockChange
from inventory_client.transport import Transport, backoff_seconds

if TYPE_CHECKING:
    import boto3

CHANGES_MAX = 500  # of one call
LEVELS_MAX = 1_000  # of one page
CALLS_MAX = 10  # with one list, while changes in it are BUSY
READ_TIMEOUT_SECONDS = 30.0  # the API answers within 29

LevelKey = tuple[str, str]
OnProgress = Callable[[FeedProgress], object]


class StockClient:
    """Changes stock and reads levels. Its calls are signed with AWS credentials, and it is safe to repeat every call."""

    def __init__(
        self,
        url: str,
        *,
        session: "boto3.Session | None" = None,
        region: str | None = None,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        """Create a client.

        Args:
            url: the API's URL with its stage, for example https://….execute-api.eu-central-1.amazonaws.com/v1
            session: has the credentials that sign the calls; by default boto3 finds them.
            region: the API's region; by default the session's.
            timeout_seconds: how long one attempt waits for its response.

        Raises:
            ImportError: boto3 is not installed; the package's extra `stock` contains it.
        """
        self._transport = Transport(url, sigv4(session, region, client="StockClient", extra="stock"), timeout_seconds)

    def change_stock(self, changes: Sequence[StockChange], *, key: str) -> list[ChangeResult]:
        """Send up to 500 changes once. The same list under the same key is applied only once.

        A key has 1 to 128 printable ASCII characters.

        Returns:
            A result for each change, in the order of the list. BUSY ones are not decided: `feed_stock` sends them again.

        Raises:
            IdempotencyConflict: the key was used before with other changes.
            InvalidRequest: there are no changes, or more than 500.
        """
        content = {"changes": [change.to_json() for change in changes]}
        answered = self._transport.call("POST", "/stock/changes", content=content, headers={"Idempotency-Key": key})
        return [ChangeResult.from_json(result) for result in answered["results"]]

    def feed_stock(
        self, changes: Sequence[StockChange], *, key: str, on_progress: OnProgress | None = None
    ) -> list[ChangeResult]:
        """Send any number of changes in lists of 500, and send a list again while changes in it are BUSY.

        The changes of one level are applied in their order, also across lists. If some stay BUSY, run the same feed again
        under its key: what was decided is only repeated.

        Args:
            changes: all of them; a feed that is run again must have the same.
            key: of the feed, with at most 120 characters; the lists have the keys `{key}-1`, `{key}-2` …
            on_progress: called after each call.

        Returns:
            A result for each change, in their order.

        Raises:
            IdempotencyConflict: a key was used before with other changes.
            Unavailable: a call failed in every attempt; run the feed again.
        """
        results = [ChangeResult(index, ChangeStatus.BUSY) for index in range(len(changes))]
        busy_levels: set[LevelKey] = set()
        for start in range(0, len(changes), CHANGES_MAX):
            part = changes[start : start + CHANGES_MAX]
            if busy_levels & {(change.product_id, change.warehouse_id) for change in part}:
                break  # a change must not overtake an earlier one of its level
            for number in range(CALLS_MAX):
                if number:
                    time.sleep(backoff_seconds(number))
                for result in self.change_stock(part, key=f"{key}-{start // CHANGES_MAX + 1}"):
                    results[start + result.index] = result.at(start + result.index)
                busy = [change for change, result in zip(part, results[start:], strict=False) if result.is_busy]
                if on_progress:
                    on_progress(FeedProgress(start + len(part) - len(busy), len(changes), len(busy)))
                if not busy:
                    break
            busy_levels |= {(change.product_id, change.warehouse_id) for change in busy}
        return results

    def list_stock_levels(
        self, *, warehouse_id: str | None = None, limit: int = LEVELS_MAX, cursor: str | None = None
    ) -> LevelList:
        """A page of levels, of all warehouses or of one. It may be short or empty although more pages follow.

        Args:
            warehouse_id: by default all warehouses.
            limit: up to 1,000.
            cursor: that of the page before; by default the list begins.
        """
        given = {"warehouse_id": warehouse_id, "cursor": cursor}
        query = {"limit": str(limit)} | {name: value for name, value in given.items() if value is not None}
        content = self._transport.call("GET", "/stock/levels", query=query)
        return LevelList([Level.from_json(item) for item in content["items"]], content["cursor"])

    def iterate_stock_levels(self, *, warehouse_id: str | None = None) -> Iterator[Level]:
        """Every level, of all warehouses or of one, read page by page."""
        cursor: str | None = None
        while True:
            page = self.list_stock_levels(warehouse_id=warehouse_id, cursor=cursor)
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                return
