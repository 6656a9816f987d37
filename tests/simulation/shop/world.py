"""A world: the component, the people who use it, and what goes wrong, all from one seed."""

import random
from collections.abc import Iterator
from typing import Any

from tests.simulation.platform.aws import Aws, Bucket, Service, Topics
from tests.simulation.platform.deployment import DEFINITION, function_timeouts, workflow_definition
from tests.simulation.platform.faults import Faults, Weather
from tests.simulation.platform.invocations import Invocations
from tests.simulation.platform.runtime import LOW_STOCK_TOPIC, TABLES, Runtime
from tests.simulation.platform.scheduler import Scheduler, Script
from tests.simulation.platform.stage import Stage
from tests.simulation.platform.story import Story
from tests.simulation.platform.streams import Streams
from tests.simulation.platform.targets import HttpSession, Targets
from tests.simulation.platform.times import BEGINNING
from tests.simulation.platform.workflow import StepFunctions
from tests.simulation.shop.books import Books
from tests.simulation.shop.calls import Calls
from tests.simulation.shop.corruption import missed_drift
from tests.simulation.shop.disturbances import Disturbances
from tests.simulation.shop.machines import Machines
from tests.simulation.shop.managers import JOB_SECONDS, Managers
from tests.simulation.shop.published import unpublished
from tests.simulation.shop.shoppers import Shoppers
from tests.simulation.shop.spreading import FUNCTION, SPREAD_EVERY, Spreading, set_shards
from tests.simulation.shop.verdict import verdict
from tests.simulation.sources import Sources
from tests.support.memory_dynamodb import Database
from tests.support.template.source import table_definition

SECONDS_A_CHECKOUT = 20.0  # on average; holds last longer, so many are open at a time
PUBLISHED_EVERY = 3  # in one of so many worlds changes are published: it takes as long again
FINE_EVERY = 8  # in one of so many worlds nothing goes wrong: what may happen at least once happens exactly once
# After the last fault: late invocations come, the longest holds end, and everything must be settled by then.
CALM_SECONDS = 7200.0
FUNCTIONS = (
    "reserve_stock",
    "commit_stock",
    "release_stock",
    "record_payment",
    "cancel_reservation",
    "extend_hold",
    "checkout_api",
    "admin_api",
    "stock_feed_api",
    "import_catalogue",
    "record_failed_execution",
    "publish_changes",
    "republish_changes",
    *JOB_SECONDS,
)


class World:
    """One world, from its beginning to its end."""

    def __init__(self, seed: int, checkouts: int, *, is_recorded: bool = False) -> None:
        self.seed = seed
        self.checkouts = checkouts
        chances = [random.Random(f"{seed} {about}") for about in ("weather", "faults", "people")]
        drawn = Weather.drawn(chances[0])
        self.weather = drawn if seed % FINE_EVERY else drawn.cleared()
        self.scheduler = Scheduler(BEGINNING)
        self.story = Story(is_recorded, lambda: self.scheduler.now - BEGINNING, self._who)
        self.faults = Faults(chances[1], self.weather)
        stage = Stage(self.scheduler, self.faults, self.story)
        self.books = Books(self.scheduler, self.story, self.weather)
        self.database = Database(
            now=lambda: self.scheduler.now,
            lag=lambda: self._faults_of_turn().lag(),
            page_items_max=self.weather.page_items,
        )
        for table, name in TABLES.items():
            self.database.create_table(table_definition(table, name))
        self.database.listeners.append(self.books.on_write)
        self.topics = Topics(stage)
        self.bucket = Bucket(lambda key: self.managers.on_file(key))
        runtime = Runtime.installed()
        timeouts = function_timeouts()
        assert timeouts.keys() >= set(FUNCTIONS), "a simulated function is not in the template"
        runtime.add_handler(FUNCTION, set_shards)
        self.invocations = Invocations(stage, runtime, timeouts | {FUNCTION: timeouts["admin_api"]})
        definition = workflow_definition(Sources.text(DEFINITION))
        self.step_functions = StepFunctions(definition, stage, self.invocations, self.database, self.topics)
        services = {
            "dynamodb": self.database.call,
            "sns": self.topics.call,
            "s3": self.bucket.call,
            "stepfunctions": self.step_functions.call,
        }
        self.aws = Aws(stage, self.database, services)
        self._publish(seed, runtime, services | dict.fromkeys(("events", "sqs", "appsync"), self._call_target))
        runtime.serve(self.scheduler, self._client, seed)
        people = chances[2]
        products = [f"P-{number}/main" for number in range(people.choice((1, 3, 6)))] + [
            "P-0/north",
            "P-0/outlet",
            "Ü #1 & 2%/Köln",
        ]
        calls = Calls(stage, self.invocations, people)
        self.shoppers = Shoppers(people, calls, self.step_functions, self.books, products)
        self.managers = Managers(people, calls, self.invocations, self.books, products)
        self.machines = Machines(people, calls, products)
        self.spreading = Spreading(random.Random(f"{seed} shards"), calls, products)
        self.disturbances = Disturbances(people, stage, runtime, self.database, self.step_functions)
        self.step_functions.on_failed = self.managers.on_failed_execution
        self._people = people

    def run(self) -> list[str]:
        """Live through it; returns what is wrong."""
        self.scheduler.start(self._begin())
        duration = self.checkouts * SECONDS_A_CHECKOUT
        self.scheduler.run(BEGINNING + duration + 600)
        self.faults.is_over = self.publisher_faults.is_over = True
        self.scheduler.run(self.scheduler.now + CALM_SECONDS)
        return (
            self.books.broken
            or verdict(self)
            or (list(unpublished(self)) if self.is_published else [])
            or missed_drift(self._people, self.scheduler, self.invocations, self.database)
        )

    def _begin(self) -> Script:
        yield from self.managers.stock_up()
        for job in JOB_SECONDS:
            self.scheduler.start(self.managers.schedule(job))
        duration = self.checkouts * SECONDS_A_CHECKOUT
        self.scheduler.start(self.managers.work(1 + self.checkouts // 5, duration))
        self.scheduler.start(self.machines.work(1 + self.checkouts // 5, duration))
        if self.seed % SPREAD_EVERY:
            self.scheduler.start(self.spreading.work(len(self.spreading.products) + self.checkouts // 5, duration))
        for number in range(self.checkouts):
            self.scheduler.start(self.shoppers.checkout(number, self._people.uniform(0, duration)))
        self.disturbances.begin(self.checkouts, duration)
        if self.is_published and self.weather.outages:
            draw = random.Random(f"{self.seed} targets")
            for service in ("events", "appsync"):
                self.scheduler.start(self.targets.fails(service, draw.uniform(0, duration)))

    def _publish(self, seed: int, runtime: Runtime, services: dict[str, Service]) -> None:
        """Let changes be published. It has its own chance, so that everything else happens as without it."""
        self.is_published = seed % PUBLISHED_EVERY == 0
        self.publisher_faults = Faults(random.Random(f"{seed} publisher"), self.weather)
        self.publisher_faults.down = self.faults.down
        stage = Stage(self.scheduler, self.publisher_faults, self.story)
        self.publisher_invocations = Invocations(stage, runtime, function_timeouts())
        self.targets = Targets(stage, self.publisher_invocations)
        self.publisher_aws = Aws(stage, self.database, services)
        runtime.send = HttpSession(self.publisher_aws.attempt).send
        keys = {name: self.database.tables[name].key for name in ("inventory", "reservations")}
        self.streams = Streams(stage, self.publisher_invocations, keys)
        if self.is_published:
            self.database.listeners.append(self.streams.on_write)

    def _call_target(self, operation: str, request: dict[str, Any]) -> Any:
        return self.targets.call(operation, request)

    def _is_publishers_turn(self) -> bool:
        return "publish_changes" in self._who()

    def _client(self, service: str) -> Any:
        return (self.publisher_aws if self._is_publishers_turn() else self.aws).client(service)

    def _faults_of_turn(self) -> Faults:
        return self.publisher_faults if self._is_publishers_turn() else self.faults

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Every row of a table, as it is."""
        return self.database.tables[table].items()

    def alerts(self) -> list[Any]:
        """Every message about low stock."""
        return [message for message in self.topics.published if message.topic == LOW_STOCK_TOPIC]

    def _who(self) -> str:
        return self.scheduler.process.name if self.scheduler.process else ""
