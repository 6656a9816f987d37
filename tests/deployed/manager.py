"""An inventory manager over HTTP, as far as the tests of the deployed component need one."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local import Stack


@dataclass(frozen=True)
class Manager:
    """Somebody who is signed in with an id token."""

    stack: Stack
    token: str

    def asks(
        self, method: str, path: str, body: str | None = None, *, content_type: str = "text/csv"
    ) -> tuple[Mapping[str, str], bytes]:
        """One call: the answer's headers and body."""
        request = urllib.request.Request(
            self.stack.outputs["ApiUrl"].rstrip("/") + path,
            method=method,
            data=body.encode() if body else None,
            headers={"Authorization": self.token, "Content-Type": content_type},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(answer.headers), answer.read()

    def gets(self, path: str, **query: str) -> Any:
        """What a call answers in JSON."""
        return json.loads(self.asks("GET", f"{path}?{urlencode(query)}")[1])

    def posts(self, path: str, content: Mapping[str, Any]) -> Any:
        """What a call with JSON answers in JSON."""
        return json.loads(self.asks("POST", path, json.dumps(content), content_type="application/json")[1])
