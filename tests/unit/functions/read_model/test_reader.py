"""What is read of the read model, how old it is, and what happens without it."""

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from botocore.exceptions import ClientError

from inventory.errors import TransientError
from inventory.model import Level, LevelKey
from inventory.read_model.entries import Change, Kind, LevelEntry
from inventory.read_model.journal import Journal
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.order import LevelSort, Order
from inventory.read_model.levels.small_table import SmallTable
from inventory.read_model.levels.writing import apply, encode
from inventory.read_model.manifest import Manifest, ManifestStore
from inventory.read_model.merging.contents import Contents, snapshot_file
from inventory.read_model.reader import (
    LARGE_FOR,
    LEVELS_OF_SMALL_SHOP,
    STALE_AFTER,
    Freshness,
    Levels,
    ReadModel,
    State,
)
from tests.support.read_model.files import MemoryFiles
from tests.support.read_model.level_entries import Filter, an_entry, changed, deleted
from tests.support.shop.in_memory import MemoryShop

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MANY = [an_entry(f"P-{number:05}", on_hand=number) for number in range(LEVELS_OF_SMALL_SHOP)]


class TableOf(SmallTable):
    """The levels that the Inventory table has now; None: too many to be read."""

    def __init__(self, entries: list[LevelEntry] | None) -> None:
        self.found = entries
        self.reads = 0

    def levels(self, *, at_least: int = 0, consistent: bool = True) -> list[Level] | None:
        self.reads += 1
        return None if self.found is None else list(map(_level_of, self.found))


def _level_of(entry: LevelEntry) -> Level:
    """The level that has this entry."""
    names = {found.name for found in fields(Level)}
    return Level(**{name: value for name, value in asdict(entry).items() if name in names})


class Model:
    """A read model in memory, and a reader of it."""

    def __init__(self, table: list[LevelEntry] | None = None) -> None:
        shop = MemoryShop()
        self.shop = shop
        self.now = NOW
        self.files = MemoryFiles(lambda: self.now)
        self.manifests = ManifestStore(shop.client, shop.tables)
        self.journal = Journal(shop.client, shop.tables)
        self.table = TableOf(table)
        self.manifest = self.manifests.create()
        self.is_followed(NOW)
        self.reader = self.new_container()

    def new_container(self) -> ReadModel:
        return ReadModel(self.manifests, self.journal, self.files, self.table, lambda: self.now)

    def is_followed(self, until: datetime) -> None:
        for kind in (Kind.LEVELS, Kind.RESERVATIONS):
            self.manifests.advance(kind, until)

    def has_snapshot(self, files: dict[str, bytes], snapshot: str = "S-1", levels_in: str | None = None) -> None:
        """A merge of all generations but the open one is written."""
        for name, content in files.items():
            self.files.write(snapshot_file(levels_in or snapshot, name), content)
        contents = Contents(snapshot, self.manifest.generation, levels_in or snapshot, tuple(files), 0, {})
        contents.write(self.files)
        self.writes(snapshot=snapshot, merged=self.manifest.generation, generation=self.manifest.generation + 1)

    def writes(self, **values: object) -> None:
        written = replace(self.manifest, **values)  # type: ignore[arg-type]
        assert self.manifests.write(written)
        self.manifest = replace(written, revision=written.revision + 1)

    def follows(self, *changes: Change[LevelEntry]) -> None:
        self.journal.append(self.manifest.generation, Kind.LEVELS, changes)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def first(levels: Levels, sort: LevelSort | None = None, order: Order | None = None) -> LevelKey:
    """The first level of the list."""
    assert levels.index is not None
    return levels.index.find(Filter(), sort, order, None, 1).keys[0]


# --- from where levels come


def test_the_levels_are_those_of_the_snapshot_with_what_changed_since() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    model.follows(changed(replace(MANY[7], on_hand=10_000), 2), deleted(MANY[0], 3), changed(an_entry("P-new"), 4))

    levels = model.reader.levels()

    assert levels.index is not None and levels.index.count == LEVELS_OF_SMALL_SHOP
    assert first(levels).product_id == "P-00001"
    assert first(levels, LevelSort.ON_HAND, Order.DESC) == MANY[7].key
    assert levels.freshness.to_json() == {"state": "CURRENT", "followed_until": "2026-11-27T12:00:00.000Z"}
    assert model.table.reads == 0


def test_a_change_of_a_later_generation_counts_more_than_one_with_a_higher_sequence() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    model.follows(changed(replace(MANY[0], on_hand=3), sequence=90))
    model.writes(generation=model.manifest.generation + 1)
    model.follows(changed(replace(MANY[0], on_hand=5), sequence=10))

    index = model.reader.levels().index

    entry = index and index.entry(MANY[0].key)
    assert entry and entry.on_hand == 5


@pytest.mark.parametrize("has_snapshot", [True, False])
def test_the_levels_of_a_small_shop_come_from_its_table(has_snapshot: bool) -> None:
    model = Model(table=[an_entry("P-new")])
    if has_snapshot:
        model.has_snapshot(encode([an_entry("P-old")]))
    model.now = NOW + timedelta(hours=1)  # nothing was followed for an hour

    levels = model.reader.levels()

    assert first(levels).product_id == "P-new"
    assert (levels.freshness.state, levels.freshness.followed_until) == (State.CURRENT, model.now)


def test_figures_of_a_small_shop_come_from_a_current_snapshot() -> None:
    """A page that stays open reads them again and again, and the table costs many times as much."""
    model = Model(table=[an_entry("P-new")])
    model.has_snapshot(encode([an_entry("P-old")]))

    assert first(model.reader.levels(exact=False)).product_id == "P-old"

    model.now += STALE_AFTER + timedelta(seconds=1)
    assert first(model.reader.levels(exact=False)).product_id == "P-new"


def test_a_small_snapshot_is_used_if_the_table_has_become_too_large() -> None:
    model = Model(table=None)
    model.has_snapshot(encode([an_entry("P-old")]))

    assert first(model.reader.levels()).product_id == "P-old"


def test_without_a_snapshot_a_large_shop_has_no_index() -> None:
    model = Model(table=None)

    levels = model.reader.levels()

    assert levels.index is None
    assert levels.freshness.state is State.MISSING


def test_a_container_remembers_for_a_while_that_the_table_is_large() -> None:
    model = Model(table=None)

    model.reader.levels()
    model.reader.levels()
    assert model.table.reads == 1

    model.now += LARGE_FOR
    model.table.found = [an_entry("P-1")]
    assert first(model.reader.levels()).product_id == "P-1"


# --- how old it is


def test_levels_are_stale_if_one_of_the_tables_was_not_followed_for_minutes() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    model.now = NOW + STALE_AFTER + timedelta(seconds=1)
    model.manifests.advance(Kind.LEVELS, model.now)

    freshness = model.reader.levels().freshness

    assert (freshness.state, freshness.followed_until) == (State.STALE, NOW)
    assert model.reader.freshness() == freshness
    model.is_followed(model.now)
    assert model.reader.levels().freshness.state is State.CURRENT


def test_levels_are_behind_if_more_changed_than_a_call_may_read() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    for part in range(30):
        numbers = range(part * 300, part * 300 + 300)
        model.follows(*(changed(an_entry(f"{hash((7, number))}", name=f"{number**9}"), number) for number in numbers))

    levels = model.reader.levels()

    assert levels.freshness.state is State.BEHIND
    assert levels.index is not None and levels.index.count > LEVELS_OF_SMALL_SHOP


def test_many_open_generations_are_read_as_far_as_the_units_go() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    model.writes(generation=500)
    reads = model.shop.count(lambda: model.reader.levels()).count("Query")

    assert reads < 100
    assert model.reader.levels().freshness.state is State.BEHIND


# --- what may be missing


def remove_contents(model: Model) -> None:
    del model.files.stored["snapshots/S-1/contents.json"]


def remove_everything(model: Model) -> None:
    model.files.stored.clear()


def remove_levels(model: Model) -> None:
    del model.files.stored["snapshots/S-1/levels/contents"]


def damage_contents(model: Model) -> None:
    model.files.stored["snapshots/S-1/contents.json"] = b"{}"


def refuse_files(model: Model) -> None:
    def refuse(call: str, name: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    model.files.meanwhile = refuse


def fail_files(model: Model) -> None:
    def fail(call: str, name: str) -> None:
        raise TransientError("S3 asks to read less")

    model.files.meanwhile = fail


def delete_table(model: Model) -> None:
    def refuse(operation: str, request: dict[str, object]) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, operation)

    model.shop.meanwhile = refuse


LOSSES = [
    remove_contents,
    remove_everything,
    remove_levels,
    damage_contents,
    refuse_files,
    fail_files,
    delete_table,
]


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("table", [None, [an_entry("P-1")]], ids=["large", "small"])
def test_without_the_model_a_call_goes_on_as_before_the_first_snapshot(
    lose: Callable[[Model], None], table: list[LevelEntry] | None
) -> None:
    model = Model(table)
    model.has_snapshot(encode(MANY))
    lose(model)

    levels = model.reader.levels()

    if table is None:
        assert levels.index is None
        assert levels.freshness.state is State.MISSING
    else:
        assert first(levels).product_id == "P-1"


def test_a_model_that_was_not_there_is_used_when_it_is_there_again() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    fail_files(model)
    assert model.reader.levels().index is None

    model.files.meanwhile = None

    assert first(model.reader.levels()) == MANY[0].key


def test_a_manifest_that_cannot_be_read_is_no_manifest() -> None:
    model = Model()
    broken = {"part": {"S": "manifest"}, "entry": {"S": "manifest"}, "revision": {"S": "?"}}
    model.shop.client.put_item(TableName=model.shop.tables.read_model, Item=broken)

    assert model.reader.levels().freshness.state is State.MISSING


@pytest.mark.parametrize(
    "read",
    [
        lambda reader: reader.figures(),
        lambda reader: reader.attention(None, 10),
        lambda reader: reader.lost_demand(NOW),
    ],
    ids=["figures", "attention", "lost demand"],
)
def test_figures_whose_file_cannot_be_read_are_missing(read: Callable[[ReadModel], tuple[object, Freshness]]) -> None:
    model = Model()
    model.has_snapshot(encode(MANY))  # without figures

    found, freshness = read(model.reader)

    assert found is None
    assert (freshness.state, freshness.followed_until) == (State.MISSING, NOW)


# --- what a container keeps


def test_a_container_loads_each_column_of_a_snapshot_once() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    read: list[str] = []
    model.files.meanwhile = lambda call, name: read.append(name)

    for _ in range(3):
        first(model.reader.levels(), LevelSort.NAME)

    assert len(read) == len(set(read))
    first(model.new_container().levels(), LevelSort.NAME)
    assert len(read) == 2 * len(set(read))


def test_a_container_changes_to_the_next_snapshot() -> None:
    model = Model()
    before = encode(MANY)
    model.has_snapshot(before, "S-1")
    first(model.reader.levels())

    changes = [deleted(MANY[0])]
    model.follows(*changes)
    model.has_snapshot(apply(LevelColumns(before.get), [*changes, changed(an_entry("P-new"))]), "S-2")

    assert first(model.reader.levels()) == MANY[1].key


def test_a_snapshot_with_the_levels_of_the_one_before_loads_them_no_second_time() -> None:
    model = Model()
    model.has_snapshot(encode(MANY), "S-1")
    first(model.reader.levels())
    read: list[str] = []
    model.files.meanwhile = lambda call, name: read.append(name)

    model.has_snapshot({}, "S-2", levels_in="S-1")
    read.clear()
    first(model.reader.levels())

    assert read == ["snapshots/S-2/contents.json"]


def test_threads_of_a_container_share_a_snapshot() -> None:
    model = Model()
    model.has_snapshot(encode(MANY))
    found: list[LevelKey] = []
    threads = [Thread(target=lambda: found.append(first(model.reader.levels()))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert found == [MANY[0].key] * 4


def test_a_manifest_without_a_snapshot_is_missing() -> None:
    model = Model()

    assert model.manifests.read() == Manifest()
    assert model.reader.freshness().state is State.MISSING
