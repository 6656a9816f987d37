"""The page's port replaces the distribution's host name; the other ports do not change."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tools.local.emulators import distribution
from tools.local.settings import LocalSettings

SETTINGS = LocalSettings(4566)


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution is deployed."""
    monkeypatch.setattr(distribution, "_domain_name", lambda: "d1.cloudfront.net")


def received(port: int, path: str = "/") -> dict[str, Any]:
    """The request that the application receives when a client sends one to this port."""
    requests: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        requests.append(scope)

    request: Any = {
        "type": "http",
        "scheme": "http",
        "server": ("127.0.0.1", port),
        "path": path,
        "raw_path": path.encode(),
        "headers": [(b"host", f"127.0.0.1:{port}".encode()), (b"authorization", b"token")],
    }
    nothing: Any = None
    served: Any = distribution.serve_at_page_port(application, SETTINGS)
    with ThreadPoolExecutor() as thread:  # this thread may have an event loop of the browser tests
        thread.submit(asyncio.run, served(request, nothing, nothing)).result()
    [scope] = requests
    return dict(scope)


def test_the_pages_port_replaces_the_distributions_host_name() -> None:
    scope = received(SETTINGS.page_port, "/admin/inventory")

    assert dict(scope["headers"]) == {b"host": b"d1.cloudfront.net", b"authorization": b"token"}
    assert (scope["scheme"], scope["path"]) == ("https", "/admin/inventory")


def test_sign_in_requests_go_to_cognito() -> None:
    scope = received(SETTINGS.page_port, "/cognito-idp")

    assert (scope["path"], scope["raw_path"]) == ("/", b"/")
    assert dict(scope["headers"])[b"host"] == b"127.0.0.1:4568"


@pytest.mark.parametrize("path", ["/", "/cognito-idp"])
def test_requests_to_other_ports_are_unchanged(path: str) -> None:
    scope = received(SETTINGS.port, path)

    assert (scope["scheme"], scope["path"]) == ("http", path)
    assert dict(scope["headers"])[b"host"] == b"127.0.0.1:4566"
