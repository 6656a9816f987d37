"""A snapshot or a manifest that another tool deleted or overwrote: the model is made anew from the tables."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.read_model.manifest import MANIFEST_KEY
from tests.support.read_model.day import ReadModelDay

HOUR = timedelta(hours=1)


@pytest.fixture
def day() -> ReadModelDay:
    """A day whose model is built, and which something changes that is not merged yet."""
    day = ReadModelDay(seed=2)
    day.opens()
    day.model.runs()
    for _ in range(8):
        day.shop_day.goes_on()
    day.writes()
    day.hands_over()
    day.shop_day.now = day.shop_day.now.replace(minute=10)  # the files are looked at in every tenth minute
    return day


def is_anew(day: ReadModelDay) -> None:
    """The model is what is built from the tables."""
    day.ends()
    assert day.model.state() == day.another_model().state()


@pytest.mark.parametrize(
    "part", ["contents.json", "levels/available", "figures", "sales", "lost_demand", "segments/", ""]
)
def test_a_file_that_is_gone_is_noticed_and_the_model_is_rebuilt(day: ReadModelDay, part: str) -> None:
    before = day.model.manifest.snapshot
    day.model.files.delete([name for name in day.model.files.stored if part in name])

    report = day.model.runs()

    assert report.manifest and report.manifest.rebuild is None and report.manifest.snapshot not in (before, None)
    is_anew(day)


@pytest.mark.parametrize("attribute", ["revision", "generation", "merged", "all"])
def test_a_manifest_that_cannot_be_read_is_replaced(day: ReadModelDay, attribute: str) -> None:
    def overwrite(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        table, client = day.model.tables.read_model, day.shop.client
        client.put_item(TableName=table, Item=to_attributes(change(day.model.manifest.to_item())))

    overwrite(lambda item: {**MANIFEST_KEY} if attribute == "all" else {**item, attribute: "no number"})

    day.model.runs()

    assert day.model.manifest.rebuild is None
    is_anew(day)


def test_the_journal_of_a_deleted_manifest_never_comes_back(day: ReadModelDay) -> None:
    day.model.merges()
    table, client = day.model.tables.read_model, day.shop.client
    client.delete_item(TableName=table, Key=to_attributes(MANIFEST_KEY))
    day.shop_day.goes_on()  # the follower has written the generations from 1 on before

    day.model.runs()

    is_anew(day)


def test_a_run_that_has_nothing_to_do_writes_no_file(day: ReadModelDay) -> None:
    day.ends()
    day.shop_day.now += HOUR
    day.model.runs()
    before = dict(day.model.files.stored)

    day.shop_day.now = day.shop_day.now.replace(minute=1)
    day.model.runs()

    assert day.model.files.stored == before


def test_a_snapshot_that_was_replaced_is_kept_for_an_hour(day: ReadModelDay) -> None:
    replaced = day.model.contents
    day.model.merges()
    day.shop_day.now += HOUR - timedelta(minutes=10)
    day.model.runs()

    assert replaced.files <= day.model.files.stored.keys()

    day.shop_day.now += timedelta(minutes=20)
    day.model.runs()

    assert not any(f"snapshots/{replaced.snapshot}/contents" in name for name in day.model.files.stored)
