"""The rules of AppSync Events for channels.

https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html
A channel has 1 to 5 segments; the first one is the namespace. A segment has 1 to 50 letters, digits and inner dashes.
A subscription may end with `/*`.
"""

import re

SEGMENTS_MAX = 5
SEGMENT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?")
ANY = "*"

Channel = tuple[str, ...]


def parse_channel(text: object, *, may_end_with_any: bool = False) -> Channel | None:
    """The segments of a channel; None if AppSync refuses it. The slashes at both ends are optional."""
    if not isinstance(text, str):
        return None
    segments = tuple(text.removeprefix("/").removesuffix("/").split("/"))
    named = segments[:-1] if may_end_with_any and len(segments) > 1 and segments[-1] == ANY else segments
    is_valid = len(segments) <= SEGMENTS_MAX and all(SEGMENT.fullmatch(segment) for segment in named)
    return segments if is_valid else None


def patterns_of(channel: Channel) -> tuple[Channel, Channel]:
    """What a subscription may name to get the events of a channel: the channel, or any channel beside it."""
    return channel, (*channel[:-1], ANY)
