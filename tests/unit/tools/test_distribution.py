"""The page's port stands for the distribution's name, and for nothing else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tools.local.emulators import distribution
from tools.local.settings import LocalSettings

SETTINGS = LocalSettings(4566)


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution is there."""
    monkeypatch.setattr(distribution, "_domain_name", lambda: "d1.cloudfront.net")


def arrives(port: int, path: str = "/") -> dict[str, Any]:
    """What arrives of a request that came in at this port."""
    arrived: list[Any] = []

    async def everything(scope: Any, receive: Any, send: Any) -> None:
        arrived.append(scope)

    request: Any = {
        "type": "http",
        "scheme": "http",
        "server": ("127.0.0.1", port),
        "path": path,
        "raw_path": path.encode(),
        "headers": [(b"host", f"127.0.0.1:{port}".encode()), (b"authorization", b"token")],
    }
    nothing: Any = None
    served: Any = distribution.at_its_port(everything, SETTINGS)
    with ThreadPoolExecutor() as thread:  # the browser tests may have a loop in this one
        thread.submit(asyncio.run, served(request, nothing, nothing)).result()
    [scope] = arrived
    return dict(scope)


def test_the_pages_port_stands_for_the_distributions_name() -> None:
    scope = arrives(SETTINGS.page_port, "/admin/inventory")

    assert dict(scope["headers"]) == {b"host": b"d1.cloudfront.net", b"authorization": b"token"}
    assert (scope["scheme"], scope["path"]) == ("https", "/admin/inventory")


def test_signing_in_goes_to_cognito() -> None:
    scope = arrives(SETTINGS.page_port, "/cognito-idp")

    assert (scope["path"], scope["raw_path"]) == ("/", b"/")
    assert dict(scope["headers"])[b"host"] == b"127.0.0.1:4568"


@pytest.mark.parametrize("path", ["/", "/cognito-idp"])
def test_the_other_ports_are_aws_as_it_is(path: str) -> None:
    scope = arrives(SETTINGS.port, path)

    assert (scope["scheme"], scope["path"]) == ("http", path)
    assert dict(scope["headers"])[b"host"] == b"127.0.0.1:4566"
