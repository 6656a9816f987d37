"""What AWS refuses and the emulators accept: one file for each rule.

Each file holds the rule as a function over plain values, and a thin patch of the emulator that applies it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, Mapping[str, Any]], Awaitable[Response]]
