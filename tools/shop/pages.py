"""The files of the example storefront, as a web server sends them."""

import json
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from examples.checkout.server import Page
from tools.local import Stack
from tools.local.settings import PROJECT

STOREFRONT = PROJECT / "examples" / "storefront"
CLIENT = PROJECT / "clients" / "javascript"
FROM_THE_CLIENT = ("inventory-widget.js",)
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}


class Pages:
    """Finds the file of a path. Only these files are served: a path is looked up, and never opened."""

    def __init__(self, stack: Stack) -> None:
        files = [file for file in STOREFRONT.rglob("*") if file.is_file() and file.suffix != ".md"]
        self._files = {f"/{file.relative_to(STOREFRONT).as_posix()}": file for file in files}
        self._files |= {f"/{name}": CLIENT / name for name in FROM_THE_CLIENT}
        self._files["/"] = STOREFRONT / "index.html"
        self._headers = _security_headers(stack)
        # The key is public, like that of a map: it only reads stock, and the usage plan limits it.
        config = {"api_url": stack.outputs["ApiUrl"], "api_key": stack.storefront_api_key}
        self._config = json.dumps(config).encode()

    def find(self, path: str) -> Page | None:
        """The page at a path, read again each time, so that a change is seen when the browser reloads."""
        if path == "/config.json":
            return self._with_type("application/json"), self._config
        file = self._files.get(path)
        return (self._with_type(_type_of(file)), file.read_bytes()) if file else None

    def _with_type(self, content_type: str) -> Mapping[str, str]:
        return {**self._headers, "Content-Type": content_type}


def _type_of(file: Path) -> str:
    return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _security_headers(stack: Stack) -> Mapping[str, str]:
    """A content security policy without exceptions: the widget needs no inline script and no inline style."""
    connects = ["'self'", _origin(stack.outputs["ApiUrl"]), _origin(stack.outputs["LiveStockRealtimeUrl"])]
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": " ".join(connects),
        "frame-src": "'self'",  # race.html shows two shoppers beside each other
        "frame-ancestors": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
