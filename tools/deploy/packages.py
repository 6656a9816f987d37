"""Checks that the built functions contain only libraries that their Lambda runtime can load."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from tools.deploy.errors import DeployError

# The number of a processor in the header of a library (e_machine).
# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
MACHINES = {62: "x86_64", 183: "arm64"}
PLATFORM_ENDINGS = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}  # in the name of a wheel

# `name.cpython-313-aarch64-linux-gnu.so` https://peps.python.org/pep-3149/
# Without such a tag, and with `abi3`, a library is for every version of Python.
TAG = re.compile(r"\.cpython-(?P<version>\d+)\w?-(?P<platform>.+)\.so$")
LIBRARY = re.compile(r"\.(so(\.\d+)*|dylib|pyd|dll)$")


class WrongPackage(DeployError):
    """A built function contains a file that its runtime cannot load."""

    def __init__(self, file: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"{file} is for {found}, but the functions run on {wanted}. "
            "Build again with the Runtime and Architecture with which you deploy."
        )


class NothingBuilt(DeployError):
    """The directory contains no built function."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"{directory} contains no built function. Build first: sam build")


def check_packages(build_directory: Path, runtime: str, architecture: str) -> None:
    """Check every library and every wheel in the output of `sam build`.

    Args:
        build_directory: usually `.aws-sam/build`; it contains one directory for each function.
        runtime: Lambda's name of the runtime, for example `python3.13`.
        architecture: `arm64` or `x86_64`.

    Raises:
        WrongPackage: a file is for another processor, operating system or version of Python.
        NothingBuilt: there is no function in the directory.
    """
    if not any(build_directory.glob("*/*")):
        raise NothingBuilt(build_directory)
    version = runtime.removeprefix("python")
    wanted = f"Linux, {architecture}, Python {version}"
    for file in sorted(build_directory.rglob("*")):
        for found in (*_of_library(file), *_of_wheel(file)):
            if not _fits(found, version, architecture):
                raise WrongPackage(file.relative_to(build_directory), _description(found), wanted)


# What a file is for: operating system, architecture and version of Python, each None if it fits all.
Target = tuple[str | None, str | None, str | None]


def _fits(found: Target, version: str, architecture: str) -> bool:
    return all(
        part is None or part == wanted for part, wanted in zip(found, ("Linux", architecture, version), strict=True)
    )


def _description(found: Target) -> str:
    system, architecture, version = found
    parts = (system, architecture, version and f"Python {version}")
    return ", ".join(part for part in parts if part)


def _of_library(file: Path) -> Iterator[Target]:
    """What a library is for, by its header and its name. Nothing for other files."""
    if not LIBRARY.search(file.name) or not file.is_file():
        return
    yield _of_header(file)
    if tag := TAG.search(file.name):
        yield (_system(tag["platform"]), None, _dotted(tag["version"]))


def _of_header(file: Path) -> Target:
    with file.open("rb") as opened:
        header = opened.read(20)
    if len(header) < 20 or header[:4] != b"\x7fELF":
        return ("another system than Linux", None, None)
    order = "<" if header[5] == 1 else ">"
    [machine] = struct.unpack(f"{order}H", header[18:20])
    return ("Linux", MACHINES.get(machine, f"processor {machine}"), None)


def _of_wheel(file: Path) -> Iterator[Target]:
    """What an installed wheel is for: the tags of its WHEEL file, if none of them fits every machine.

    A wheel has several tags if it fits several platforms. They differ only in the release of the platform.
    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    if file.name != "WHEEL" or not file.parent.name.endswith(".dist-info"):
        return
    tags = re.findall(r"^Tag: ([^-\s]+)-([^-\s]+)-(\S+)$", file.read_text(), re.MULTILINE)
    for python, abi, platform in tags:
        if platform == "any":
            return
        version = python.removeprefix("cp") if abi.startswith("cp") else ""
        yield (_system(platform), _architecture(platform), _dotted(version) if version else None)


def _system(platform: str) -> str:
    """The operating system of a platform's name. Lambda's Linux has the C library of GNU, not musl."""
    if "musl" in platform:
        return "Linux with musl"
    if "linux" in platform:
        return "Linux"
    return "macOS" if platform.startswith(("macosx", "darwin")) else platform


def _architecture(platform: str) -> str | None:
    """Lambda's name for the architecture of a platform. The platform itself if Lambda does not have it."""
    known = [name for ending, name in PLATFORM_ENDINGS.items() if platform.endswith(ending)]
    return known[0] if known else platform if "linux" in platform else None


def _dotted(version: str) -> str:
    """The version of Python in a tag: `313` is 3.13."""
    return f"{version[0]}.{version[1:]}"
