"""Helpers for paginated lists of the API."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.http.gateway import Caller
from tests.support.shop import Shop


def pages(caller: Caller, path: str, **query: str) -> Iterator[list[dict[str, Any]]]:
    """Every page of a list, in order."""
    for _ in range(100):
        answer = caller.get(path, **query)
        assert answer.status == 200, answer
        yield answer.content["items"]
        if answer.content["cursor"] is None:
            return
        query["cursor"] = answer.content["cursor"]
    raise AssertionError("the list does not end")


def stock_of(shop: Shop, number: int) -> list[str]:
    """Create this many products in two categories: P-00 in kitchen, P-01 in garden, and so on."""
    names = [f"P-{index:02}" for index in range(number)]
    with ThreadPoolExecutor(8) as managers:
        list(managers.map(lambda name: shop.stocks(name, category=("kitchen", "garden")[int(name[2:]) % 2]), names))
    return names


def encoded(position: object) -> str:
    """A cursor with any content."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
