"""Every function's package contains libraries of its Runtime and Architecture, and each can be built at all."""

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.template.source import ROOT, template
from tools.deploy.packages import NothingBuilt, WrongPackage, check_packages

RUNTIMES = template()["Parameters"]["Runtime"]["AllowedValues"]
ARCHITECTURES = template()["Parameters"]["Architecture"]["AllowedValues"]

PROCESSORS = {"x86_64": 62, "arm64": 183, "riscv64": 243}
UV_PLATFORMS = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
LOOKED_UP_WITHIN_SECONDS = 120

LOCK = ROOT / "functions" / "requirements.txt"
Looked = subprocess.CompletedProcess[str]

FITTING = "pydantic_core/_pydantic_core.cpython-313-aarch64-linux-gnu.so"


def elf(architecture: str, byte_order: str = "<") -> bytes:
    """The beginning of a library for Linux."""
    return (
        b"\x7fELF\x02"
        + (b"\x01" if byte_order == "<" else b"\x02")
        + bytes(10)
        + struct.pack(f"{byte_order}HH", 3, PROCESSORS[architecture])
    )


def built(directory: Path, **files: bytes | str) -> Path:
    """The output of `sam build` with one function; `__` in a name separates directories."""
    return add(directory, {"reserve_stock.py": "handler = None", **files})


def add(directory: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        file = directory / "ReserveStockFunction" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return directory


def wheel(*tags: str) -> dict[str, bytes | str]:
    """The file that describes an installed wheel."""
    lines = ["Wheel-Version: 1.0", "Root-Is-Purelib: false", *(f"Tag: {tag}" for tag in tags)]
    return {"pydantic_core-2.46.5.dist-info/WHEEL": "\n".join(lines) + "\n"}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {FITTING: elf("arm64")},
        {"yaml/_yaml.abi3.so": elf("arm64")},
        {"yaml.libs/libyaml-0.so.2.0.9": elf("arm64")},
        wheel("cp313-cp313-manylinux_2_17_aarch64", "cp313-cp313-manylinux2014_aarch64"),
        wheel("cp39-abi3-manylinux_2_17_aarch64"),
        wheel("py3-none-any"),
        wheel("py2-none-any", "py3-none-any"),
    ],
    ids=["only Python", "tagged", "stable ABI", "library of C", "wheel", "wheel with stable ABI", "pure", "universal"],
)
def test_a_package_that_the_runtime_can_load_is_accepted(files: dict[str, bytes | str], tmp_path: Path) -> None:
    check_packages(add(built(tmp_path), files), "python3.13", "arm64")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({FITTING: elf("x86_64")}, "Linux, x86_64"),
        ({FITTING: elf("riscv64", ">")}, "Linux, processor 243"),
        ({"a.cpython-312-aarch64-linux-gnu.so": elf("arm64")}, "Linux, Python 3.12"),
        ({"a.cpython-39-aarch64-linux-gnu.so": elf("arm64")}, "Linux, Python 3.9"),
        ({"a.cpython-313-aarch64-linux-musl.so": elf("arm64")}, "Linux with musl, Python 3.13"),
        ({"a.cpython-313-darwin.so": b"\xcf\xfa\xed\xfe" + bytes(40)}, "another system than Linux"),
        ({"a.dylib": b"\xcf\xfa\xed\xfe" + bytes(40)}, "another system than Linux"),
        ({"a.cp313-win_amd64.pyd": b"MZ" + bytes(40)}, "another system than Linux"),
        ({"a.so": b""}, "another system than Linux"),
        ({"liba.so.1": elf("x86_64")}, "Linux, x86_64"),
        (wheel("cp313-cp313-manylinux_2_17_x86_64"), "Linux, x86_64, Python 3.13"),
        (wheel("cp311-cp311-manylinux_2_17_aarch64"), "Linux, arm64, Python 3.11"),
        (wheel("cp313-cp313-musllinux_1_2_aarch64"), "Linux with musl, arm64, Python 3.13"),
        (wheel("cp313-cp313-macosx_11_0_arm64"), "macOS, arm64, Python 3.13"),
        (wheel("cp313-cp313-manylinux2014_i686"), "Linux, manylinux2014_i686, Python 3.13"),
        (wheel("cp313-cp313-win_amd64"), "win_amd64, Python 3.13"),
        (wheel("cp39-abi3-manylinux_2_17_x86_64"), "Linux, x86_64"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_package_that_the_runtime_cannot_load_is_refused_by_the_name_of_the_file(
    files: dict[str, bytes | str], found: str, tmp_path: Path
) -> None:
    [file] = files

    with pytest.raises(WrongPackage) as refused:
        check_packages(add(built(tmp_path), files), "python3.13", "arm64")

    assert str(refused.value) == (
        f"{Path('ReserveStockFunction', file)} is for {found}, but the functions run on Linux, arm64, Python 3.13. "
        "Build again with the Runtime and Architecture with which you deploy."
    )


def test_every_function_is_looked_at(tmp_path: Path) -> None:
    built(tmp_path)
    other = tmp_path / "CommitStockFunction" / FITTING
    other.parent.mkdir(parents=True)
    other.write_bytes(elf("x86_64"))

    with pytest.raises(WrongPackage, match="CommitStockFunction"):
        check_packages(tmp_path, "python3.13", "arm64")


def test_a_library_of_this_machine_is_recognized(tmp_path: Path) -> None:
    import pydantic_core._pydantic_core as library

    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    path = Path(library.__file__)
    add(tmp_path, {path.name: path.read_bytes()})
    refused = 0

    for architecture in ARCHITECTURES:
        try:
            check_packages(tmp_path, version, architecture)
        except WrongPackage:
            refused += 1

    # A machine with macOS has a library for neither.
    assert refused == (1 if sys.platform == "linux" else len(ARCHITECTURES))


@pytest.mark.parametrize("exists", [True, False], ids=["empty", "missing"])
def test_a_directory_without_a_built_function_is_refused(exists: bool, tmp_path: Path) -> None:
    directory = tmp_path / "build"
    if exists:
        directory.mkdir()

    with pytest.raises(NothingBuilt, match="contains no built function"):
        check_packages(directory, "python3.13", "arm64")


# --- the lock of the functions


@pytest.fixture(scope="module")
def installer_environment() -> dict[str, str]:
    """The environment of uv, which does not read pip's configuration, as in tools/install/packages.sh."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if name in os.environ:
            return os.environ | {"UV_DEFAULT_INDEX": os.environ[name]}
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    index = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return os.environ | ({"UV_DEFAULT_INDEX": index} if index else {})


@pytest.fixture
def look_up(tmp_path: Path, installer_environment: dict[str, str]) -> Callable[[str, str], Looked]:
    """Find a wheel of every package of the functions' lock, with a locked hash, without installing it."""

    def look_up(runtime: str, architecture: str) -> Looked:
        command = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--dry-run", "--no-deps"]
        command += ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK), "--target", str(tmp_path)]
        command += ["--python-platform", UV_PLATFORMS[architecture], "--python-version", runtime.removeprefix("python")]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LOOKED_UP_WITHIN_SECONDS,
            env=installer_environment,
            check=False,
        )

    return look_up


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_locked_package_has_a_wheel_for_each_runtime_and_architecture(
    runtime: str, architecture: str, look_up: Callable[[str, str], Looked]
) -> None:
    found = look_up(runtime, architecture)

    assert found.returncode == 0, found.stderr
    assert found.stderr.count(" + ") == LOCK.read_text().count("==")


def test_a_runtime_without_a_wheel_is_noticed(look_up: Callable[[str, str], Looked]) -> None:
    found = look_up("python3.99", "arm64")

    assert found.returncode != 0
    assert "wheel" in found.stderr
