"""The point about the read model: that it exists, and follows the tables."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from inventory.read_model.entries import Kind
from inventory.read_model.manifest import ManifestStore
from tools.deployed_stack import DeployedStack
from tools.smoke.errors import Unexpected
from tools.smoke.steps import Point

# A heartbeat is written every minute and followed within seconds. Beyond this, the page says STALE.
OLDEST = timedelta(minutes=3)
# A stack that was deployed just now has its first heartbeat within a minute.
WAIT_SECONDS, PAUSE_SECONDS = 150, 5
BEATING = (Kind.LEVELS, Kind.RESERVATIONS)


def read_model_points(stack: DeployedStack) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "read how old the read model is",
            lambda: freshness(ManifestStore(stack.client("dynamodb"), stack.tables)),
            "See docs/operations.md#read-model-age; nothing but lists, search and figures of the admin page depends on it.",
        )
    ]


def freshness(manifests: ManifestStore, pause: Callable[[float], None] = time.sleep) -> str:
    """How old it is, and whether it has a snapshot. A model that has just begun gets time for its first heartbeat."""
    waited = 0
    while problem := _problem(manifests):
        if waited >= WAIT_SECONDS:
            raise Unexpected(problem)
        pause(PAUSE_SECONDS)
        waited += PAUSE_SECONDS
    manifest, age = manifests.read(), _age(manifests)
    snapshot = "with a snapshot" if manifest and manifest.snapshot else "its first snapshot is being built"
    return f"{age.total_seconds() if age else 0:.0f} s old, {snapshot}"


def _problem(manifests: ManifestStore) -> str | None:
    if manifests.read() is None:
        return "there is no manifest: MergeReadModel has not run"
    age = _age(manifests)
    if age is None:
        return "no heartbeat was followed: FollowChanges does not read the streams of Inventory and Reservations"
    return f"it is {age.total_seconds():.0f} s old" if age > OLDEST else None


def _age(manifests: ManifestStore) -> timedelta | None:
    """The age of the table that was followed least; None if one of them was never followed."""
    progress = manifests.progress()
    if not all(kind in progress for kind in BEATING):
        return None
    return datetime.now(UTC) - min(progress[kind] for kind in BEATING)
