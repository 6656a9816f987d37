"""The admin page's distribution, at a port of this machine.

ministack serves a distribution as CloudFront does, with its behaviours, its headers and its private bucket, but by a
name that resolves nowhere. Here a port takes the name's place, the API answers as an origin, and signing in goes the
same way as everything else: so the page runs under the deployed content security policy, to the letter.
"""

import re
from collections.abc import Mapping
from typing import Any

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from tools.local.settings import HOST, LocalSettings

API_HOST = re.compile(r"(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9.-]+")
COGNITO_PATH = "/cognito-idp"  # in the place of Cognito's own host name


def at_its_port(everything: ASGIFramework, settings: LocalSettings) -> ASGIFramework:
    """An application that takes what comes in at the page's port for the stack's distribution."""

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and scope["server"] and scope["server"][1] == settings.page_port:
            scope = _for_cognito(scope) if scope["path"] == COGNITO_PATH else _for_the_distribution(scope)
        await everything(scope, receive, send)

    return serve


def reach_the_api(settings: LocalSettings) -> None:
    """Let a distribution have an API as its origin: ministack calls no host of AWS."""
    from ministack.services import cloudfront  # reads its environment on import

    forward = cloudfront._forward_to_origin

    def forward_here(origin: Mapping[str, Any], method: str, uri: str, *request: Any) -> tuple[Any, ...]:
        if api := API_HOST.fullmatch(origin["domain_name"]):
            origin = {**origin, "domain_name": HOST, "http_port": settings.port, "protocol_policy": "http-only"}
            uri = f"/_aws/execute-api/{api['api']}{uri}"
        answer: tuple[Any, ...] = forward(origin, method, uri, *request)
        return answer

    cloudfront._forward_to_origin = forward_here


def _for_the_distribution(scope: HTTPScope) -> HTTPScope:
    """The request as it comes to CloudFront: over TLS, and addressed by the distribution's name."""
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "scheme": "https", "headers": [(b"host", _domain_name().encode()), *others]}


def _for_cognito(scope: HTTPScope) -> HTTPScope:
    return {**scope, "path": "/", "raw_path": b"/"}


def _domain_name() -> str:
    """The name of the stack's distribution: the only one that there is."""
    from ministack.services import cloudfront

    names = (distribution["DomainName"] for distribution in cloudfront._distributions.values())
    return next(names, "nothing-is-deployed.cloudfront.net")
