"""The channel on which a product's stock is pushed."""

import base64
import hashlib

NAMESPACE = "stock"
# https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html: a segment has 1 to 50 letters, digits and
# inner dashes. 40 characters of base32 are 200 bits of the hash.
SEGMENT_LENGTH = 40


def channel_of(product_id: str) -> str:
    """The channel of a product: its id may have any characters, so the channel is named by a hash of it."""
    digest = hashlib.sha256(product_id.encode()).digest()
    return f"/{NAMESPACE}/{base64.b32encode(digest).decode().lower()[:SEGMENT_LENGTH]}"
