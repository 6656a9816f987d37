"""How long it takes from a change of stock that is written until a page shows it, on a local AWS with a real browser.

At rest, in a crowd of subscribers with many changes a minute, and after a page was away for a minute.
"""

from rich.table import Table

from tools.bench.live.measure import measured
from tools.bench.live.plan import Plan
from tools.bench.parts import general_table
from tools.local import local_aws
from tools.local.ports import free_port
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT

GOAL_AT_REST_SECONDS = 1.0
GOAL_IN_A_CROWD_SECONDS = 2.0
GOAL_AFTER_ABSENCE_SECONDS = 1.0


def figures(plan: Plan | None = None) -> dict[str, float]:
    """All figures, on a local AWS of their own."""
    with temporary_directory(PROJECT / ".local" / "bench") as directory, local_aws(free_port(), directory) as stack:
        return measured(stack, plan or Plan())


def table(found: dict[str, float]) -> Table:
    """A table of all figures, with what they mean as its caption."""
    shown = general_table("From a change that is written until it is shown, in seconds, on a local AWS", found)
    shown.caption = sentence(found)
    shown.caption_justify = "left"
    return shown


def sentence(found: dict[str, float]) -> str:
    """What the figures mean, measured by the goals."""
    parts = [
        _judged("At rest a page shows 99 of 100 changes", "live.rest.p99_seconds", GOAL_AT_REST_SECONDS, found),
        *(
            _judged(f"in a {_words(key)}", key, GOAL_IN_A_CROWD_SECONDS, found)
            for key in found
            if key.startswith("live.crowd_") and key.count(".") == 2 and key.endswith(".p99_seconds")
        ),
        _judged("after a minute away the stock as it is", "live.away.seconds", GOAL_AFTER_ABSENCE_SECONDS, found),
    ]
    lost = int(sum(value for key, value in found.items() if key.endswith(".last_values_lost")))
    return f"{'; '.join(filter(None, parts))}. Last values that were lost: {lost}."


def _judged(what: str, key: str, goal_seconds: float, found: dict[str, float]) -> str:
    if key not in found:
        return ""
    verdict = "within" if found[key] <= goal_seconds else "beyond"
    return f"{what} in {found[key]:.2f} s, {verdict} the goal of {goal_seconds:.0f} s"


def _words(key: str) -> str:
    """The crowd of a key, as in a sentence."""
    return key.split(".")[1].replace("_", " ")
