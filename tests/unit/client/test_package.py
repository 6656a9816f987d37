"""The client's package: what its distributions contain, and that storefronts need no boto3."""

import shutil
import subprocess
import sys
import tarfile
import textwrap
from email import message_from_string
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.unit.client.fake_api import fake_api

PROJECT = Path(__file__).parents[3]
CLIENT = PROJECT / "clients" / "python"
NAME = "inventory_client-0.1.0"
STOCK = {
    "product_id": "P-1",
    "name": "Mug",
    "available": 3,
    "status": "IN_STOCK",
    "warehouses": [],
    "updated_at": "2026-03-01T12:00:00.000Z",
}


def python(code: str, *arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter that ignores this process's PYTHONPATH."""
    return subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code), *arguments],
        cwd=directory,
        env={"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a new sdist and a new wheel. The backend is called directly, so nothing is downloaded."""
    directory = tmp_path_factory.mktemp("client")
    source, target = directory / "source", directory / "dist"
    shutil.copytree(CLIENT, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    code = """
        import sys
        from setuptools import build_meta
        target = sys.argv[1]  # the backend changes sys.argv
        build_meta.build_sdist(target)
        build_meta.build_wheel(target)
    """
    built = python(code, str(target), directory=source)
    assert built.returncode == 0, built.stderr
    return target


@pytest.fixture(scope="module")
def installed(distributions: Path) -> Path:
    """The directory of the unpacked wheel."""
    directory = distributions.parent / "installed"
    with ZipFile(distributions / f"{NAME}-py3-none-any.whl") as wheel:
        wheel.extractall(directory)
    return directory


def modules() -> set[str]:
    return {f"inventory_client/{path.name}" for path in (CLIENT / "inventory_client").glob("*.py")}


def test_the_sdist_contains_the_sources_the_license_and_the_readme(distributions: Path) -> None:
    with tarfile.open(distributions / f"{NAME}.tar.gz") as sdist:
        names = {name.removeprefix(f"{NAME}/") for name in sdist.getnames()}
        license_file = sdist.extractfile(f"{NAME}/LICENSE")
        assert license_file is not None
        license_text = license_file.read()

    assert {*modules(), "inventory_client/py.typed", "LICENSE", "README.md", "pyproject.toml"} <= names
    assert license_text == (PROJECT / "LICENSE").read_bytes()


def test_the_wheel_contains_the_package_the_license_and_nothing_else(distributions: Path) -> None:
    info = f"{NAME}.dist-info"
    with ZipFile(distributions / f"{NAME}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())

    metadata = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "top_level.txt", "licenses/LICENSE")}
    assert names == {*modules(), "inventory_client/py.typed", *metadata}


def test_the_metadata_has_urls_classifiers_and_boto3_only_as_an_extra(installed: Path) -> None:
    metadata: Message = message_from_string((installed / f"{NAME}.dist-info" / "METADATA").read_text())

    requirements = metadata.get_all("Requires-Dist", [])
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {url.partition(",")[0] for url in metadata.get_all("Project-URL", [])} >= {"Source", "Documentation"}
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert [line for line in requirements if "extra" not in line] == ["urllib3>=2"]
    assert [line for line in requirements if "boto" in line] == [
        f'boto3>=1.40; extra == "{extra}"' for extra in ("checkout", "stock")
    ]


WITHOUT_BOTO3 = """
    import sys
    sys.path.insert(0, sys.argv[1])
    sys.modules["boto3"] = sys.modules["botocore"] = None  # an import of them now raises ImportError
"""


def test_a_storefront_works_without_boto3(installed: Path) -> None:
    code = (
        WITHOUT_BOTO3
        + """
    from inventory_client import StorefrontClient
    print(StorefrontClient(sys.argv[2], api_key="key").get_stock("P-1").available)
    """
    )
    with fake_api([(200, {"items": [STOCK], "not_found": []})]) as api:
        ran = python(code, str(installed), api.url, directory=installed)

    assert (ran.returncode, ran.stdout) == (0, "3\n"), ran.stderr


@pytest.mark.parametrize(("client", "extra"), [("CheckoutClient", "checkout"), ("StockClient", "stock")])
def test_a_signing_client_without_boto3_is_an_error_that_names_the_extra(
    client: str, extra: str, installed: Path
) -> None:
    code = (
        WITHOUT_BOTO3
        + """
    import inventory_client
    getattr(inventory_client, sys.argv[2])("https://api.example")
    """
    )
    ran = python(code, str(installed), client, directory=installed)

    assert ran.returncode == 1
    assert f"ImportError: {client} needs boto3" in ran.stderr
    assert f'pip install "inventory-client[{extra}]"' in ran.stderr
