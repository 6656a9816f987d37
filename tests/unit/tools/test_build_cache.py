"""What is built once, and when it is built anew."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from tools.local import page
from tools.local.build_cache import BUILDS_KEPT, built_once, fingerprint
from tools.local.errors import LocalAwsError
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


def what_a_build_is_of(settings: LocalSettings) -> str:
    return fingerprint("", settings.project, page._sources(settings.project))


def test_a_build_that_fails_is_not_taken_for_finished(tmp_path: Path) -> None:
    finished = tmp_path / "builds" / "1"

    def fail(directory: Path) -> None:
        (directory / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        built_once(finished, fail)

    assert not finished.exists()


def test_what_two_want_at_once_is_built_once(tmp_path: Path) -> None:
    finished = tmp_path / "builds" / "1"
    made: list[Path] = []
    both_want_it, both_build = Barrier(2), Barrier(2)

    def build(directory: Path) -> None:
        with suppress(BrokenBarrierError):
            both_build.wait(0.3)  # long enough for the other to begin too, if it could
        (directory / "file").touch()
        made.append(directory)

    def want(_: int) -> bool:
        both_want_it.wait(10)
        return (built_once(finished, build) / "file").exists()

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(want, range(2))) == [True, True]
    assert len(made) == 1


def test_old_builds_are_forgotten(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    for number in range(10):
        finished = built_once(builds / str(number), lambda directory: (directory / "file").touch())
        os.utime(finished, (number, number))

    kept = {path.name for path in builds.iterdir()}
    assert "9" in kept
    assert len(kept) <= BUILDS_KEPT + 1


@pytest.mark.parametrize("name", ["api/openapi.yaml", "admin-ui/package-lock.json", "admin-ui/src/main.tsx"])
def test_a_page_is_built_anew_when_a_source_has_changed(name: str, tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    before = what_a_build_is_of(settings)

    (tmp_path / name).write_text("changed")

    assert what_a_build_is_of(settings) != before


@pytest.mark.parametrize("name", ["dist/index.html", "node_modules/react.js", "src/api/schema.ts"])
def test_what_building_makes_is_no_source(name: str, tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    before = what_a_build_is_of(settings)

    (tmp_path / "admin-ui" / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "admin-ui" / name).write_text("made")

    assert what_a_build_is_of(settings) == before


def test_packages_that_are_not_installed_are_told_of(tmp_path: Path) -> None:
    settings = a_project(tmp_path)
    os.utime(tmp_path / "admin-ui" / "node_modules" / "installed", (1, 1))

    with pytest.raises(LocalAwsError, match="make install"):
        page.build(settings)
    assert not [path for path in (tmp_path / ".local" / "page").iterdir() if (path / "index.html").exists()]
