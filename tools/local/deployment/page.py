"""Builds the admin page and publishes it to a local AWS, as `make deploy` does for an AWS account."""

import shutil
from pathlib import Path

from tools.local.deployment.build_cache import cached_build, fingerprint
from tools.local.deployment.sam import stack_name
from tools.local.emulators.distribution import COGNITO_PATH
from tools.local.errors import LocalAwsError
from tools.local.processes.command import run_command
from tools.local.processes.environment import Reader, clean_environment
from tools.local.root_user import root_session
from tools.local.settings import LocalSettings
from tools.local.stack import reachable_api
from tools.publish import DeployedPage, PageConfig, page_files, publish

GENERATED = {"node_modules", "dist", "schema.ts"}
QUIET_NPM = {"npm_config_logs_max": "0", "npm_config_update_notifier": "false"}  # it writes nothing to ~/.npm


def build_page(settings: LocalSettings) -> Path:
    """The directory of the built page. It is built again only when its inputs have changed."""
    target = settings.project / ".local" / "page" / fingerprint("", settings.project, page_sources(settings.project))
    return cached_build(target, lambda directory: _build(settings, directory))


def publish_page(settings: LocalSettings, built_page: Path) -> None:
    """Publish the built page to the deployed stack."""
    session, url = root_session(), settings.endpoint_url
    cloudformation = session.client("cloudformation", endpoint_url=url)
    page = DeployedPage.of_stack(cloudformation, stack_name(settings.project))
    config = PageConfig(
        page.region,
        page.user_pool_id,
        page.user_pool_client_id,
        cognito_endpoint_url=f"{settings.page_url}{COGNITO_PATH}",
        console=False,
    )
    s3, cloudfront = session.client("s3", endpoint_url=url), session.client("cloudfront", endpoint_url=url)
    files = page_files(built_page, config, reachable_api(page.api_url, url))
    publish(files, page, s3=s3, cloudfront=cloudfront, log=lambda _: None)


def page_sources(project: Path) -> list[Path]:
    """The files that the built page depends on."""
    page = [path for path in (project / "admin-ui").iterdir() if path.name not in GENERATED]
    files = [file for path in page for file in (path.rglob("*") if path.is_dir() else [path])]
    shown = [project / "api" / "openapi.yaml", project / "docs" / "api.md", project / "docs" / "operations.md"]
    client = (project / "clients" / "javascript" / "src").rglob("*.js")  # the page follows live stock with it
    return [*shown, *client, *(file for file in files if file.name not in GENERATED)]


def _build(settings: LocalSettings, directory: Path) -> None:
    packages = settings.project / "admin-ui" / "node_modules" / "installed"
    lock = settings.project / "admin-ui" / "package-lock.json"
    if not packages.exists() or packages.stat().st_mtime < lock.stat().st_mtime:
        raise LocalAwsError("The admin page's packages are not installed. Install them first: make install")
    run_command(
        "npm run build",
        ["npm", "run", "build"],
        log=settings.directory / "page-build.log",
        directory=settings.project / "admin-ui",
        environment=clean_environment(QUIET_NPM, Reader.DOWNLOADS),
    )
    shutil.copytree(settings.project / "admin-ui" / "dist", directory, dirs_exist_ok=True)
