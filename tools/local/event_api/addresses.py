"""The addresses of Event APIs on this machine.

An API's hosts end with `.localhost` and the port, which browsers resolve to this machine by themselves. The template says
`wss://`, as on AWS; here there is no TLS.
"""

import re

WITH_TLS = re.compile(r"\b(wss|https)://(?P<host>[a-z0-9]+\.appsync(-realtime)?-api\.[a-z0-9-]+\.localhost:\d+)")
HTTP_HOST = re.compile(r"(?P<api>[a-z0-9]+)\.appsync-api\.")
WITHOUT_TLS = {"wss": "ws", "https": "http"}


def without_tls(text: str) -> str:
    """A text in which the URLs of Event APIs work on this machine."""
    return WITH_TLS.sub(lambda url: f"{WITHOUT_TLS[url[1]]}://{url['host']}", text)


def api_of_host(host: str) -> str | None:
    """The API whose HTTP host this is."""
    match = HTTP_HOST.match(host)
    return match["api"] if match else None
