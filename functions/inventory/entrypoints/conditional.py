"""Conditional reads: a caller who has the current answer is answered with its tag alone.

https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.2
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

# 144 bits of the hash: no two answers have the same, and base64 needs no padding.
DIGEST_BYTES = 18
# One entry of a list of tags; empty entries are allowed. A tag may contain commas.
_TAG = re.compile(r'[ \t,]*(?:W/)?("[\x21\x23-\x7e\x80-\U0010ffff]*")[ \t]*(?:,|$)')


def weak_tag(content: Any) -> str:
    """The tag of an answer with this content. It is weak: answers with one tag say the same, and may differ in bytes."""
    digest = hashlib.sha256(json.dumps(content).encode()).digest()
    return f'W/"{base64.urlsafe_b64encode(digest[:DIGEST_BYTES]).decode()}"'


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the caller has the answer with this tag, by the weak comparison.

    Args:
        if_none_match: the header that the caller sent. One that is malformed says nothing from its first error on: the
            whole answer is never wrong.
    """
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in _opaque_tags(if_none_match)


def _opaque_tags(header: str) -> Iterator[str]:
    position = 0
    while found := _TAG.match(header, position):
        yield found[1]
        position = found.end()
