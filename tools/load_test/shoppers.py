"""Shoppers who call the API over HTTP: each looks a product up, reserves a unit of it and pays. No call is repeated."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
import urllib3
from inventory_client.authentication import api_key_header, sigv4
from inventory_client.transport import Authenticate, Request, encode_query

from tools.load_test.dispatcher import CALLS_AT_ONCE
from tools.load_test.plan import THINK_SECONDS, Call, Due
from tools.load_test.results import Outcome, Result
from tools.local import Stack

ANSWERED_WITHIN_SECONDS = 20.0  # API Gateway itself gives up after 29
HOLD_SECONDS = 900
TOO_MANY, NO_ANSWER = 429, 0


@dataclass
class Shoppers:
    """All shoppers of a test. Each buys one of the products, in turn."""

    stack: Stack
    product_ids: list[str]
    elapsed: Callable[[], float]  # the seconds since the start
    run_id: str = field(default_factory=lambda: f"load-test-{uuid4().hex[:12]}")
    results: list[Result] = field(default_factory=list)
    unpaid: set[str] = field(default_factory=set)  # reservations that may hold units, and whose payment has no answer

    def __post_init__(self) -> None:
        signer = self.stack.checkout
        session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=self.stack.region)
        self._sign: Authenticate = sigv4(session, None)
        self._add_key: Authenticate = api_key_header(str(self.stack.storefront_api_key))
        self._url = self.stack.outputs["ApiUrl"].rstrip("/")
        self._pool = urllib3.PoolManager(retries=False, timeout=ANSWERED_WITHIN_SECONDS, maxsize=CALLS_AT_ONCE)

    def prepare(self, due: Due) -> Request:
        """A call, with its signature or key."""
        product_id, key = self.product_ids[due.shopper % len(self.product_ids)], self.reservation_id(due.shopper)
        match due.call:
            case Call.LOOK_UP:
                url = f"{self._url}/inventory?{encode_query([('product_id', product_id)])}"
                request, authenticate = Request("GET", url, {}, None), self._add_key
            case Call.RESERVE:
                content: dict[str, Any] = {
                    "lines": [{"product_id": product_id, "quantity": 1}],
                    "hold_seconds": HOLD_SECONDS,
                }
                request = self._post("/reservations", content, {"Idempotency-Key": key})
                authenticate = self._sign
            case Call.PAY:
                content = {"outcome": "SUCCEEDED", "payment_reference": key}
                request, authenticate = self._post(f"/reservations/{key}/payment", content, {}), self._sign
        authenticate(request)
        return request

    def make(self, due: Due) -> Due | None:
        """Make a call; after a reservation the payment follows, as soon as a shopper can know that units are held."""
        key = self.reservation_id(due.shopper)
        if due.call is Call.RESERVE:
            self.unpaid.add(key)
        status = self._send(self.prepare(due))
        outcome = outcome_of(due.call, status)
        answered = self.elapsed()
        self.results.append(Result(due.call, due.at, answered, outcome))
        if due.call is Call.RESERVE and outcome is Outcome.REFUSED:
            self.unpaid.discard(key)
        if due.call is Call.PAY and outcome is Outcome.OK:
            self.unpaid.discard(key)
        if due.call is Call.RESERVE and outcome is Outcome.OK:
            return Due(answered + THINK_SECONDS, due.shopper, Call.PAY)
        return None

    def reservation_id(self, shopper: int) -> str:
        """The id of a shopper's reservation."""
        return f"{self.run_id}-{shopper}"

    def _post(self, path: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> Request:
        return Request("POST", self._url + path, {"Content-Type": "application/json", **headers}, json.dumps(content))

    def _send(self, request: Request) -> int:
        try:
            answer = self._pool.request(request.method, request.url, body=request.body, headers=request.headers)
        except urllib3.exceptions.HTTPError:
            return NO_ANSWER
        return int(answer.status)


def outcome_of(call: Call, status: int) -> Outcome:
    """How a status of HTTP is counted."""
    if status == 202:
        return Outcome.UNDECIDED
    if 200 <= status < 300:
        return Outcome.OK
    if status == 409 and call is not Call.LOOK_UP:
        return Outcome.REFUSED
    return Outcome.ERROR
