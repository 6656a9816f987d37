"""Shows on the console what the demo is doing."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from tools.demo.checkout import CheckoutService
from tools.demo.runner import Progress, run_scenarios
from tools.demo.scenarios import SCENARIOS, Outcome


@contextmanager
def show_step(console: Console, name: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it runs, then its duration and the result that was passed to the yielded function."""
    results: list[str] = []
    started = time.monotonic()
    if console.is_terminal:
        with console.status(name):
            yield results.append
    else:
        console.print(f"{name} …")
        yield results.append
    result = f": {results[-1]}" if results else ""
    console.print(f"✓ {name}{result} [dim]({time.monotonic() - started:.1f} s)[/dim]", highlight=False)


def run_with_progress(console: Console, service: CheckoutService, run_id: str) -> Sequence[Outcome]:
    """Run all scenarios. A terminal shows one line that changes; other outputs get a new line for each change."""
    total = sum(scenario.shoppers for scenario in SCENARIOS)
    console.print(f"{total} checkouts at once, in {len(SCENARIOS)} scenarios:")
    if console.is_terminal:
        with console.status("starting") as status:
            return run_scenarios(
                SCENARIOS, service, run_id=run_id, on_progress=lambda progress: status.update(_text(progress))
            )
    last_ended = -1

    def print_progress(progress: Progress) -> None:
        nonlocal last_ended
        if progress.ended != last_ended:
            console.print(f"  {_text(progress)}", highlight=False)
            last_ended = progress.ended

    return run_scenarios(SCENARIOS, service, run_id=run_id, on_progress=print_progress)


def _text(progress: Progress) -> str:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(progress.statuses.items()))
    return f"{progress.ended} of {progress.checkouts} have ended{': ' if statuses else ''}{statuses}"
