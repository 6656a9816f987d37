"""An HTTP server that gives prepared responses and records the requests, in place of the API."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Response = tuple[int, Any]  # the status and the content; a text is sent as it is


@dataclass(frozen=True)
class Received:
    """A request that the server received."""

    method: str
    path: str
    headers: dict[str, str]
    content: Any


class FakeApi:
    """The server's URL and the requests that it received."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Received] = []


@contextmanager
def fake_api(responses: Sequence[Response]) -> Iterator[FakeApi]:
    """A server that gives these responses, one after the other."""
    remaining = iter(responses)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.requests.append(Received(self.command, self.path, headers, json.loads(body) if body else None))
            status, content = next(remaining)
            body_sent = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body_sent)))
            self.end_headers()
            self.wfile.write(body_sent)

        do_GET = do_POST = do_PATCH = do_DELETE = respond

        def log_message(self, format: str, *arguments: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api = FakeApi(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
