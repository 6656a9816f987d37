"""The type of ministack's handlers, one for each service, which our patches wrap."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

# The status, the headers and the body.
Response = tuple[int, dict[str, str], bytes]

# The method, the path, the headers with lower-case names, the body and the query parameters.
Handler = Callable[[str, str, dict[str, str], bytes, Mapping[str, Any]], Awaitable[Response]]
