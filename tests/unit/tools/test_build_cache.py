"""The build cache: what is built once, and when it is built again."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from tools.local.deployment.build_cache import (
    BUILDS_KEPT,
    UNFINISHED,
    cached_build,
    fingerprint,
    remove_unfinished_builds,
)
from tools.local.deployment.page import build_page, page_sources
from tools.local.errors import CommandFailed, LocalAwsError
from tools.local.settings import LocalSettings


def a_project(directory: Path) -> LocalSettings:
    """A project whose page has a source, a lock file and installed packages."""
    for name in ("api/openapi.yaml", "admin-ui/package-lock.json", "admin-ui/src/main.tsx"):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    installed = directory / "admin-ui" / "node_modules" / "installed"
    installed.parent.mkdir()
    installed.touch()
    return LocalSettings(directory=directory / ".local", project=directory)


def page_fingerprint(settings: LocalSettings) -> str:
    return fingerprint("", settings.project, page_sources(settings.project))


def test_a_build_that_fails_is_not_kept(tmp_path: Path) -> None:
    target = tmp_path / "builds" / "1"

    def fail(directory: Path) -> None:
        (directory / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cached_build(target, fail)

    assert not target.exists()


def test_two_callers_that_need_the_same_build_share_it(tmp_path: Path) -> None:
    target = tmp_path / "builds" / "1"
    made: list[Path] = []
    both_ask, both_build = Barrier(2), Barrier(2)

    def build(directory: Path) -> None:
        with suppress(BrokenBarrierError):
            both_build.wait(0.3)  # long enough for the other one to start as well, if nothing prevents it
        (directory / "file").touch()
        made.append(directory)

    def ask(_: int) -> bool:
        both_ask.wait(10)
        return (cached_build(target, build) / "file").exists()

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(ask, range(2))) == [True, True]
    assert len(made) == 1


def test_old_builds_are_deleted(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    for number in range(10):
        target = cached_build(builds / str(number), lambda directory: (directory / "file").touch())
        os.utime(target, (number, number))

    kept = {path.name for path in builds.iterdir()}
    assert "9" in kept
    assert len(kept) <= BUILDS_KEPT + 1


@pytest.mark.parametrize("reason", [CommandFailed("sam build failed"), KeyboardInterrupt(), SystemExit(143)])
def test_a_build_that_does_not_end_leaves_nothing(reason: BaseException, tmp_path: Path) -> None:
    def build(directory: Path) -> None:
        (directory / "half").touch()
        raise reason

    with pytest.raises(type(reason)):
        cached_build(tmp_path / "builds" / "a", build)

    assert list((tmp_path / "builds").iterdir()) == []


def test_what_a_killed_build_left_is_removed_by_the_next_one_and_by_the_end(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    finished = cached_build(builds / "finished", lambda directory: (directory / "file").touch())

    for remove in (lambda: cached_build(builds / "finished", never), lambda: remove_unfinished_builds(builds)):
        (builds / f"{UNFINISHED}killed").mkdir()
        remove()
        assert list(builds.iterdir()) == [finished]


def test_a_build_that_another_process_fills_is_not_removed(tmp_path: Path) -> None:
    builds = tmp_path / "builds"

    def build(directory: Path) -> None:
        remove_unfinished_builds(builds)
        (directory / "file").touch()

    assert (cached_build(builds / "a", build) / "file").exists()


def never(directory: Path) -> None:
    """A build that must not be made."""
    raise AssertionError(f"{directory} was built again")


@pytest.mark.parametrize("name", ["api/openapi.yaml", "admin-ui/package-lock.json", "admin-ui/src/main.tsx"])
def test_a_page_is_built_again_when_a_source_has_changed(name: str, tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    before = page_fingerprint(settings)

    (tmp_path / name).write_text("changed")

    assert page_fingerprint(settings) != before


@pytest.mark.parametrize("name", ["dist/index.html", "node_modules/react.js", "src/api/schema.ts"])
def test_generated_files_are_not_sources(name: str, tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    before = page_fingerprint(settings)

    (tmp_path / "admin-ui" / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "admin-ui" / name).write_text("made")

    assert page_fingerprint(settings) == before


def test_the_error_for_packages_that_are_not_installed_says_how_to_install_them(tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    os.utime(tmp_path / "admin-ui" / "node_modules" / "installed", (1, 1))

    with pytest.raises(LocalAwsError, match="make install"):
        build_page(settings)
    assert not [path for path in (tmp_path / ".local" / "page").iterdir() if (path / "index.html").exists()]
