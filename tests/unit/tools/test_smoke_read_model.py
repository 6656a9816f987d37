"""The point of `make smoke` about the read model, on stacks whose model is new, late or never began."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.read_model.entries import Kind
from inventory.read_model.manifest import Manifest
from tools.smoke.errors import Unexpected
from tools.smoke.read_model import WAIT_SECONDS, freshness


class Manifests:
    """What the table of the read model contains, in the seconds of a test."""

    def __init__(
        self, manifest: Manifest | None = None, levels: float | None = None, reservations: float | None = None
    ) -> None:
        self.manifest = manifest
        self.ages = {Kind.LEVELS: levels, Kind.RESERVATIONS: reservations}
        self.waited = 0.0
        self.begins_after: float | None = None

    def read(self) -> Manifest | None:
        return self.manifest

    def progress(self) -> dict[Kind, datetime]:
        if self.begins_after is not None and self.waited >= self.begins_after:
            return dict.fromkeys(self.ages, datetime.now(UTC))
        now = datetime.now(UTC)
        return {kind: now - timedelta(seconds=age) for kind, age in self.ages.items() if age is not None}

    def pause(self, seconds: float) -> None:
        self.waited += seconds


def looked_at(manifests: Any) -> str:
    return freshness(manifests, manifests.pause)


def test_a_model_that_follows_is_shown_with_the_age_of_its_older_table() -> None:
    found = looked_at(Manifests(Manifest(snapshot="1"), levels=12, reservations=40))

    assert found == "40 s old, with a snapshot"


def test_a_model_without_a_snapshot_is_being_built() -> None:
    assert "is being built" in looked_at(Manifests(Manifest(), levels=1, reservations=1))


@pytest.mark.parametrize(
    ("manifests", "message"),
    [
        (Manifests(), "MergeReadModel has not run"),
        (Manifests(Manifest()), "no heartbeat was followed"),
        (Manifests(Manifest(), levels=1), "no heartbeat was followed"),
        (Manifests(Manifest(), levels=1, reservations=300), "it is 300 s old"),
    ],
    ids=["no manifest", "no progress", "one table only", "old"],
)
def test_a_model_that_does_not_follow_fails_the_point_after_a_bounded_wait(manifests: Manifests, message: str) -> None:
    with pytest.raises(Unexpected, match=message):
        looked_at(manifests)

    assert manifests.waited == WAIT_SECONDS


def test_a_stack_that_was_deployed_just_now_gets_time_for_its_first_heartbeat() -> None:
    manifests = Manifests(Manifest())
    manifests.begins_after = 60

    assert looked_at(manifests).startswith("0 s old")
