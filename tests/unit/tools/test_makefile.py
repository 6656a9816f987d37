"""The Makefile's checks of the machine pass where they should, fail where they should, and lose no exit code."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.local.settings import PROJECT

NEW_NODE, OLD_NODE = "v24.1.0", "v22.22.1"
INSTALLER = "#!/bin/sh\necho installed >> installed\n"
FILES = (".venv/uv", "requirements/uv.txt", "requirements/node.txt", "requirements/java.txt")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with neither Node.js nor Java, and a project in which nothing is installed."""
    shutil.copy(PROJECT / "Makefile", tmp_path / "Makefile")
    shutil.copytree(PROJECT / "tools" / "install", tmp_path / "tools" / "install")
    a_program(tmp_path / "tools" / "install" / "packages.sh", INSTALLER)
    for file in FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    for name in ("bash", "env", "sh", "sort", "touch"):
        program = shutil.which(name)
        assert program, f"this machine has no {name}"
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(program)
    return tmp_path


def a_program(path: Path, text: str) -> None:
    """An executable file."""
    path.write_text(text)
    path.chmod(0o755)


def installs(machine: Path, target: str) -> bool:
    """Whether make installs something for a target."""
    make = shutil.which("make")
    assert make, "this machine has no make"
    path = str(machine / "bin")
    made = subprocess.run(
        [make, target, "--assume-old=.venv/uv", f"SHELL={machine / 'bin' / 'bash'}"],
        cwd=machine,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return (machine / "installed").exists()


@pytest.mark.parametrize(
    ("version", "is_installed"),
    [(NEW_NODE, False), ("v22.22.2", False), ("v100.0.0", False), (OLD_NODE, True), ("v9.9.9", True), ("", True)],
)
def test_node_is_installed_only_where_the_machine_has_none_or_an_old_one(
    version: str, is_installed: bool, machine: Path
) -> None:
    a_program(machine / "bin" / "npm", "#!/bin/sh\n")
    a_program(machine / "bin" / "node", f"#!/bin/sh\n[ -n '{version}' ] && echo {version}\n")

    assert installs(machine, ".venv/node") == is_installed


@pytest.mark.parametrize("present", [(), ("npm",), ("node",)])
def test_node_is_installed_where_one_of_its_programs_is_missing(present: tuple[str, ...], machine: Path) -> None:
    for name in present:
        a_program(machine / "bin" / name, f"#!/bin/sh\necho {NEW_NODE}\n")

    assert installs(machine, ".venv/node")


@pytest.mark.parametrize(
    ("version", "is_installed"),
    [('openjdk version "17.0.9" 2023', False), ('java version "25" 2025', False), ('java version "1.8.0_1"', True)],
)
def test_java_is_installed_only_where_the_machine_has_none_or_an_old_one(
    version: str, is_installed: bool, machine: Path
) -> None:
    more_lines = "Runtime Environment" * 10_000  # more than a pipe holds: nobody may stop reading at the first line
    a_program(machine / "bin" / "java", f"#!/bin/sh\necho '{version}' >&2\necho '{more_lines}' >&2\n")

    assert installs(machine, ".venv/java") == is_installed


def test_java_is_installed_where_the_machine_has_none(machine: Path) -> None:
    assert installs(machine, ".venv/java")


def test_no_command_of_the_makefile_hides_a_failure() -> None:
    lines = (PROJECT / "Makefile").read_text().splitlines()
    recipes = [line for line in lines if line.startswith("\t")]

    hidden = [line.strip() for line in recipes if re.search(r"\|\| (true|:)|^\t@?-|;\s*true\b", line)]
    assert hidden == ["@$(BIN)/python -m tools.local down >/dev/null 2>&1 || true"]  # the directory may be missing
    assert ".SHELLFLAGS := -eu -o pipefail -c" in lines


def test_a_command_with_a_typing_error_is_a_sentence() -> None:
    ended = subprocess.run(["make", "dwon"], cwd=PROJECT, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stderr.startswith("There is no command 'dwon'. List them: make\n")


def test_a_profile_of_the_caller_does_not_reach_a_check_without_an_account() -> None:
    caller = {"PATH": os.environ["PATH"], "AWS_PROFILE": "no-such-profile", "AWS_CA_BUNDLE": "", "PYTHONHOME": "/none"}
    shown = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/dev", "check-template"],
        cwd=PROJECT,
        env=caller,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    [command] = [line for line in shown.splitlines() if "sam validate" in line]
    assert "-u AWS_PROFILE" in command and "-u AWS_CA_BUNDLE" in command
