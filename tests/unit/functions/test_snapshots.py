"""Copies of a snapshot (SnapStart) draw random numbers of their own."""

import random
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from inventory.aws.snapshots import draw_own_numbers_after_restore


@pytest.fixture
def after_restore(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What Lambda's runtime will call in each copy."""
    hooks: list[Callable[[], object]] = []
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", SimpleNamespace(register_after_restore=hooks.append))
    return hooks


def test_copies_of_a_snapshot_draw_different_numbers(
    after_restore: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    draw_own_numbers_after_restore()
    snapshot = random.getstate()

    drawn = set()
    for _ in range(2):
        random.setstate(snapshot)
        for hook in after_restore:
            hook()
        drawn.add(random.random())

    assert len(drawn) == 2


def test_without_a_snapshot_nothing_is_asked_of_the_runtime(
    after_restore: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")

    draw_own_numbers_after_restore()

    assert after_restore == []
