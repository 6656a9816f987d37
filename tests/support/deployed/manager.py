"""An inventory manager who calls the deployed API over HTTP."""

import json
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any
from urllib.parse import urlencode

from tools.local import Stack
from tools.local.sign_in import id_token

IMPORTED_WITHIN_SECONDS = 120
# A token is valid for 15 minutes, and the tests of one stack take longer on a slow machine.
SIGNED_IN_AGAIN_AFTER_SECONDS = 300


@dataclass
class Manager:
    """The administrator of a stack, signed in like the page."""

    stack: Stack
    _token: str = ""
    _signed_in_at: float = -inf

    @property
    def token(self) -> str:
        """An id token that is valid for some minutes."""
        if time.monotonic() - self._signed_in_at > SIGNED_IN_AGAIN_AFTER_SECONDS:
            assert self.stack.admin
            self._token, self._signed_in_at = id_token(self.stack, self.stack.admin), time.monotonic()
        return self._token

    def asks(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[Mapping[str, str], bytes]:
        """Make one call, and return the headers and the body of the response. Headers are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.stack.outputs["ApiUrl"].rstrip("/") + path,
            method=method,
            data=body,
            headers={"Authorization": self.token} | sent,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(answer.headers), answer.read()

    def gets(self, path: str, **query: str) -> Any:
        """Make a GET call, and return the JSON of its response."""
        return json.loads(self.asks("GET", f"{path}?{urlencode(query)}")[1])

    def posts(self, path: str, content: Mapping[str, Any], **headers: str) -> Any:
        """Make a POST call with JSON, and return the JSON of its response."""
        return self._sends("POST", path, content, headers)

    def puts(self, path: str, content: Mapping[str, Any], **headers: str) -> Any:
        """Make a PUT call with JSON, and return the JSON of its response."""
        return self._sends("PUT", path, content, headers)

    def imports(self, catalogue: bytes, mode: str) -> dict[str, Any]:
        """Import a file, and return its report when the import has ended."""
        _, taken = self.asks("POST", f"/admin/imports?mode={mode}", catalogue, Content_Type="text/csv")
        return self.waits_for(f"/admin/imports/{json.loads(taken)['import_id']}")

    def waits_for(self, path: str) -> dict[str, Any]:
        """Read an import or an export until it has ended."""
        deadline = time.monotonic() + IMPORTED_WITHIN_SECONDS
        while True:
            report: dict[str, Any] = self.gets(path)
            if report["status"] in ("DONE", "FAILED"):
                return report
            assert time.monotonic() < deadline, report
            time.sleep(0.5)

    def _sends(self, method: str, path: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        body = json.dumps(content).encode()
        return json.loads(self.asks(method, path, body, Content_Type="application/json", **headers)[1])
