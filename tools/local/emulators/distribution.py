"""Serves the admin page's CloudFront distribution at a port of this machine.

ministack serves a distribution as CloudFront does, with its behaviours, its headers and its private bucket, but only
under a host name that does not resolve. Here a port replaces the host name. The API works as an origin, and requests to
Cognito use the same port. Therefore the page runs with the deployed content security policy, in which only the host names
of the imports' bucket and the scheme of the live stock are replaced by this machine's.
"""

import re
from collections.abc import Mapping
from typing import Any

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

from tools.local.event_api.addresses import without_tls
from tools.local.settings import HOST, LocalSettings

API_HOST = re.compile(r"(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9.-]+")
COGNITO_PATH = "/cognito-idp"  # replaces Cognito's host name
BUCKET_HOSTS = re.compile(r"https://\S+\.s3\.[^ ;]+( https://\S+\.s3\.[^ ;]+)*")


def serve_at_page_port(application: ASGIFramework, settings: LocalSettings) -> ASGIFramework:
    """Wrap an application: requests at the page's port become requests to the stack's distribution."""

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and scope["server"] and scope["server"][1] == settings.page_port:
            scope = _to_cognito(scope) if scope["path"] == COGNITO_PATH else _to_distribution(scope)
            send = _with_local_hosts(send, settings)
        await application(scope, receive, send)

    return serve


def allow_api_origin(settings: LocalSettings) -> None:
    """Patch ministack so that an API of this local AWS can be the origin of a distribution."""
    from ministack.services import cloudfront  # ministack reads its environment on import

    forward = cloudfront._forward_to_origin

    def forward_locally(origin: Mapping[str, Any], method: str, uri: str, *request: Any) -> tuple[Any, ...]:
        if api := API_HOST.fullmatch(origin["domain_name"]):
            origin = {**origin, "domain_name": HOST, "http_port": settings.port, "protocol_policy": "http-only"}
            uri = f"/_aws/execute-api/{api['api']}{uri}"
        response: tuple[Any, ...] = forward(origin, method, uri, *request)
        return response

    cloudfront._forward_to_origin = forward_locally


def _to_distribution(scope: HTTPScope) -> HTTPScope:
    """The request as CloudFront would receive it: over TLS, with the distribution's host name."""
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "scheme": "https", "headers": [(b"host", _domain_name().encode()), *others]}


def _with_local_hosts(send: ASGISendCallable, settings: LocalSettings) -> ASGISendCallable:
    """Let the content security policy name S3 and the live stock as they are on this machine."""
    local_s3 = f"http://{HOST}:{settings.port}"

    def localized(policy: bytes) -> bytes:
        return without_tls(BUCKET_HOSTS.sub(local_s3, policy.decode())).encode()

    async def send_locally(event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start":
            headers = [
                (name, localized(value) if name.lower() == b"content-security-policy" else value)
                for name, value in event["headers"]
            ]
            event = {**event, "headers": headers}
        await send(event)

    return send_locally


def _to_cognito(scope: HTTPScope) -> HTTPScope:
    return {**scope, "path": "/", "raw_path": b"/"}


def _domain_name() -> str:
    """The host name of the stack's distribution, the only one on this local AWS."""
    from ministack.services import cloudfront

    names = (distribution["DomainName"] for distribution in cloudfront._distributions.values())
    return next(names, "nothing-is-deployed.cloudfront.net")
