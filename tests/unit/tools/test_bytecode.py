"""The packages that `sam build` made become one, with bytecode that Lambda uses as it is."""

import importlib.util
import marshal
import sys
from pathlib import Path

import pytest

from tools.deploy.bytecode import finish_packages, main
from tools.deploy.errors import DeployError

TEMPLATE = """
Globals:
  Function:
    CodeUri: functions/
Resources:
  ReserveStockFunction:
    Properties:
      CodeUri: ReserveStockFunction
  CommitStockFunction:
    Properties:
      CodeUri: CommitStockFunction
  MonitoringStack:
    Properties:
      Location: MonitoringStack/template.yaml
"""
UNCHECKED = 1  # in the flags of a .pyc, whose source is then never looked at: https://peps.python.org/pep-0552/


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The output of `sam build` for two functions with the same code."""
    return built(tmp_path / "build")


def built(directory: Path) -> Path:
    for function in ("ReserveStockFunction", "CommitStockFunction"):
        package = directory / function / "inventory"
        package.mkdir(parents=True)
        (package / "model.py").write_text("COLOURS = {'red', 'green'}\ndef answer() -> int:\n    return 42\n")
    (directory / "template.yaml").write_text(TEMPLATE)
    return directory


def bytecode(build: Path) -> Path:
    source = build / "ReserveStockFunction" / "inventory" / "model.py"
    return Path(importlib.util.cache_from_source(str(source)))


def test_all_functions_share_one_package(build: Path) -> None:
    finish_packages(build, sys.executable)

    template = (build / "template.yaml").read_text()
    assert template.count("      CodeUri: ReserveStockFunction") == 2
    assert "    CodeUri: functions/" in template and "Location: MonitoringStack/template.yaml" in template
    assert sorted(path.name for path in build.iterdir()) == ["ReserveStockFunction", "template.yaml"]


def test_a_function_with_other_code_keeps_its_package(build: Path) -> None:
    (build / "CommitStockFunction" / "more.py").write_text("")

    finish_packages(build, sys.executable)

    assert "CodeUri: CommitStockFunction" in (build / "template.yaml").read_text()
    assert (build / "CommitStockFunction" / "more.py").exists()


def test_the_bytecode_is_used_without_a_look_at_its_source(build: Path) -> None:
    finish_packages(build, sys.executable)

    content = bytecode(build).read_bytes()
    assert content[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(content[4:8], "little") == UNCHECKED
    assert marshal.loads(content[16:]).co_filename == "/var/task/inventory/model.py"


def test_the_same_code_has_the_same_bytecode_in_every_build(tmp_path: Path) -> None:
    builds = [built(tmp_path / name) for name in ("first", "second")]
    for build in builds:
        finish_packages(build, sys.executable)

    assert len({bytecode(build).read_bytes() for build in builds}) == 1


def test_a_build_can_be_finished_again(build: Path) -> None:
    finish_packages(build, sys.executable)
    before = (build / "template.yaml").read_text()

    finish_packages(build, sys.executable)

    assert (build / "template.yaml").read_text() == before
    assert bytecode(build).exists()


def test_without_a_python_of_the_runtime_the_package_has_no_bytecode(build: Path) -> None:
    finish_packages(build, None)

    assert not bytecode(build).exists()


def test_code_that_cannot_be_compiled_is_an_error(build: Path) -> None:
    for function in ("ReserveStockFunction", "CommitStockFunction"):
        (build / function / "wrong.py").write_text("def")

    with pytest.raises(DeployError, match=r"could not be compiled: .*wrong\.py"):
        finish_packages(build, sys.executable)


def test_the_command_finishes_a_build(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"

    assert main(["--build-directory", str(build), "--runtime", runtime]) == 0
    assert bytecode(build).exists()
    assert capsys.readouterr().err == ""


def test_the_command_says_if_nothing_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--build-directory", str(tmp_path)]) == 1
    assert "Build first: sam build" in capsys.readouterr().err


def test_the_command_says_if_the_machine_has_no_python_of_the_runtime(
    build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--build-directory", str(build), "--runtime", "python3.99"]) == 0
    assert "has no Python 3.99" in capsys.readouterr().err
