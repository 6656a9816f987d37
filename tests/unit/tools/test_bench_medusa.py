"""The comparison with Medusa: its figures, and what is said where it cannot run."""

import json
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from tools.bench import medusa
from tools.bench.medusa import postgres, theirs
from tools.bench.medusa.result import Round
from tools.bench.part import CannotRun

VERSION = "2.21.2"


def test_the_ratios_follow_from_all_turns_together() -> None:
    own = Round(300, 2.0, 0.9) + Round(100, 2.0, 0.3)
    other = Round(40, 4.0, 0.4)

    figures = medusa.compared("hot", own, other)

    assert figures["medusa.hot.our_reserves_per_second"] == 100
    assert figures["medusa.hot.medusa_reserves_per_second"] == 10
    assert figures["medusa.hot.reserves_ratio"] == 10
    assert figures["medusa.hot.our_cpu_milliseconds"] == pytest.approx(3)
    assert figures["medusa.hot.cpu_ratio"] == pytest.approx(0.3)


def test_what_differs_is_said_beside_the_table() -> None:
    turn = Round(10, 1.0, 0.1)
    console = Console(width=150, color_system=None)

    with console.capture() as captured:
        console.print(medusa.table(medusa.compared("spread", turn, turn) | medusa.compared("hot", turn, turn)))

    shown = " ".join(captured.get().split())
    assert f"beside Medusa {VERSION}" in shown and "reserves ratio" in shown
    for difference in ("in memory", "fsync", "never conflict", "lock", "idempotent id"):
        assert difference in shown


def test_all_packages_of_medusa_are_pinned_and_no_registry_is_named() -> None:
    package = json.loads((theirs.DIRECTORY / "package.json").read_text())
    lock = (theirs.DIRECTORY / "package-lock.json").read_text()

    assert set(package["dependencies"].values()) == {VERSION}
    locked = json.loads(lock)["packages"]
    assert locked["node_modules/@medusajs/inventory"]["version"] == VERSION
    assert [name for name, content in locked.items() if "resolved" in content] == []
    assert [name for name, content in locked.items() if name and "integrity" not in content] == []


def test_without_node_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun, match="Node.js is not installed. Install it: make install"):
        theirs.install()


def test_packages_that_cannot_be_installed_are_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "npm", stderr="npm error network unreachable\nnpm error a log\n")

    monkeypatch.setattr(theirs, "INSTALLED", tmp_path / "installed")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", fails)

    with pytest.raises(CannotRun, match=r"^npm cannot install the packages of Medusa: npm error network unreachable$"):
        theirs.install()
    assert not (tmp_path / "installed").exists()


@pytest.mark.parametrize(("is_root", "apt"), [(False, "/usr/bin/apt-get"), (True, None)])
def test_without_postgresql_only_root_on_debian_can_install_it(
    is_root: bool, apt: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_programs", lambda: None)
    monkeypatch.setattr(postgres, "_is_root", lambda: is_root)
    monkeypatch.setattr("shutil.which", lambda name: apt)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was installed"))

    with pytest.raises(CannotRun, match="PostgreSQL is not installed"), postgres.postgres():
        pass


def test_postgresql_that_apt_installs_starts_no_server_at_boot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands: list[list[str]] = []
    settings = tmp_path / "createcluster.conf"
    settings.write_text("# of Debian\n")
    monkeypatch.setattr(postgres, "CLUSTERS", settings)
    monkeypatch.setattr(postgres, "_is_root", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(postgres, "_programs", lambda: tmp_path)

    def run(command: list[str], **_: object) -> None:
        commands.append([*command[-1:], settings.read_text()])

    monkeypatch.setattr(subprocess, "run", run)

    assert postgres._installed() == tmp_path
    assert [command[0] for command in commands] == ["update", "postgresql-common", "postgresql"]
    assert "create_main_cluster = false" in commands[-1][1] and "# of Debian" in commands[-1][1]
