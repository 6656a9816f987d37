"""The handlers of a namespace. AppSync runs their JavaScript; the local AWS has no engine for it, and knows one handler.

It is that of template.yaml, which admits subscriptions to the channel of one product. A test runs its JavaScript and
compares both. https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html
"""

import re

from tools.local.event_api.channels import Channel

PRODUCT = re.compile(r"[a-z2-7]{40}")


def require_known(code: str | None) -> None:
    """Raise ValueError for handlers that the local AWS cannot imitate."""
    if code and ("onSubscribe" not in code or "isProduct" not in code or "onPublish" in code):
        raise ValueError("The local AWS runs no JavaScript: of CodeHandlers it knows only those of template.yaml.")


def admits(code: str | None, channel: Channel) -> bool:
    """Whether the handlers of a namespace admit a subscription to a channel."""
    return not code or is_product(channel)


def is_product(channel: Channel) -> bool:
    """Whether a channel is that of one product."""
    return len(channel) == 2 and PRODUCT.fullmatch(channel[1]) is not None
