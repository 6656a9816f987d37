"""One pytest session for all mutants: tests are collected once, and each mutant runs in a fork of this process.

A fork costs some milliseconds, where a new process would import and collect for seconds. What a mutant or its tests
leave behind ends with the fork, the tables of DynamoDB too: they are in the memory of the process.
"""

import hashlib
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any

import hypothesis
import pytest

from tests.support.shop import Shop, create_tables, dynamodb_client, shops
from tools.mutate.calls import Calls, Recorder, file_hash, load_calls, outdated, save_calls, sources_hash
from tools.mutate.forks import Fork, Forks, Killed, discard_output
from tools.mutate.memory import ENDPOINT_URL, MemoryDynamoDB
from tools.mutate.mutants import Mutant
from tools.mutate.results import Outcome, Result, Results
from tools.mutate.selection import TEST_SECONDS_MAX, Selection

# The tests of the core. What a slow test notices, a quick one must notice too.
SUITES = (
    "tests/unit/functions",
    "tests/integration/reservations",
    "tests/integration/reservation_changes",
    "tests/integration/stock",
    "tests/integration/reconciliation",
    "tests/integration/live",
    "tests/integration/read_model",
    "tests/integration/api",
    "tests/integration/test_retried_calls.py",
    "tests/integration/test_unreadable_items.py",
)
LEFT_OUT = (
    "test_concurrency.py",
    "test_crashes.py",
    "test_model_based.py",
    "test_reconcile_command.py",
    "test_two_publishers.py",
)
# A mutant may take this factor and this much more of a processor's time.
SLOWER_BY = 10
SLOWER_BY_SECONDS = 5
# A test of a mutant that waits for something is stopped after this time, on a machine with other work.
WAITS_SECONDS_MAX = 120


class Noticed(BaseException):
    """A test has failed for a mutant; nothing of it needs to run any more."""


class MutationSession:
    """A pytest plugin that runs mutants where pytest would run the tests."""

    def __init__(self, mutants: Sequence[Mutant], results: Results, deadline: float) -> None:
        self.outcomes: dict[Mutant, Outcome] = {}
        self._mutants = mutants
        self._results = results
        self._deadline = deadline
        self._failed = False
        self._stops_at_failure = False

    # --- hooks of pytest

    def pytest_ignore_collect(self, collection_path: Any) -> bool | None:
        """Leave slow files out."""
        return True if collection_path.name in LEFT_OUT else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants."""
        MemoryDynamoDB().install()
        client = dynamodb_client(ENDPOINT_URL)
        # A new client for each shop would take most of the time.
        vars(shops)["dynamodb_client"] = lambda endpoint_url: client
        with _silent():
            _warm_up(Shop(client, create_tables(client)))
        calls = self._recorded_calls(session.items)
        self._run_mutants(session.items, calls)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """Give the tests the DynamoDB of this process."""
        if fixturedef.argname != "dynamodb_url":
            return None
        fixturedef.cached_result = (ENDPOINT_URL, fixturedef.cache_key(request), None)
        return ENDPOINT_URL

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Notice a failure, before its report is made, which takes longer than most tests."""
        if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
            self._failed = True
            if self._stops_at_failure:
                raise Noticed

    # --- which test calls what

    def _recorded_calls(self, items: Sequence[pytest.Item]) -> dict[str, Calls]:
        """What each test calls; new and changed ones run on the original."""
        stored = load_calls()
        calls = {item.nodeid: stored[item.nodeid] for item in items if item.nodeid in stored}
        again = outdated({item.nodeid: item.path for item in items}, calls)
        new = [item for item in items if item.nodeid in again]
        if new:
            _say(f"{len(new)} of {len(items)} tests run on the original …")
        for _, group in groupby(new, key=lambda item: item.path):
            if time.monotonic() > self._deadline:
                _say("The time is up; the next run continues.")
                break
            file_items = list(group)
            answer = Fork(partial(self._record, file_items)).answer()
            if not isinstance(answer, dict):
                raise RuntimeError(f"the tests of {file_items[0].path} ended: {answer}")  # noqa: TRY004
            calls |= answer
            save_calls(stored | calls)
        failed = [test for test, found in calls.items() if not found.passed and found.seconds < TEST_SECONDS_MAX]
        if failed:
            _say(f"These fail on the original, and do not count: {', '.join(failed)}")
        return calls

    def _record(self, items: Sequence[pytest.Item]) -> dict[str, Calls]:
        recorder = Recorder()
        calls = {}
        signal.signal(signal.SIGPROF, _stop_slow_test)
        signal.signal(signal.SIGALRM, _stop_slow_test)
        for item, following in zip(items, [*items[1:], None], strict=True):
            began = time.process_time()
            self._failed = False
            signal.setitimer(signal.ITIMER_PROF, TEST_SECONDS_MAX)
            signal.setitimer(signal.ITIMER_REAL, WAITS_SECONDS_MAX)
            with recorder.recording():
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            calls[item.nodeid] = Calls(
                round(time.process_time() - began, 3),
                not self._failed,
                {name: sorted(lines) for name, lines in sorted(recorder.lines.items())},
                file_hash(item.path),
                sources_hash(recorder.lines),
            )
        return calls

    # --- mutants

    def _run_mutants(self, items: Sequence[pytest.Item], calls: dict[str, Calls]) -> None:
        tests_of = Selection(items, calls)
        waiting = []
        for mutant in self._mutants:
            tests = tests_of(mutant)
            known = self._results.known(mutant, _hash_of(tests))
            if known:
                self.outcomes[mutant] = known.outcome
            else:
                waiting.append((mutant, tests))
        noticed_by: dict[str, list[str]] = defaultdict(list)  # tests that noticed mutants of a function, the last first

        def work(task: tuple[Mutant, Sequence[pytest.Item]]) -> Callable[[], str]:
            mutant, tests = task
            first = noticed_by[mutant.function]
            ordered = sorted(tests, key=lambda test: first.index(test.nodeid) if test.nodeid in first else len(first))
            return partial(self._first_failure, mutant, ordered, calls)

        forks = Forks(waiting, self._deadline)
        began = time.monotonic()
        for done, ((mutant, tests), answer) in enumerate(forks.answers(work), 1):
            outcome, test = _outcome(answer) if tests else (Outcome.NOT_COVERED, None)
            if test:
                noticed_by[mutant.function].insert(0, test)
            self.outcomes[mutant] = outcome
            self._results.store(mutant, Result(outcome, mutant.source_hash, _hash_of(tests), test))
            left = (time.monotonic() - began) / done * (len(waiting) - done)
            _say(f"{done}/{len(waiting)}, {_minutes(left)} left  {outcome}: {mutant.key}")
        if forks.is_time_up:
            _say("The time is up; the next run continues.")

    def _first_failure(self, mutant: Mutant, tests: Sequence[pytest.Item], calls: dict[str, Calls]) -> str:
        """The id of the first test that fails; empty if none does."""
        mutant.apply()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        self._stops_at_failure = True
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_PROF, SLOWER_BY_SECONDS + SLOWER_BY * calls[test.nodeid].seconds)
            signal.setitimer(signal.ITIMER_REAL, WAITS_SECONDS_MAX)
            try:
                test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            except Noticed:
                return test.nodeid
        return ""


def run(
    mutants: Sequence[Mutant], results: Results, deadline: float, suites: Sequence[str] = SUITES
) -> dict[Mutant, Outcome]:
    """Run mutants until the deadline, a time of time.monotonic().

    Args:
        suites: the files or folders of the tests.

    Returns:
        The outcomes, those of earlier runs included.
    """
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        max_examples=30,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),  # nobody reads the smallest example
    )
    hypothesis.settings.load_profile("mutants")
    session = MutationSession(mutants, results, deadline)
    # Their output would drown the progress, and pytest's timeouts and ours use the same signal.
    plugins = [f"-pno:{name}" for name in ("terminal", "timeout", "cacheprovider")]
    code = pytest.main(["-s", "-o", "addopts=", *plugins, *suites], plugins=[session])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"pytest ended with {code!r}")
    return session.outcomes


def _outcome(answer: str | Killed) -> tuple[Outcome, str | None]:
    """The outcome, and the test that noticed the mutant, if one did."""
    if isinstance(answer, Killed):
        return (Outcome.TIMED_OUT if answer.is_timer else Outcome.NOTICED), None
    return (Outcome.NOTICED, answer) if answer else (Outcome.SURVIVED, None)


def _warm_up(shop: Shop) -> None:
    """Make each kind of call once: the SDK prepares much at its first calls, which every fork would repeat."""
    shop.stocks("P-1", on_hand=10)
    shop.reserves(("P-1", 99))
    shop.sells(("P-1", 1))
    shop.times_out(shop.holds(("P-1", 1)))
    shop.reconciles()
    shop.checks_low_stock()


@contextmanager
def _silent() -> Iterator[None]:
    """Discard what is written meanwhile; the log writes to the process's own output."""
    sys.stdout.flush()
    outputs = [os.dup(number) for number in (1, 2)]
    discard_output()
    try:
        yield
    finally:
        sys.stdout.flush()
        for number, output in enumerate(outputs, 1):
            os.dup2(output, number)
            os.close(output)


def _stop_slow_test(*_: object) -> None:
    raise TimeoutError("too slow for mutants")


def _hash_of(tests: Sequence[pytest.Item]) -> str:
    """A hash of tests and their files."""
    parts = sorted(f"{test.nodeid} {file_hash(test.path)}" for test in tests)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _say(text: str) -> None:
    print(text, flush=True)


def _minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f} min"
