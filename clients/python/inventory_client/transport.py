"""Sends HTTP requests, and retries those that may succeed later."""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from inventory_client.errors import BY_CODE, ApiError, Unavailable

ATTEMPTS_MAX = 5
BACKOFF_BASE_SECONDS = 0.2
BACKOFF_MAX_SECONDS = 3.0
CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 15.0
CONNECTIONS_MAX = 32
RETRIED_STATUSES = {429, 500, 502, 503, 504}


@dataclass
class Request:
    """One HTTP request before it is sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None


# The parameters of a query; as pairs, one may be repeated.
Query = Mapping[str, str] | Sequence[tuple[str, str]]
Authenticate = Callable[[Request], None]  # adds credentials to a request


class Transport:
    """Sends requests to one API."""

    def __init__(self, url: str, authenticate: Authenticate, timeout_seconds: float = READ_TIMEOUT_SECONDS) -> None:
        self._url = url.rstrip("/")
        self._authenticate = authenticate
        self._pool = urllib3.PoolManager(
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=timeout_seconds),
            maxsize=CONNECTIONS_MAX,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        content: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Send a request, with retries, and return the content of its response.

        Raises:
            ApiError: the API refused the request; its code decides which subclass is raised.
            Unavailable: all attempts failed.
        """
        url = f"{self._url}{path}" + (f"?{encode_query(query)}" if query else "")
        body = None if content is None else json.dumps(content)
        all_headers = {**(headers or {}), **({} if body is None else {"Content-Type": "application/json"})}
        failure = Unavailable(0, {"code": "NO_RESPONSE", "detail": "the API did not respond"})
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                time.sleep(backoff_seconds(attempt))
            try:
                status, response = self._send(Request(method, url, dict(all_headers), body))
            except urllib3.exceptions.HTTPError as error:
                failure = Unavailable(0, {"code": "NO_RESPONSE", "detail": str(error)})
                continue
            if status in RETRIED_STATUSES:
                failure = Unavailable(status, response)
            elif status >= 400:
                raise BY_CODE.get(str(response.get("code")), ApiError)(status, response)
            else:
                return response
        raise failure

    def _send(self, request: Request) -> tuple[int, dict[str, Any]]:
        self._authenticate(request)  # again for each attempt: a signature contains the time
        response = self._pool.request(request.method, request.url, body=request.body, headers=request.headers)
        try:
            content = json.loads(response.data or b"{}")
        except ValueError:
            content = {"detail": "the response is not JSON"}
        return response.status, content if isinstance(content, dict) else {"detail": str(content)}


def encode_query(query: Query) -> str:
    """A query in which every character that is not plain is percent-encoded, a space as %20."""
    return urlencode(query, quote_via=quote, safe="")


def backoff_seconds(attempt: int) -> float:
    """Exponential backoff with full jitter."""
    return random.uniform(0, min(BACKOFF_MAX_SECONDS, BACKOFF_BASE_SECONDS * 2**attempt))
