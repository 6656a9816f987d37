"""What happens while a product sells: its level is changed, gets more and fewer shards, and is sold out."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.platform.scheduler import Script
from tools.bench.hot.books import End
from tools.bench.hot.managers import MORE_THAN_THERE_IS, Managers
from tools.bench.hot.measure import Crowd

FOUND, LOST = 40, -25  # units that nobody knows of until somebody counts
DELIVERED = 30


@dataclass(frozen=True)
class Scenario:
    """What managers do while a crowd buys.

    Args:
        meanwhile: what happens since it is measured.
        expected: what must be at the end.
        shards_at_first: of the level, when the first buyers come.
    """

    meanwhile: Callable[[Managers, Crowd], Script]
    expected: Callable[[Crowd], End]
    shards_at_first: Callable[[int], int] = lambda shards: shards


def changes(managers: Managers, crowd: Crowd) -> Script:
    """Every second something is adjusted, refused, delivered, counted or imported; all of it is right at the end."""
    calls, draw = managers.shop.calls, managers.draw
    managers.shelf.find(FOUND)
    for second in range(int(crowd.seconds)):
        calls.start(managers.adjust(draw.choice((-7, -1, 3, 25))))
        calls.start(managers.feed("SOLD_ELSEWHERE", draw.choice((-1, -2))))
        match second % 4:
            case 0:
                calls.start(managers.count())
                calls.start(managers.adjust(-MORE_THAN_THERE_IS))
            case 1:
                calls.start(managers.feed("RECEIVED", draw.choice((10, 100))))
                calls.start(managers.count_fewer_than_reserved())
            case 2:
                calls.start(managers.import_count())
            case _:
                calls.start(managers.feed("SOLD_ELSEWHERE", -MORE_THAN_THERE_IS))
        if second == int(crowd.seconds) // 2:
            managers.shelf.find(LOST)
        yield calls.sleep(1.0)
    yield from managers.count()


def growing(managers: Managers, crowd: Crowd) -> Script:
    """The level has half the shards that its buyers need, and gets the others."""
    yield from managers.spread(crowd.shards)


def shrinking(managers: Managers, crowd: Crowd) -> Script:
    """Half the shards go while the level sells."""
    yield from managers.spread(_half(crowd.shards))


def selling_out(managers: Managers, crowd: Crowd) -> Script:
    """There are units for half the time; when they are sold, some are delivered, and sold too."""
    yield managers.shop.calls.sleep(crowd.seconds * 3 / 4)
    yield from managers.feed("RECEIVED", DELIVERED)


def _half(shards: int) -> int:
    return max(1, shards // 2)


def _left(crowd: Crowd) -> End:
    """Nobody wants what is left."""
    return End(crowd.shards, (crowd.units + DELIVERED) % crowd.quantity)


SCENARIOS = {
    "changes": Scenario(changes, lambda crowd: End(crowd.shards)),
    "growing": Scenario(growing, lambda crowd: End(crowd.shards), _half),
    "shrinking": Scenario(shrinking, lambda crowd: End(_half(crowd.shards))),
    "selling_out": Scenario(selling_out, _left),
    "selling_out_in_threes": Scenario(selling_out, _left),
}
