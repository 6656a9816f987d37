"""Builds the admin page and publishes it to a local AWS, as `make deploy` does to a real one."""

import shutil
from pathlib import Path

import boto3

from tools.local import deployment
from tools.local.build_cache import built_once, fingerprint
from tools.local.command import run
from tools.local.emulators.distribution import COGNITO_PATH
from tools.local.errors import LocalAwsError
from tools.local.settings import REGION, ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, LocalSettings, clean_environment
from tools.publish import DeployedPage, PageConfig, page_files
from tools.publish import publish as upload

MADE_BY_BUILDING = {"node_modules", "dist", "schema.ts"}


def build(settings: LocalSettings) -> Path:
    """The built page; built anew only when what goes into it has changed."""
    finished = settings.project / ".local" / "page" / fingerprint("", settings.project, _sources(settings.project))
    return built_once(finished, lambda directory: _build(settings, directory))


def publish(settings: LocalSettings, built_page: Path) -> None:
    """Publish the built page to the deployed stack."""
    session = boto3.Session(ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, region_name=REGION)
    url = settings.endpoint_url
    cloudformation = session.client("cloudformation", endpoint_url=url)
    page = DeployedPage.of_stack(cloudformation, deployment.stack_name(settings.project))
    config = PageConfig(
        page.region,
        page.user_pool_id,
        page.user_pool_client_id,
        cognito_endpoint_url=f"{settings.page_url}{COGNITO_PATH}",
        console=False,
    )
    s3, cloudfront = session.client("s3", endpoint_url=url), session.client("cloudfront", endpoint_url=url)
    upload(page_files(built_page, config), page, s3=s3, cloudfront=cloudfront, tell=lambda _: None)


def _sources(project: Path) -> list[Path]:
    page = [path for path in (project / "admin-ui").iterdir() if path.name not in MADE_BY_BUILDING]
    files = [file for path in page for file in (path.rglob("*") if path.is_dir() else [path])]
    return [project / "api" / "openapi.yaml", *(file for file in files if file.name not in MADE_BY_BUILDING)]


def _build(settings: LocalSettings, directory: Path) -> None:
    packages = settings.project / "admin-ui" / "node_modules" / "installed"
    lock = settings.project / "admin-ui" / "package-lock.json"
    if not packages.exists() or packages.stat().st_mtime < lock.stat().st_mtime:
        raise LocalAwsError("The admin page's packages are not installed. Install them first: make install")
    run(
        "npm run build",
        ["npm", "run", "build"],
        log=settings.directory / "page-build.log",
        directory=settings.project / "admin-ui",
        environment=clean_environment({}),
    )
    shutil.copytree(settings.project / "admin-ui" / "dist", directory, dirs_exist_ok=True)
