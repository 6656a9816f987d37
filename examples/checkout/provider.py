"""A pretended payment provider: it charges nothing, and sends signed webhooks as real providers do."""

import json
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from examples.checkout.checkout import Charge
from examples.checkout.webhooks import SIGNATURE_HEADER, sign

DECIDES_SECONDS = 1.5
TIMEOUT_SECONDS = 10
DELIVERIES_MAX = 6
PAUSE_SECONDS = 1  # after the first delivery; it doubles with each
DECLINED = "declined"
SLOW = "slow"


@dataclass
class PretendedProvider:
    """Runs in this process. A real one is called over HTTPS, by its own library."""

    webhook_url: str
    webhook_secret: bytes = field(repr=False)
    slow_seconds: float  # how long the bank of a slow card takes
    payments: dict[str, str] = field(default_factory=dict)  # the payment of each reference
    refunded: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def charge(self, charge: Charge) -> None:
        """Begin a payment. The same reference begins only one."""
        with self._lock:
            if charge.reference in self.payments:
                return
            self.payments[charge.reference] = f"pay-{uuid4().hex[:12]}"
        seconds = self.slow_seconds if charge.card == SLOW else DECIDES_SECONDS
        decided = threading.Timer(seconds, self._decide, (charge,))
        decided.daemon = True
        decided.start()

    def refund(self, payment_id: str) -> None:
        """Return the money of a payment, once however often it is asked."""
        self.refunded.add(payment_id)

    def _decide(self, charge: Charge) -> None:
        event = {
            "event_id": f"evt-{uuid4().hex[:12]}",
            "type": "payment.declined" if charge.card == DECLINED else "payment.succeeded",
            "payment_id": self.payments[charge.reference],
            "reference": charge.reference,
            "amount": charge.amount,
            "currency": charge.currency,
        }
        self._deliver(event)

    def _deliver(self, event: Mapping[str, Any]) -> None:
        """Send the event until the shop has taken it. Each delivery is signed anew: its time is a part of it."""
        body = json.dumps(event).encode()
        for delivery in range(DELIVERIES_MAX):
            if delivery:
                time.sleep(PAUSE_SECONDS * 2 ** (delivery - 1))
            headers = {
                "Content-Type": "application/json",
                SIGNATURE_HEADER: sign(self.webhook_secret, body, time.time()),
            }
            request = urllib.request.Request(self.webhook_url, body, headers, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
                    return
            except OSError:
                continue
