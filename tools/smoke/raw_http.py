"""Sends a request exactly as given, over HTTP/2 where the server speaks it: other clients change names and paths."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import h2.config
import h2.connection
import h2.events
import h2.exceptions

TIMEOUT_SECONDS = 30.0
BYTES_PER_READ = 65_536
HTTP_2 = "HTTP/2"
HTTP_1 = "HTTP/1.1"


@dataclass(frozen=True)
class RawRequest:
    """A request. Its path is sent as it is, `%2F` included, and so are the names of its headers."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class RawResponse:
    """A response, and the protocol over which it came."""

    protocol: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def send(request: RawRequest) -> RawResponse:
    """Send a request over HTTP/2, or over HTTP/1.1 if the server does not speak HTTP/2.

    Raises:
        OSError: the server cannot be reached or does not answer in time.
    """
    url = urlsplit(request.url)
    with _connection(url) as connection:
        # Without TLS nothing is negotiated. A server that does not know HTTP/2 refuses its first bytes.
        if not isinstance(connection, ssl.SSLSocket) or connection.selected_alpn_protocol() == "h2":
            try:
                return _exchange(connection, request, url)
            except (ConnectionError, h2.exceptions.ProtocolError):
                pass
    return _over_http_1(request, url)


def _connection(url: SplitResult) -> socket.socket:
    address = (url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    connection = socket.create_connection(address, TIMEOUT_SECONDS)
    if url.scheme != "https":
        return connection
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context.wrap_socket(connection, server_hostname=url.hostname)


def _exchange(connection: socket.socket, request: RawRequest, url: SplitResult) -> RawResponse:
    http2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    http2.initiate_connection()
    stream = http2.get_next_available_stream_id()
    pseudo = {":method": request.method, ":scheme": url.scheme, ":authority": url.netloc, ":path": _target(url)}
    # HTTP/2 has lower-case names only.
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "host"}
    http2.send_headers(stream, [*pseudo.items(), *headers.items()], end_stream=not request.body)
    if request.body:
        http2.send_data(stream, request.body, end_stream=True)
    connection.sendall(http2.data_to_send())
    received: dict[str, str] = {}
    body = b""
    while True:
        data = connection.recv(BYTES_PER_READ)
        if not data:
            raise h2.exceptions.ProtocolError("the server ended the connection")
        for event in http2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                received = {str(name): str(value) for name, value in event.headers or ()}
            elif isinstance(event, h2.events.DataReceived):
                body += event.data or b""
                http2.acknowledge_received_data(event.flow_controlled_length or 0, stream)
            elif isinstance(event, h2.events.StreamEnded):
                return RawResponse(HTTP_2, int(received.pop(":status")), received, body)
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise h2.exceptions.ProtocolError("the server ended the request")
        connection.sendall(http2.data_to_send())


def _over_http_1(request: RawRequest, url: SplitResult) -> RawResponse:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(request.method, _target(url), request.body or None, dict(request.headers))
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return RawResponse(HTTP_1, response.status, headers, response.read())
    except http.client.HTTPException as error:
        raise OSError(f"the server's answer is not HTTP: {error!r}") from error
    finally:
        connection.close()


def _target(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")
