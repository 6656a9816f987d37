"""The key that pages are given to subscribe to live stock, as a container remembers it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.errors import LiveStockUnavailable, TransientError
from inventory.live.api_keys import ApiKey, latest_key
from inventory.observability import logger

# Every page asks for the key, and AppSync limits the calls of an account. That there is none is remembered as long, so that
# a container asks once a minute then, too.
READ_AGAIN_AFTER = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


class CurrentKey:
    """The key with the latest end."""

    def __init__(self, client: Callable[[], Any], api_id: str) -> None:
        self._client = client
        self._api_id = api_id
        self._key: ApiKey | None = None
        self._read_again_at = NEVER

    def at(self, now: datetime) -> ApiKey:
        """The key, if it has not ended.

        Raises:
            LiveStockUnavailable: there is no such key, or AppSync does not answer.
        """
        if now >= self._read_again_at:
            self._read_again_at = now + READ_AGAIN_AFTER
            self._key = self._read()
        if self._key is None or self._key.expires_at <= now:
            raise LiveStockUnavailable("there is no key for live stock at the moment: read the stock from time to time")
        return self._key

    def _read(self) -> ApiKey | None:
        """The key as it is now; the one that was read before if AppSync does not answer."""
        try:
            return latest_key(self._client(), self._api_id)
        except LiveStockUnavailable:
            logger.error("live stock has no key")
            return None
        except TransientError as error:
            logger.warning("the key of live stock cannot be read", error=repr(error))
            return self._key
