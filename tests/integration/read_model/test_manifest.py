"""The manifest: of two writers one wins; progress never goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory.read_model.entries import Kind
from inventory.read_model.manifest import Manifest, ManifestStore, RebuildState
from tests.support.shop import Shop

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(shop: Shop) -> ManifestStore:
    """The manifest of a shop."""
    return ManifestStore(shop.client, shop.tables)


def test_before_the_first_there_is_no_manifest(store: ManifestStore) -> None:
    assert store.read() is None


def test_the_first_manifest_has_an_open_generation_and_no_snapshot(store: ManifestStore) -> None:
    first = store.create()

    assert store.read() == first == Manifest(revision=1, generation=1, merged=0)
    assert list(first.unmerged) == [1]


def test_a_manifest_is_created_once(store: ManifestStore) -> None:
    store.create()
    assert store.write(replace(store.create(), generation=2))

    assert store.create().generation == 2


def test_everything_of_a_manifest_is_read_as_it_was_written(store: ManifestStore) -> None:
    rebuild = RebuildState("b-1", "2026-03-01T12:00:00.000Z", 3, "levels", {"product_id": "P-1"}, 20_000)
    changed = replace(store.create(), generation=5, merged=4, snapshot="s-1", rebuild=rebuild)

    assert store.write(changed)

    assert store.read() == replace(changed, revision=2)


def test_of_two_writers_one_wins(store: ManifestStore) -> None:
    read = store.create()

    assert store.write(replace(read, generation=2))
    assert not store.write(replace(read, snapshot="lost"))

    assert store.read() == Manifest(revision=2, generation=2)


def test_progress_goes_forwards_only(store: ManifestStore) -> None:
    store.advance(Kind.LEVELS, NOW)
    store.advance(Kind.LEVELS, NOW - timedelta(seconds=1))
    store.advance(Kind.REFUNDS, NOW + timedelta(seconds=1))

    assert store.progress() == {Kind.LEVELS: NOW, Kind.REFUNDS: NOW + timedelta(seconds=1)}


@pytest.mark.parametrize("content", [{}, {"followed_until": {"S": "now"}}, {"followed_until": {"N": "1"}}])
def test_a_row_of_progress_that_cannot_be_read_leaves_the_others(
    store: ManifestStore, shop: Shop, content: dict[str, dict[str, str]]
) -> None:
    store.advance(Kind.LEVELS, NOW)
    key = {"part": {"S": "progress"}, "entry": {"S": "refunds"}}
    shop.client.put_item(TableName=shop.tables.read_model, Item={**key, **content})

    assert store.progress() == {Kind.LEVELS: NOW}
