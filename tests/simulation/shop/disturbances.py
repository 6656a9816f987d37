"""What happens to a whole world: executions are stopped, services are down, settings change, other tools write rows."""

import os
import random
from dataclasses import dataclass
from typing import Any

from tests.simulation.platform.runtime import LONGEST_HOLD_SECONDS, Runtime
from tests.simulation.platform.scheduler import Script, sleep
from tests.simulation.platform.stage import Stage
from tests.simulation.platform.times import BEGINNING, iso_at
from tests.simulation.platform.workflow import StepFunctions
from tests.simulation.shop.books import UNREADABLE
from tests.support.memory_dynamodb import Database

UNREADABLE_CONTENTS: tuple[dict[str, Any], ...] = (
    {"status": {"S": "HELD"}, "lines": {"NULL": True}},
    {"status": {"S": "HELD"}, "lines": {"L": [{"S": "x"}]}},
    {"lines": {"L": []}},
    {"status": {"S": "PAID"}, "lines": {"S": "2 of P-0"}, "hold_seconds": {"S": "900"}},
)
OUTAGE_SECONDS = (20, 120, 400)
SERVICES = ("dynamodb", "sns", "stepfunctions", "s3")
POLICIES = (
    ("ONE_WAREHOUSE", "main"),
    ("ONE_WAREHOUSE", "north,main"),
    ("SPLIT", "main,north"),
    ("SPLIT", "north,outlet,main"),
    ("SPLIT", "outlet,main,north"),
)
LONGEST_HOLDS_SECONDS = (60, 600, LONGEST_HOLD_SECONDS, 2 * LONGEST_HOLD_SECONDS)


@dataclass
class Disturbances:
    """Disturbs a world for some time."""

    draw: random.Random
    stage: Stage
    runtime: Runtime
    database: Database
    step_functions: StepFunctions

    def begin(self, checkouts: int, seconds: float) -> None:
        """Disturb a world with so many checkouts for so long."""
        self._track_dispatch(on=self.draw.random() < 0.6)
        self._place_by(self.draw.choice(POLICIES))
        weather, start = self.stage.faults.weather, self.stage.scheduler.start
        for number in range(weather.unreadable_rows):
            self._write_unreadable(number)
        stops = int(checkouts * weather.stop_rate)
        if stops:
            start(self._stop_executions(stops, seconds / stops))
        for _ in range(weather.outages):
            start(self._outage(self.draw.uniform(0, seconds)))
        if weather.settings_change:
            start(self._change_settings(seconds))

    def _write_unreadable(self, number: int) -> None:
        """Another tool writes a reservation in a form that nobody can read. It is due, and comes first."""
        row: dict[str, Any] = {
            "reservation_id": {"S": f"{UNREADABLE}{number}"},
            "phase": {"S": "ACTIVE"},
            "phase_at": {"S": iso_at(BEGINNING - number)},
        }
        row |= self.draw.choice(UNREADABLE_CONTENTS)
        self.database.call("PutItem", {"TableName": "reservations", "Item": row})

    def _stop_executions(self, stops: int, pause_seconds: float) -> Script:
        """Somebody stops executions by hand."""
        for _ in range(stops):
            yield sleep(self.stage.scheduler, pause_seconds)
            running = [name for name, one in self.step_functions.executions.items() if one.status == "RUNNING"]
            if running:
                self.step_functions.stop(self.draw.choice(running))

    def _outage(self, begins_after: float) -> Script:
        """A service refuses every call for some time."""
        yield sleep(self.stage.scheduler, begins_after)
        service = self.draw.choice(SERVICES)
        self.stage.story.add(f"{service} is down")
        self.stage.faults.down.add(service)
        yield sleep(self.stage.scheduler, self.draw.choice(OUTAGE_SECONDS))
        self.stage.faults.down.discard(service)
        self.stage.story.add(f"{service} is up")

    def _change_settings(self, seconds: float) -> Script:
        """The shop changes its settings, while holds and sold units are there that began with others."""
        for number in range(4):
            yield sleep(self.stage.scheduler, seconds / 5)
            self._spread_reservations(on=number % 2 == 1)
            longest = self.draw.choice(LONGEST_HOLDS_SECONDS)
            self.stage.story.add(f"the longest hold is {longest} s from now on")
            os.environ["LONGEST_HOLD_SECONDS"] = str(longest)
            self._track_dispatch(on=self.draw.random() < 0.6)
            self._place_by(self.draw.choice(POLICIES))

    def _spread_reservations(self, *, on: bool) -> None:
        """Spread new reservations over the partitions of their index, or not, as before an update or a rollback."""
        os.environ["SPREAD_RESERVATIONS"] = "true" if on else "false"
        self.stage.story.add(f"reservations are {'' if on else 'not '}spread from now on")

    def _track_dispatch(self, *, on: bool) -> None:
        """Let sold units stay as allocated until they are dispatched, or leave with the sale."""
        os.environ["DISPATCH_TRACKING"] = "true" if on else "false"
        self.stage.story.add(f"dispatches are {'' if on else 'not '}tracked from now on")

    def _place_by(self, policy: tuple[str, str]) -> None:
        """Let the shop take lines that name no warehouse by these settings."""
        os.environ["SOURCING"], os.environ["WAREHOUSE_PRIORITY"] = policy
        self.stage.story.add(f"lines without a warehouse are placed by {policy} from now on")
        self.runtime.start_containers()
