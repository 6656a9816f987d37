"""Calls over HTTP: signed or with a key, tried again while that can help."""

import json
import random
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from inventory_client.errors import BY_CODE, ApiError, Unavailable

ATTEMPTS_MAX = 5
FIRST_PAUSE_SECONDS = 0.2
PAUSE_SECONDS_MAX = 3.0
LATER = {429, 500, 502, 503, 504}

Sign = Callable[[AWSRequest], None]


class Transport:
    """Sends requests to one API."""

    def __init__(self, url: str, sign: Sign, *, timeout_seconds: float = 15.0) -> None:
        self._url = url.rstrip("/")
        self._sign = sign
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=3.0, read=timeout_seconds), maxsize=32
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make a call until it is answered with something else than "later".

        Raises:
            ApiError: the API refused it; the exception's kind follows its code.
            Unavailable: every attempt failed.
        """
        last = Unavailable(0, {"code": "NO_ANSWER", "detail": "the API did not answer"})
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                time.sleep(random.uniform(0, min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**attempt)))
            try:
                status, answered = self._send(method, path, query or {}, content, headers or {})
            except urllib3.exceptions.HTTPError as error:
                last = Unavailable(0, {"code": "NO_ANSWER", "detail": str(error)})
                continue
            if status in LATER:
                last = Unavailable(status, answered)
            elif status >= 400:
                raise BY_CODE.get(str(answered.get("code")), ApiError)(status, answered)
            else:
                return answered
        raise last

    def _send(
        self, method: str, path: str, query: Mapping[str, str], content: Any, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        body = None if content is None else json.dumps(content)
        url = f"{self._url}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = {**headers, **({"Content-Type": "application/json"} if body is not None else {})}
        request = AWSRequest(method=method, url=url, data=body, headers=sent)
        self._sign(request)
        response = self._pool.request(method, url, body=body, headers=dict(request.headers.items()))
        try:
            answered = json.loads(response.data or b"{}")
        except ValueError:
            answered = {"detail": "the answer is not JSON"}
        return response.status, answered if isinstance(answered, dict) else {"detail": str(answered)}


def by_signature(session: boto3.Session, region: str | None) -> Sign:
    """Sign as the session's identity, with credentials that are renewed when they run out."""

    def sign(request: AWSRequest) -> None:
        credentials = session.get_credentials()
        if credentials is None:
            raise ValueError("there are no AWS credentials to sign with")
        name = region or session.region_name
        if not name:
            raise ValueError("there is no AWS region to sign for: name the API's")
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", name).add_auth(request)

    return sign


def by_key(api_key: str) -> Sign:
    """Show an API key."""

    def sign(request: AWSRequest) -> None:
        request.headers["x-api-key"] = api_key

    return sign
